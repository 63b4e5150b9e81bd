using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Turns the end-of-word mark into spaces, that of the last token into nothing.</summary>
internal sealed class BpeDecoder(string suffix) : Decoder
{
    public override void Decode(List<string> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            tokens[i] = TextReplacement.All(tokens[i], suffix, i == tokens.Count - 1 ? "" : " ");
        }
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "BPEDecoder"u8);
        writer.WriteString("suffix"u8, suffix);
        writer.WriteEndObject();
    }
}
