using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Takes a character away from the start and the end of every token, up to a number of times.</summary>
internal sealed class StripDecoder(int content, int start, int stop) : Decoder
{
    private readonly string _content = char.ConvertFromUtf32(content);

    public override void Decode(List<string> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            string token = tokens[i];
            int from = 0;
            for (int n = 0; n < start && token.AsSpan(from).StartsWith(_content); n++)
            {
                from += _content.Length;
            }

            int to = token.Length;
            for (int n = 0; n < stop && token.AsSpan(0, to).EndsWith(_content); n++)
            {
                to -= _content.Length;
            }

            // The reference fails where both ends take the same characters.
            tokens[i] = to > from ? token[from..to] : "";
        }
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Strip"u8);
        writer.WriteString("content"u8, _content);
        writer.WriteNumber("start"u8, start);
        writer.WriteNumber("stop"u8, stop);
        writer.WriteEndObject();
    }
}
