using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Runs of word characters and runs of other characters that are not white space.</summary>
internal sealed class WhitespacePreTokenizer : PreTokenizer
{
    private static readonly WordMatcher Words = new();

    public override void PreTokenize(PreTokenizedText text) => text.Split(Words, SplitBehavior.Removed, invert: true);

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Whitespace"u8);
        writer.WriteEndObject();
    }

    private sealed class WordMatcher : TextMatcher
    {
        protected override bool Find(ReadOnlySpan<byte> text, int from, out int start, out int end)
        {
            CodePointSet word = CharacterSets.Word;
            CodePointSet space = CharacterSets.WhiteSpace;
            start = from;
            while (start < text.Length && space.TryStep(text, ref start))
            {
                // White space is between the matches.
            }

            end = start;
            if (word.TryStep(text, ref end))
            {
                while (word.TryStep(text, ref end))
                {
                    // To the end of the word.
                }

                return true;
            }

            while (end < text.Length && Utf8.At(text, end) is var c && !word.Contains(c) && !space.Contains(c))
            {
                end += Utf8.LengthOf(text[end]);
            }

            return end > start;
        }
    }
}
