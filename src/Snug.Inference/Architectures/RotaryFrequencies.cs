namespace Snug.Inference;

/// <summary>The frequencies of rotary position embeddings and their scalings, as the papers and the models' configurations define them.</summary>
internal static class RotaryFrequencies
{
    /// <summary>Computes angle per position for each rotated pair.</summary>
    /// <param name="rope">The configuration.</param>
    /// <param name="size">Numbers of a head that are rotated; twice the number of frequencies.</param>
    /// <param name="positions">The model's maximum.</param>
    /// <param name="length">Length of the sequence, for dynamic scaling.</param>
    /// <param name="frequencies">Is filled.</param>
    public static void Compute(RopeConfiguration rope, int size, int positions, int length, Span<double> frequencies)
    {
        double theta = Base(rope, size, positions, length);
        for (int i = 0; i < frequencies.Length; i++)
        {
            double frequency = Math.Pow(theta, -2.0 * i / size);
            frequencies[i] = rope.Scaling switch
            {
                RopeScaling.Linear => frequency / rope.Factor,
                RopeScaling.Llama3 => Llama3(rope, frequency),
                RopeScaling.Yarn => Yarn(rope, frequency, i, size),
                RopeScaling.LongRope => frequency / (IsLong(rope, length) ? rope.LongFactors : rope.ShortFactors)[i],
                _ => frequency,
            };
        }
    }

    /// <summary>Base of the frequencies, which grows with the sequence when scaling is dynamic.</summary>
    public static double Base(RopeConfiguration rope, int size, int positions, int length) =>
        rope.Scaling == RopeScaling.Dynamic && length > positions
            ? rope.Theta * Math.Pow((rope.Factor * length / positions) - (rope.Factor - 1), size / (size - 2.0))
            : rope.Theta;

    /// <summary>Whether a sequence of that length is rotated by the long factors.</summary>
    public static bool IsLong(RopeConfiguration rope, int length) => rope.Scaling == RopeScaling.LongRope && length > rope.OriginalPositions;

    /// <summary>Factor of sine and cosine.</summary>
    public static double AttentionFactor(RopeConfiguration rope) => rope.AttentionFactor ?? rope.Scaling switch
    {
        RopeScaling.Yarn when rope.Factor > 1 => (0.1 * Math.Log(rope.Factor)) + 1,
        RopeScaling.LongRope when rope.Factor > 1 => Math.Sqrt(1 + (Math.Log(rope.Factor) / Math.Log(rope.OriginalPositions))),
        _ => 1,
    };

    private static double Llama3(RopeConfiguration rope, double frequency)
    {
        double wavelength = 2 * Math.PI / frequency;
        double rotations = rope.OriginalPositions / wavelength;
        double kept = Math.Clamp((rotations - rope.LowFrequencyFactor) / (rope.HighFrequencyFactor - rope.LowFrequencyFactor), 0, 1);
        return ((1 - kept) * frequency / rope.Factor) + (kept * frequency);
    }

    private static double Yarn(RopeConfiguration rope, double frequency, int pair, int size)
    {
        double low = Dimension(rope.BetaFast);
        double high = Dimension(rope.BetaSlow);
        if (rope.Truncate)
        {
            low = Math.Floor(low);
            high = Math.Ceiling(high);
        }

        low = Math.Max(low, 0);
        high = Math.Min(high, size - 1);
        if (low == high)
        {
            high += 0.001;
        }

        double divided = Math.Clamp((pair - low) / (high - low), 0, 1);
        return (frequency / rope.Factor * divided) + (frequency * (1 - divided));

        double Dimension(double rotations) =>
            size * Math.Log(rope.OriginalPositions / (rotations * 2 * Math.PI)) / (2 * Math.Log(rope.Theta));
    }
}
