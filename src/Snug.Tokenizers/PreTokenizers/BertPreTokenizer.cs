using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Drops white space and isolates punctuation.</summary>
internal sealed class BertPreTokenizer : PreTokenizer
{
    private static readonly Lazy<SetMatcher> Space = new(() => new SetMatcher(CharacterSets.WhiteSpace));

    private static readonly Lazy<SetMatcher> Punctuation = new(() => new SetMatcher(CharacterSets.Punctuation));

    public override void PreTokenize(PreTokenizedText text)
    {
        text.Split(Space.Value, SplitBehavior.Removed);
        text.Split(Punctuation.Value, SplitBehavior.Isolated);
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "BertPreTokenizer"u8);
        writer.WriteEndObject();
    }
}
