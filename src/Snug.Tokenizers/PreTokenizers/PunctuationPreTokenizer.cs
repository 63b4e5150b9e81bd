using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Cuts at punctuation characters.</summary>
internal sealed class PunctuationPreTokenizer(SplitBehavior behavior) : PreTokenizer
{
    private static readonly Lazy<SetMatcher> Punctuation = new(() => new SetMatcher(CharacterSets.Punctuation));

    public override void PreTokenize(PreTokenizedText text) => text.Split(Punctuation.Value, behavior);

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Punctuation"u8);
        writer.WriteString("behavior"u8, behavior.ToString());
        writer.WriteEndObject();
    }
}
