namespace Snug.Tokenizers;

/// <summary>Which text of a pair truncation cuts.</summary>
public enum TruncationStrategy
{
    /// <summary>The longer one, until both are of a length, then both.</summary>
    LongestFirst,

    /// <summary>The first.</summary>
    OnlyFirst,

    /// <summary>The second.</summary>
    OnlySecond,
}
