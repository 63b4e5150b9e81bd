namespace Snug.Inference;

/// <summary>How the vectors of a sequence's tokens become one. Several are put one behind the other, in the order of their numbers.</summary>
[Flags]
public enum PoolingModes
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>That of the first token.</summary>
    FirstToken = 1,

    /// <summary>The largest of each dimension.</summary>
    Max = 2,

    /// <summary>The mean.</summary>
    Mean = 4,

    /// <summary>The sum, divided by the root of the number of tokens.</summary>
    MeanRootLength = 8,

    /// <summary>The mean, weighted by position: the first token once, the second twice, and so on.</summary>
    WeightedMean = 16,

    /// <summary>That of the last token.</summary>
    LastToken = 32,
}
