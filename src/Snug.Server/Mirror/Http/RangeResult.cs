namespace Snug.Server;

/// <summary>What to answer to a Range header.</summary>
internal enum RangeResult
{
    /// <summary>Everything: there is no usable range.</summary>
    Whole,

    /// <summary>The range.</summary>
    Partial,

    /// <summary>A refusal: the range lies beyond the end.</summary>
    Unsatisfiable,
}
