namespace Snug.Inference;

/// <summary>
/// The bytes of the tokens of a vocabulary, as a tree of their beginnings: what constraints need to tell which tokens may come. Is made
/// once for a model; safe for use by many threads.
/// </summary>
public sealed class ConstraintVocabulary
{
    /// <summary>Longer tokens are never chosen; real ones are shorter.</summary>
    private const int MaxTokenBytes = 255;

    /// <summary>Bytes that JSON cannot be written without.</summary>
    private const int FirstPrintable = 0x20;
    private const int LastPrintable = 0x7e;
    private readonly byte[]?[] _tokens;

    /// <summary>Creates the tree.</summary>
    /// <param name="tokens">
    /// For each token the bytes that it adds to a text; null or empty for those that must not be part of constrained output, such as special tokens.
    /// </param>
    /// <exception cref="ConstraintException">A printable ASCII character has no token of its own, so there may be no way on.</exception>
    public ConstraintVocabulary(IReadOnlyList<byte[]?> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        _tokens = [.. tokens];
        int[] order = [.. Enumerable.Range(0, _tokens.Length).Where(token => _tokens[token] is { Length: > 0 and <= MaxTokenBytes })];
        Array.Sort(order, (left, right) => _tokens[left].AsSpan().SequenceCompareTo(_tokens[right]) is var result and not 0 ? result : left.CompareTo(right));
        Build(order);
        for (int value = FirstPrintable; value <= LastPrintable; value++)
        {
            if (!HasByte((byte)value))
            {
                throw new ConstraintException($"The vocabulary has no token for the character '{(char)value}' alone, so output cannot be constrained.");
            }
        }

        for (int value = 0x80; value <= 0xf4; value++)
        {
            // 0xC0 and 0xC1 begin no character of UTF-8.
            WritesAllText &= value is 0xc0 or 0xc1 || HasByte((byte)value);
        }
    }

    /// <summary>Number of tokens.</summary>
    public int Count => _tokens.Length;

    /// <summary>Whether every character can be written; else only those of ASCII are, and others escaped.</summary>
    internal bool WritesAllText { get; } = true;

    /// <summary>Number of nodes, each for a beginning of tokens, in the order of the bytes, children behind their parents.</summary>
    internal int NodeCount { get; private set; }

    /// <summary>The last byte of the beginning.</summary>
    internal byte[] Labels { get; private set; } = [];

    /// <summary>Length of the beginning.</summary>
    internal byte[] Depths { get; private set; } = [];

    /// <summary>The node behind all that begin so.</summary>
    internal int[] Ends { get; private set; } = [];

    /// <summary>The first token that is this beginning, or -1; further ones follow by <see cref="Same"/>.</summary>
    internal int[] Tokens { get; private set; } = [];

    /// <summary>For a token the next one with the same bytes, or -1.</summary>
    internal int[] Same { get; private set; } = [];

    /// <summary>The bytes of a token; empty for those that cannot be chosen.</summary>
    internal ReadOnlySpan<byte> BytesOf(int token) => (uint)token < (uint)_tokens.Length && _tokens[token] is { Length: <= MaxTokenBytes } bytes ? bytes : [];

    private bool HasByte(byte value)
    {
        for (int node = 0; node < NodeCount; node = Ends[node])
        {
            if (Labels[node] == value)
            {
                return Tokens[node] >= 0;
            }
        }

        return false;
    }

    private void Build(int[] order)
    {
        List<byte> labels = [];
        List<byte> depths = [];
        List<int> tokens = [];
        List<int> ends = [];
        Stack<int> open = new();
        Same = new int[_tokens.Length];
        Array.Fill(Same, -1);
        ReadOnlySpan<byte> previous = [];
        foreach (int token in order)
        {
            ReadOnlySpan<byte> bytes = _tokens[token];
            int common = previous.CommonPrefixLength(bytes);
            while (open.Count > common)
            {
                ends[open.Pop()] = labels.Count;
            }

            for (int depth = common; depth < bytes.Length; depth++)
            {
                open.Push(labels.Count);
                labels.Add(bytes[depth]);
                depths.Add((byte)(depth + 1));
                tokens.Add(-1);
                ends.Add(0);
            }

            int node = open.Peek();
            (Same[token], tokens[node]) = (tokens[node], token);
            previous = bytes;
        }

        while (open.Count > 0)
        {
            ends[open.Pop()] = labels.Count;
        }

        (NodeCount, Labels, Depths, Tokens, Ends) = (labels.Count, [.. labels], [.. depths], [.. tokens], [.. ends]);
    }
}
