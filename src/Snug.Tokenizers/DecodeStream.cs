namespace Snug.Tokenizers;

/// <summary>
/// Turns tokens back into text one by one, as they are generated. Text comes out as soon as it is certain: not while a character
/// is only there in part. The pieces, joined, are the text. Not for use by several threads at once.
/// </summary>
public sealed class DecodeStream
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly List<int> _ids = [];
    private string _prefix = "";
    private int _prefixIndex;

    internal DecodeStream(Tokenizer tokenizer, bool skipSpecialTokens)
    {
        (_tokenizer, _skipSpecialTokens) = (tokenizer, skipSpecialTokens);
    }

    /// <summary>Takes the next token.</summary>
    /// <param name="id">The number of the token.</param>
    /// <returns>The text that has become certain; null when there is none yet.</returns>
    /// <exception cref="TokenizerException">The decoder has changed text that was given out before.</exception>
    public string? Step(int id)
    {
        if (_prefix.Length == 0 && _ids.Count > 0)
        {
            string prefix = Decode();
            if (!prefix.EndsWith('\uFFFD'))
            {
                (_prefix, _prefixIndex) = (prefix, _ids.Count);
            }
        }

        _ids.Add(id);
        string text = Decode();
        if (Bytes(text) <= Bytes(_prefix) || text.EndsWith('\uFFFD'))
        {
            return null;
        }

        if (!text.StartsWith(_prefix, StringComparison.Ordinal))
        {
            throw new TokenizerException($"Token {id} changes the text before it.");
        }

        // Only the tokens since the last text that came out are needed to decode the next.
        string added = text[_prefix.Length..];
        int index = _ids.Count - _prefixIndex;
        _ids.RemoveRange(0, _prefixIndex);
        _prefix = Decode();
        _prefixIndex = index;
        return added;
    }

    private static int Bytes(string text) => System.Text.Encoding.UTF8.GetByteCount(text);

    private string Decode() => _tokenizer.DecodeAsIs(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_ids), _skipSpecialTokens);
}
