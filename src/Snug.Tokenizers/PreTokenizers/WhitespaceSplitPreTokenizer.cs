using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Drops white space.</summary>
internal sealed class WhitespaceSplitPreTokenizer : PreTokenizer
{
    private static readonly Lazy<SetMatcher> Space = new(() => new SetMatcher(CharacterSets.WhiteSpace));

    public override void PreTokenize(PreTokenizedText text) => text.Split(Space.Value, SplitBehavior.Removed);

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "WhitespaceSplit"u8);
        writer.WriteEndObject();
    }
}
