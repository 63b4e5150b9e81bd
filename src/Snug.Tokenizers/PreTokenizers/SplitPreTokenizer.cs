using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Cuts where a text or a pattern matches.</summary>
internal sealed class SplitPreTokenizer(TextMatcher pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    public override void PreTokenize(PreTokenizedText text) => text.Split(pattern, behavior, invert);

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Split"u8);
        PatternJson.Write(writer, pattern);
        writer.WriteString("behavior"u8, behavior.ToString());
        writer.WriteBoolean("invert"u8, invert);
        writer.WriteEndObject();
    }
}
