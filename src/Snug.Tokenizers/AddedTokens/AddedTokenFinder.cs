namespace Snug.Tokenizers;

/// <summary>Finds added tokens in a text: the leftmost, and of those that start at one place the longest.</summary>
internal sealed class AddedTokenFinder
{
    private readonly ByteTrie _trie;
    private readonly System.Buffers.SearchValues<byte> _first;
    private readonly AddedVocabulary _vocabulary;

    public AddedTokenFinder(AddedVocabulary vocabulary, IReadOnlyList<(ReadOnlyMemory<byte> Text, int Id)> tokens)
    {
        _vocabulary = vocabulary;
        _trie = new ByteTrie([.. tokens.Select(token => token.Text)], [.. tokens.Select(token => token.Id)]);
        _first = System.Buffers.SearchValues.Create([.. tokens.Select(token => token.Text.Span[0]).Distinct()]);
    }

    /// <summary>Finds the next token.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where to look on; moves behind what was found.</param>
    /// <param name="done">End of the last token, as far as it reached.</param>
    /// <param name="start">First byte, white space that the token takes along included.</param>
    /// <param name="end">End, likewise.</param>
    /// <param name="id">Number of the token.</param>
    public bool TryFind(ReadOnlySpan<byte> text, ref int from, int done, out int start, out int end, out int id)
    {
        while (TryMatch(text, from, out start, out end, out id))
        {
            from = end;
            AddedToken token = _vocabulary.TokenOf(id)!;
            if (_vocabulary.EncodeSpecialTokens && _vocabulary.IsSpecial(token.Content))
            {
                continue;
            }

            if (token.SingleWord && (EndsWithWord(text[..start]) || StartsWithWord(text[end..])))
            {
                continue;
            }

            if (token.LeftStrip)
            {
                while (start > done && Utf8.Previous(text, start) is var before && CharacterSets.WhiteSpace.Contains(Utf8.At(text, before)))
                {
                    start = before;
                }

                start = Math.Max(start, done);
            }

            if (token.RightStrip)
            {
                while (CharacterSets.WhiteSpace.TryStep(text, ref end))
                {
                    // White space belongs to the token.
                }
            }

            return true;
        }

        return false;
    }

    private bool TryMatch(ReadOnlySpan<byte> text, int from, out int start, out int end, out int id)
    {
        end = id = -1;
        for (start = from; start < text.Length; start++)
        {
            int skip = text[start..].IndexOfAny(_first);
            if (skip < 0)
            {
                break;
            }

            start += skip;
            int node = ByteTrie.Root;
            for (int at = start; at < text.Length;)
            {
                node = _trie.Child(node, text[at++]);
                if (node < 0)
                {
                    break;
                }

                if (_trie.Value(node) is var value and >= 0)
                {
                    (id, end) = (value, at);
                }
            }

            if (id >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool EndsWithWord(ReadOnlySpan<byte> text) =>
        text.Length > 0 && CharacterSets.Word.Contains(Utf8.At(text, Utf8.Previous(text, text.Length)));

    private static bool StartsWithWord(ReadOnlySpan<byte> text) => text.Length > 0 && CharacterSets.Word.Contains(Utf8.At(text, 0));
}
