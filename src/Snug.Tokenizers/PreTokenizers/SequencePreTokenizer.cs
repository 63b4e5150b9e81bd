using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Pre-tokenizers one after the other; each sees the pieces of the one before.</summary>
internal sealed class SequencePreTokenizer(IReadOnlyList<PreTokenizer> preTokenizers) : PreTokenizer
{
    public override void PreTokenize(PreTokenizedText text)
    {
        for (int i = 0; i < preTokenizers.Count; i++)
        {
            preTokenizers[i].PreTokenize(text);
        }
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Sequence"u8);
        writer.WriteStartArray("pretokenizers"u8);
        foreach (PreTokenizer preTokenizer in preTokenizers)
        {
            preTokenizer.Write(writer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
