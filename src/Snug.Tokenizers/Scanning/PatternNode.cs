namespace Snug.Tokenizers;

/// <summary>A regular expression as a tree.</summary>
internal abstract record PatternNode
{
    /// <summary>One character of a set.</summary>
    public sealed record Set(CodePointRanges Ranges) : PatternNode;

    public sealed record Sequence(IReadOnlyList<PatternNode> Items) : PatternNode;

    public sealed record Alternation(IReadOnlyList<PatternNode> Items) : PatternNode;

    public sealed record Repeat(PatternNode Item, int Least, int Most, RepeatKind Kind) : PatternNode
    {
        public const int Unlimited = -1;
    }

    public sealed record Assertion(AssertionKind Kind) : PatternNode;

    public sealed record Look(PatternNode Item, bool Behind, bool Negative) : PatternNode;

    public sealed record Atomic(PatternNode Item) : PatternNode;

    public sealed record Capture(PatternNode Item, int Number) : PatternNode;

    public sealed record BackReference(int Number) : PatternNode;

    public static Sequence Nothing { get; } = new([]);
}
