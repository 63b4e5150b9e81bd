using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Joins all tokens into one, for decoders behind it that look at starts and ends.</summary>
internal sealed class FuseDecoder : Decoder
{
    public override void Decode(List<string> tokens)
    {
        string text = string.Concat(tokens);
        tokens.Clear();
        tokens.Add(text);
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Fuse"u8);
        writer.WriteEndObject();
    }
}
