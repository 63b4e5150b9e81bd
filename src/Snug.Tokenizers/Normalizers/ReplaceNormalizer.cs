using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Replaces every match of a text or a pattern.</summary>
internal sealed class ReplaceNormalizer(TextMatcher pattern, string content) : Normalizer
{
    private readonly byte[] _content = System.Text.Encoding.UTF8.GetBytes(content);

    [ThreadStatic]
    private static MatchList? _matches;

    public override void Normalize(AlignedText text)
    {
        MatchList matches = _matches ??= new MatchList();
        pattern.FindAll(text.Text, matches);
        foreach (TextPart part in matches.Parts)
        {
            if (part.IsMatch)
            {
                text.Replace(matches, _content);
                return;
            }
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
