using System.Text;
using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Replaces every match of a text or a pattern, token by token.</summary>
internal sealed class ReplaceDecoder(TextMatcher pattern, string content) : Decoder
{
    public override void Decode(List<string> tokens)
    {
        MatchList matches = new();
        for (int i = 0; i < tokens.Count; i++)
        {
            if (pattern is LiteralMatcher { Literal: { Length: > 0 } literal })
            {
                tokens[i] = tokens[i].Replace(literal, content, StringComparison.Ordinal);
                continue;
            }

            byte[] text = System.Text.Encoding.UTF8.GetBytes(tokens[i]);
            pattern.FindAll(text, matches);
            StringBuilder builder = new();
            foreach (TextPart part in matches.Parts)
            {
                builder.Append(part.IsMatch ? content : Utf8.ToText(text.AsSpan(part.Start, part.End - part.Start)));
            }

            tokens[i] = builder.ToString();
        }
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Replace"u8);
        PatternJson.Write(writer, pattern);
        writer.WriteString("content"u8, content);
        writer.WriteEndObject();
    }
}
