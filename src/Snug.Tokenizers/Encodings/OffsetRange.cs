namespace Snug.Tokenizers;

/// <summary>A part of a text: where it starts and where it ends.</summary>
/// <param name="Start">Index of the first unit.</param>
/// <param name="End">Index behind the last unit.</param>
public readonly record struct OffsetRange(int Start, int End)
{
    /// <summary>Number of units.</summary>
    public int Length => End - Start;

    /// <summary>The same as a range, to slice with.</summary>
    public static implicit operator Range(OffsetRange offset) => offset.ToRange();

    /// <summary>The same as a range, to slice with.</summary>
    public Range ToRange() => Start..End;
}
