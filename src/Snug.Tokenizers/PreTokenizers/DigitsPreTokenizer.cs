using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Cuts numbers out, digit by digit or run by run.</summary>
internal sealed class DigitsPreTokenizer(bool individualDigits) : PreTokenizer
{
    private static readonly Lazy<SetMatcher> Numeric = new(() => new SetMatcher(CharacterSets.Numeric));

    public override void PreTokenize(PreTokenizedText text) =>
        text.Split(Numeric.Value, individualDigits ? SplitBehavior.Isolated : SplitBehavior.Contiguous);

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Digits"u8);
        writer.WriteBoolean("individual_digits"u8, individualDigits);
        writer.WriteEndObject();
    }
}
