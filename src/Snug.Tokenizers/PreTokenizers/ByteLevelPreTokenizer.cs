using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>GPT-2's words, every byte written as a printable character.</summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool trimOffsets, bool useRegex) : PreTokenizer
{
    private static readonly Lazy<Pattern> Words =
        new(() => new Pattern(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"));

    public override void PreTokenize(PreTokenizedText text)
    {
        if (addPrefixSpace)
        {
            text.Transform(0, static (piece, _) =>
            {
                if (!piece.IsEmpty && piece.Text[0] != ' ')
                {
                    piece.Prepend(" "u8);
                }
            });
        }

        if (useRegex)
        {
            text.Split(Words.Value, SplitBehavior.Isolated);
        }

        text.Transform(0, static (piece, _) => ByteAlphabet.Apply(piece));
    }

    public override void Write(Utf8JsonWriter writer) => ByteLevelJson.Write(writer, addPrefixSpace, trimOffsets, useRegex);
}
