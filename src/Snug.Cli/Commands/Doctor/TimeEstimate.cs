namespace Snug.Cli;

/// <summary>How long the downloads that are left take.</summary>
internal static class TimeEstimate
{
    /// <summary>A good line at home, and one in a data centre, in bytes per second: what to reckon with where nothing was measured.</summary>
    public static readonly double[] Typical = [10e6, 100e6];

    /// <summary>Seconds at the measured speed, or <see langword="null"/> when it was not measured.</summary>
    public static double? Seconds(DoctorFacts facts) => facts.BytesPerSecond is { } speed ? facts.MissingBytes / speed : null;

    /// <summary>The estimate in words, or <see langword="null"/> when there is nothing to download.</summary>
    public static string? Describe(DoctorFacts facts)
    {
        if (facts.MissingBytes == 0)
        {
            return null;
        }

        string size = Text.Size(facts.MissingBytes);
        return facts.BytesPerSecond is { } speed
            ? $"{size} to download: about {Text.Duration(TimeSpan.FromSeconds(facts.MissingBytes / speed))} at the measured {Text.Rate(speed)}."
            : $"{size} to download: about {string.Join(", ", Typical.Select(s => $"{Text.Duration(TimeSpan.FromSeconds(facts.MissingBytes / s))} at {Text.Rate(s)}"))} (--speed measures).";
    }
}
