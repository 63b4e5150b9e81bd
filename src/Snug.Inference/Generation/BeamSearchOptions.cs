namespace Snug.Inference;

/// <summary>How beam search looks for the likeliest text.</summary>
public sealed record BeamSearchOptions
{
    /// <summary>Most beams.</summary>
    public const int MaxBeams = 256;

    /// <summary>Sequences that are followed at a time.</summary>
    public int Beams { get; init; } = 4;

    /// <summary>
    /// Scores are sums of log probabilities divided by the number of generated tokens to the power of this: more than 0 favours long texts,
    /// less than 0 short ones.
    /// </summary>
    public float LengthPenalty { get; init; } = 1;

    /// <summary>When the search ends.</summary>
    public BeamStopping Stopping { get; init; }

    /// <summary>Hypotheses to return, at most as many as beams.</summary>
    public int Results { get; init; } = 1;

    internal void Validate()
    {
        Check(Beams is >= 1 and <= MaxBeams, nameof(Beams), $"from 1 to {MaxBeams}");
        Check(float.IsFinite(LengthPenalty), nameof(LengthPenalty), "finite");
        Check(Enum.IsDefined(Stopping), nameof(Stopping), "one of the values that it has");
        Check(Results >= 1 && Results <= Beams, nameof(Results), "from 1 to the number of beams");
    }

    private static void Check(bool holds, string option, string range)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(option, $"{option} must be {range}.");
        }
    }
}
