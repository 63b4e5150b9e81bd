using System.Collections.Immutable;

namespace Snug.Inference;

/// <summary>Rotary position embedding of a model.</summary>
public sealed record RopeConfiguration
{
    /// <summary>Base of the frequencies.</summary>
    public double Theta { get; init; } = 10_000;

    /// <summary>How the frequencies are scaled.</summary>
    public RopeScaling Scaling { get; init; }

    /// <summary>How many times further than trained the model shall reach.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Length that the model was trained with, for the scalings that need it.</summary>
    public int OriginalPositions { get; init; }

    /// <summary>Llama 3: wavelengths above original positions / this are divided.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>Llama 3: wavelengths below original positions / this are kept.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>YaRN: dimensions with more rotations than this are kept.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>YaRN: dimensions with fewer rotations than this are divided.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>YaRN: whether the limits are rounded to whole dimensions.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>Factor of sine and cosine; null for the scaling's own.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>Numbers at the beginning of a head that are rotated; null for all.</summary>
    public int? RotatedSize { get; init; }

    /// <summary>LongRoPE: what each frequency is divided by while a sequence is not longer than <see cref="OriginalPositions"/>.</summary>
    public ImmutableArray<double> ShortFactors { get; init; } = [];

    /// <summary>LongRoPE: what each frequency is divided by in longer sequences.</summary>
    public ImmutableArray<double> LongFactors { get; init; } = [];

    /// <summary>Whether neighbouring numbers are rotated together (GGUF's Llama files), not the halves of a head.</summary>
    public bool Interleaved { get; init; }
}
