namespace Snug.Tokenizers;

/// <summary>What a tokenizer makes of a text, or of a pair of texts: numbers, and for each of them where it comes from. Immutable.</summary>
public sealed partial class Encoding
{
    private static readonly OffsetRange[] NoOffsets = [];

    private int[] _ids = [];
    private int[] _typeIds = [];
    private string[] _tokens = [];
    private int?[] _words = [];
    private OffsetRange[] _bytes = NoOffsets;
    private OffsetRange[] _codePoints = NoOffsets;
    private OffsetRange[] _utf16 = NoOffsets;
    private int[] _special = [];
    private int[] _attention = [];
    private Encoding[] _overflowing = [];

    // Where the tokens of each sequence are, as far as it was said.
    private (int Sequence, OffsetRange Range)[] _sequences = [];

    internal Encoding()
    {
    }

    /// <summary>Number of tokens.</summary>
    public int Length => _ids.Length;

    /// <summary>The number of each token.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>The segment of each token, as models with two segments want it.</summary>
    public ReadOnlySpan<int> TypeIds => _typeIds;

    /// <summary>The text of each token as the vocabulary has it.</summary>
    public ReadOnlySpan<string> Tokens => _tokens;

    /// <summary>The part of the text of each token, in UTF-16 code units; (0, 0) for tokens that are not from the text.</summary>
    public ReadOnlySpan<OffsetRange> Offsets => _utf16;

    /// <summary>The part of the text of each token, in Unicode code points.</summary>
    public ReadOnlySpan<OffsetRange> CodePointOffsets => _codePoints;

    /// <summary>The part of the text of each token, in bytes of UTF-8.</summary>
    public ReadOnlySpan<OffsetRange> ByteOffsets => _bytes;

    /// <summary>1 for tokens to attend to, 0 for padding.</summary>
    public ReadOnlySpan<int> AttentionMask => _attention;

    /// <summary>1 for tokens that were added to the text, 0 for those from the text.</summary>
    public ReadOnlySpan<int> SpecialTokensMask => _special;

    /// <summary>The word of each token: the piece of text that the pre-tokenizer made, or the word of a text that was given in words.</summary>
    public ReadOnlySpan<int?> WordIds => _words;

    /// <summary>What truncation cut off, in parts of the same length.</summary>
    public IReadOnlyList<Encoding> Overflowing => _overflowing;

    /// <summary>Number of sequences: 2 for a pair.</summary>
    public int SequenceCount => _sequences.Length == 0 ? 1 : _sequences.Length;

    /// <summary>The sequence of each token: 0, 1, or null for tokens that are not from a text.</summary>
    public int?[] SequenceIds
    {
        get
        {
            int?[] ids = new int?[Length];
            for (int sequence = 0; sequence < SequenceCount; sequence++)
            {
                OffsetRange range = RangeOf(sequence);
                ids.AsSpan(range.Start, range.Length).Fill(sequence);
            }

            return ids;
        }
    }

    /// <summary>The part of the text of each token in a unit of choice.</summary>
    public ReadOnlySpan<OffsetRange> OffsetsIn(OffsetUnit unit) => unit switch
    {
        OffsetUnit.Byte => _bytes,
        OffsetUnit.CodePoint => _codePoints,
        _ => _utf16,
    };

    /// <summary>The sequence that a token belongs to, or null.</summary>
    public int? TokenToSequence(int token)
    {
        if (token < 0 || token > Length)
        {
            return null;
        }

        if (_sequences.Length == 0)
        {
            return 0;
        }

        foreach ((int sequence, OffsetRange range) in _sequences)
        {
            if (token >= range.Start && token < range.End)
            {
                return sequence;
            }
        }

        return null;
    }

    /// <summary>The tokens of a word, or null.</summary>
    public OffsetRange? WordToTokens(int word, int sequence = 0)
    {
        OffsetRange range = RangeOf(sequence);
        int start = -1;
        int end = -1;
        for (int i = range.Start; i < range.End; i++)
        {
            // Words only grow; tokens without one come before all.
            if (_words[i] > word)
            {
                break;
            }

            if (_words[i] == word)
            {
                start = start < 0 ? i : start;
                end = i + 1;
            }
        }

        return start < 0 ? null : new OffsetRange(start, end);
    }

    /// <summary>The part of the text of a word, or null.</summary>
    public OffsetRange? WordToChars(int word, int sequence = 0, OffsetUnit unit = OffsetUnit.Utf16) =>
        WordToTokens(word, sequence) is { } tokens
            ? new OffsetRange(OffsetsIn(unit)[tokens.Start].Start, OffsetsIn(unit)[tokens.End - 1].End)
            : null;

    /// <summary>The sequence and the part of its text of a token, or null for tokens that are not from a text.</summary>
    public (int Sequence, OffsetRange Offsets)? TokenToChars(int token, OffsetUnit unit = OffsetUnit.Utf16) =>
        TokenToSequence(token) is { } sequence && (uint)token < (uint)Length ? (sequence, OffsetsIn(unit)[token]) : null;

    /// <summary>The sequence and the word of a token, or null.</summary>
    public (int Sequence, int Word)? TokenToWord(int token) =>
        TokenToSequence(token) is { } sequence && (uint)token < (uint)Length && _words[token] is { } word ? (sequence, word) : null;

    /// <summary>The token of a place in the text, or null.</summary>
    public int? CharToToken(int position, int sequence = 0, OffsetUnit unit = OffsetUnit.Utf16)
    {
        OffsetRange range = RangeOf(sequence);
        ReadOnlySpan<OffsetRange> offsets = OffsetsIn(unit);
        for (int i = range.Start; i < range.End; i++)
        {
            if (position >= offsets[i].Start && position < offsets[i].End)
            {
                return i;
            }
        }

        return null;
    }

    /// <summary>The word of a place in the text, or null.</summary>
    public int? CharToWord(int position, int sequence = 0, OffsetUnit unit = OffsetUnit.Utf16) =>
        CharToToken(position, sequence, unit) is { } token && TokenToWord(token) is { } word ? word.Word : null;

    private OffsetRange RangeOf(int sequence)
    {
        foreach ((int known, OffsetRange range) in _sequences)
        {
            if (known == sequence)
            {
                return range;
            }
        }

        return new OffsetRange(0, Length);
    }
}
