using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Drops a character and cuts there.</summary>
internal sealed class CharDelimiterSplitPreTokenizer(int delimiter) : PreTokenizer
{
    private readonly LiteralMatcher _matcher = new(char.ConvertFromUtf32(delimiter));

    public override void PreTokenize(PreTokenizedText text) => text.Split(_matcher, SplitBehavior.Removed);

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "CharDelimiterSplit"u8);
        writer.WriteString("delimiter"u8, char.ConvertFromUtf32(delimiter));
        writer.WriteEndObject();
    }
}
