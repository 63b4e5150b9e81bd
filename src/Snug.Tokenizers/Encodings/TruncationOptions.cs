namespace Snug.Tokenizers;

/// <summary>How encodings that are too long are cut.</summary>
public sealed record TruncationOptions
{
    /// <summary>Most tokens, added ones included.</summary>
    public required int MaxLength { get; init; }

    /// <summary>Which text of a pair is cut.</summary>
    public TruncationStrategy Strategy { get; init; }

    /// <summary>The end at which is cut.</summary>
    public TruncationDirection Direction { get; init; }

    /// <summary>By how many tokens the parts that overflow overlap.</summary>
    public int Stride { get; init; }

    /// <summary>Cuts one encoding or a pair.</summary>
    /// <exception cref="TokenizerException">The text to cut is too short, or there is none.</exception>
    internal void Apply(Encoding first, Encoding? second, int maxLength)
    {
        if (maxLength == 0)
        {
            first.Truncate(0, Stride, Direction);
            second?.Truncate(0, Stride, Direction);
            return;
        }

        int total = first.Length + (second?.Length ?? 0);
        int excess = total - maxLength;
        if (excess <= 0)
        {
            return;
        }

        if (Strategy == TruncationStrategy.LongestFirst)
        {
            if (second is null)
            {
                first.Truncate(maxLength, Stride, Direction);
                return;
            }

            (int one, int other) = Balance(first.Length, second.Length, maxLength);
            first.Truncate(one, Stride, Direction);
            second.Truncate(other, Stride, Direction);
            return;
        }

        Encoding target = (Strategy == TruncationStrategy.OnlyFirst ? first : second)
            ?? throw new TokenizerException("Truncation is to cut the second text only, but there is none.");
        if (target.Length <= excess)
        {
            throw new TokenizerException($"The text to truncate has {target.Length} tokens, of which {excess} would have to go.");
        }

        target.Truncate(target.Length - excess, Stride, Direction);
    }

    private static (int First, int Second) Balance(int first, int second, int maxLength)
    {
        bool swap = first > second;
        (int shorter, int longer) = swap ? (second, first) : (first, second);
        longer = shorter > maxLength ? shorter : Math.Max(shorter, maxLength - shorter);
        if (shorter + longer > maxLength)
        {
            shorter = maxLength / 2;
            longer = shorter + (maxLength % 2);
        }

        return swap ? (longer, shorter) : (shorter, longer);
    }
}
