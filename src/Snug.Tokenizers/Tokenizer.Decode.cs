namespace Snug.Tokenizers;

/// <content>Token numbers to text.</content>
public sealed partial class Tokenizer
{
    /// <summary>
    /// Whether decoded text is cleaned of the spaces before punctuation, as <see cref="TokenizerConfiguration.CleanUp"/> does it.
    /// False unless a configuration says so. Streams are not cleaned: text that came out cannot be taken back.
    /// </summary>
    public bool CleanUpTokenizationSpaces { get; set; }

    /// <summary>Turns tokens back into text. Numbers without a token are left out.</summary>
    /// <param name="ids">The numbers of the tokens.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        string text = DecodeAsIs(ids, skipSpecialTokens);
        return CleanUpTokenizationSpaces ? TokenizerConfiguration.CleanUp(text) : text;
    }

    internal string DecodeAsIs(ReadOnlySpan<int> ids, bool skipSpecialTokens)
    {
        List<string> tokens = new(ids.Length);
        foreach (int id in ids)
        {
            string? token = _added.TextOf(id) ?? _model.TextOf(id);
            if (token is not null && !(skipSpecialTokens && _added.IsSpecial(token)))
            {
                tokens.Add(token);
            }
        }

        if (_decoder is null)
        {
            return string.Join(' ', tokens);
        }

        _decoder.Decode(tokens);
        return string.Concat(tokens);
    }

    /// <inheritdoc cref="Decode(ReadOnlySpan{int}, bool)"/>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return Decode(ids as int[] ?? [.. ids], skipSpecialTokens);
    }

    /// <summary>Starts to turn tokens back into text one by one.</summary>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public DecodeStream CreateDecodeStream(bool skipSpecialTokens = true) => new(this, skipSpecialTokens);

    /// <summary>Turns many lists of tokens back into texts, on all cores.</summary>
    /// <param name="batch">The numbers of the tokens of each text.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public string[] DecodeBatch(IReadOnlyList<IReadOnlyList<int>> batch, bool skipSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(batch);
        string[] texts = new string[batch.Count];
        Parallel.For(0, texts.Length, index => texts[index] = Decode(batch[index], skipSpecialTokens));
        return texts;
    }
}
