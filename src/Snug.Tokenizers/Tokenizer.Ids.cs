namespace Snug.Tokenizers;

/// <content>Numbers only: no encoding is made unless truncation, padding or the post-processor needs one.</content>
public sealed partial class Tokenizer
{
    /// <summary>Encodes a text to numbers only.</summary>
    /// <param name="text">The text. Lone surrogates are taken as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether the model's own tokens are added, such as [CLS] and [SEP].</param>
    /// <exception cref="TokenizerException">The text cannot be encoded: see the message.</exception>
    public int[] EncodeToIds(ReadOnlySpan<char> text, bool addSpecialTokens = true)
    {
        EncodeWorkspace workspace = EncodeWorkspace.Rent();
        workspace.Text.SetOriginal(text);
        IdParts parts = TokenizeToIds(workspace, addSpecialTokens);
        int[] ids = new int[parts.Count];
        parts.CopyTo(ids);
        EncodeWorkspace.Return(workspace);
        return ids;
    }

    /// <inheritdoc cref="EncodeToIds(ReadOnlySpan{char}, bool)"/>
    public int[] EncodeToIds(string text, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        return EncodeToIds(text.AsSpan(), addSpecialTokens);
    }

    /// <summary>Encodes a text to numbers, into a buffer of the caller's.</summary>
    /// <param name="text">The text. Lone surrogates are taken as U+FFFD.</param>
    /// <param name="ids">Where the numbers go; a text never has more tokens than it has bytes of UTF-8, special tokens aside, unless a normalizer makes it longer.</param>
    /// <param name="addSpecialTokens">Whether the model's own tokens are added, such as [CLS] and [SEP].</param>
    /// <returns>How many numbers there are.</returns>
    /// <exception cref="ArgumentException">The buffer is too small.</exception>
    /// <exception cref="TokenizerException">The text cannot be encoded: see the message.</exception>
    public int EncodeToIds(ReadOnlySpan<char> text, Span<int> ids, bool addSpecialTokens = true)
    {
        EncodeWorkspace workspace = EncodeWorkspace.Rent();
        workspace.Text.SetOriginal(text);
        return CopyIds(workspace, ids, addSpecialTokens);
    }

    /// <summary>Encodes a text, as UTF-8, to numbers, into a buffer of the caller's.</summary>
    /// <param name="text">The text as UTF-8. What is not valid is taken as U+FFFD.</param>
    /// <param name="ids">Where the numbers go.</param>
    /// <param name="addSpecialTokens">Whether the model's own tokens are added, such as [CLS] and [SEP].</param>
    /// <returns>How many numbers there are.</returns>
    /// <exception cref="ArgumentException">The buffer is too small.</exception>
    /// <exception cref="TokenizerException">The text cannot be encoded: see the message.</exception>
    public int EncodeToIds(ReadOnlySpan<byte> text, Span<int> ids, bool addSpecialTokens = true)
    {
        EncodeWorkspace workspace = EncodeWorkspace.Rent();
        SetOriginal(workspace, text);
        return CopyIds(workspace, ids, addSpecialTokens);
    }

    /// <summary>Counts the tokens of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="addSpecialTokens">Whether the model's own tokens count.</param>
    /// <exception cref="TokenizerException">The text cannot be encoded: see the message.</exception>
    public int CountTokens(ReadOnlySpan<char> text, bool addSpecialTokens = true)
    {
        EncodeWorkspace workspace = EncodeWorkspace.Rent();
        workspace.Text.SetOriginal(text);
        int count = TokenizeToIds(workspace, addSpecialTokens).Count;
        EncodeWorkspace.Return(workspace);
        return count;
    }

    /// <summary>Counts the tokens of a text that is UTF-8.</summary>
    /// <param name="text">The text.</param>
    /// <param name="addSpecialTokens">Whether the model's own tokens count.</param>
    /// <exception cref="TokenizerException">The text cannot be encoded: see the message.</exception>
    public int CountTokens(ReadOnlySpan<byte> text, bool addSpecialTokens = true)
    {
        EncodeWorkspace workspace = EncodeWorkspace.Rent();
        SetOriginal(workspace, text);
        int count = TokenizeToIds(workspace, addSpecialTokens).Count;
        EncodeWorkspace.Return(workspace);
        return count;
    }

