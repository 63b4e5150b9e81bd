using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Normalizers one after the other.</summary>
internal sealed class SequenceNormalizer(IReadOnlyList<Normalizer> normalizers) : Normalizer
{
    public override void Normalize(AlignedText text)
    {
        for (int i = 0; i < normalizers.Count; i++)
        {
            normalizers[i].Normalize(text);
        }
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Sequence"u8);
        writer.WriteStartArray("normalizers"u8);
        foreach (Normalizer normalizer in normalizers)
        {
            normalizer.Write(writer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
