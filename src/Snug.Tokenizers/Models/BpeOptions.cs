namespace Snug.Tokenizers;

/// <summary>The settings of a BPE model, as they stand in the file.</summary>
internal sealed record BpeOptions
{
    public double? Dropout { get; init; }

    public string? UnknownToken { get; init; }

    public string? ContinuingSubwordPrefix { get; init; }

    public string? EndOfWordSuffix { get; init; }

    public bool FuseUnknown { get; init; }

    public bool ByteFallback { get; init; }

    public bool IgnoreMerges { get; init; }
}