    /// <summary>Finds how much of the start of a text a number of tokens covers. Truncation that is set does not count.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxTokens">Most tokens.</param>
    /// <param name="tokenCount">How many tokens the part has.</param>
    /// <returns>Where the part ends, in UTF-16 units; never inside of a character.</returns>
    /// <exception cref="TokenizerException">The text cannot be encoded: see the message.</exception>
    public int IndexOfTokenCount(string text, int maxTokens, out int tokenCount)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfNegative(maxTokens);
        ReadOnlySpan<OffsetRange> offsets = EncodeWhole(text).Offsets;
        if (offsets.Length <= maxTokens)
        {
            tokenCount = offsets.Length;
            return text.Length;
        }

        // Tokens of one character share its range: a cut between them would be inside of it.
        tokenCount = maxTokens;
        while (tokenCount > 0 && offsets[tokenCount].Start < offsets[tokenCount - 1].End)
        {
            tokenCount--;
        }

        return tokenCount == 0 ? 0 : offsets[tokenCount - 1].End;
    }

    /// <summary>Finds how much of the end of a text a number of tokens covers. Truncation that is set does not count.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxTokens">Most tokens.</param>
    /// <param name="tokenCount">How many tokens the part has.</param>
    /// <returns>Where the part starts, in UTF-16 units; never inside of a character.</returns>
    /// <exception cref="TokenizerException">The text cannot be encoded: see the message.</exception>
    public int LastIndexOfTokenCount(string text, int maxTokens, out int tokenCount)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfNegative(maxTokens);
        ReadOnlySpan<OffsetRange> offsets = EncodeWhole(text).Offsets;
        if (offsets.Length <= maxTokens)
        {
            tokenCount = offsets.Length;
            return 0;
        }

        int first = offsets.Length - maxTokens;
        while (first < offsets.Length && offsets[first].Start < offsets[first - 1].End)
        {
            first++;
        }

        tokenCount = offsets.Length - first;
        return tokenCount == 0 ? text.Length : offsets[first].Start;
    }

    private Encoding EncodeWhole(string text)
    {
        EncodeWorkspace workspace = EncodeWorkspace.Rent();
        workspace.Text.SetOriginal(text.AsSpan());
        Encoding encoding = EncodeOriginal(workspace, 0, NoWord, truncate: false);
        EncodeWorkspace.Return(workspace);
        return encoding;
    }

    private int CopyIds(EncodeWorkspace workspace, Span<int> ids, bool addSpecialTokens)
    {
        IdParts parts = TokenizeToIds(workspace, addSpecialTokens);
        int count = parts.Count;
        if (count > ids.Length)
        {
            EncodeWorkspace.Return(workspace);
            throw new ArgumentException($"The text has {count} tokens, the buffer has room for {ids.Length}.", nameof(ids));
        }

        parts.CopyTo(ids);
        EncodeWorkspace.Return(workspace);
        return count;
    }

    private IdParts TokenizeToIds(EncodeWorkspace workspace, bool addSpecialTokens)
    {
        (int[] Before, int[] After)? frame = _postProcessor is null ? ([], []) : addSpecialTokens ? _frame : _bareFrame;
        if (frame is null || Truncation is not null || Padding is not null)
        {
            return new IdParts([], Finish(EncodeOriginal(workspace, 0, NoWord), null, addSpecialTokens).Ids, []);
        }

        Tokenize(workspace, null);
        return new IdParts(frame.Value.Before, workspace.Tokens.Ids, frame.Value.After);
    }

    private readonly ref struct IdParts(ReadOnlySpan<int> before, ReadOnlySpan<int> ids, ReadOnlySpan<int> after)
    {
        private readonly ReadOnlySpan<int> _before = before;
        private readonly ReadOnlySpan<int> _ids = ids;
        private readonly ReadOnlySpan<int> _after = after;

        public int Count => _before.Length + _ids.Length + _after.Length;

        public void CopyTo(Span<int> target)
        {
            _before.CopyTo(target);
            _ids.CopyTo(target[_before.Length..]);
            _after.CopyTo(target[(_before.Length + _ids.Length)..]);
        }
    }
}
