namespace Snug.Pretrained;

/// <summary>How a list is loaded ahead.</summary>
public sealed record PreloadOptions
{
    /// <summary>Client, token, cache, offline; how models are loaded. Without a client one is made for all items of the call.</summary>
    public PretrainedModelOptions Pretrained { get; init; } = new();

    /// <summary>How many items are worked on at the same time. Default: 4.</summary>
    public int MaxConcurrency { get; init; } = 4;

    /// <summary>
    /// Whether outcomes keep what was loaded, for the caller to use and to dispose. By default it is let go: its files are in the cache,
    /// and are known to load.
    /// </summary>
    public bool KeepLoaded { get; init; }

    /// <summary>Receives each outcome as soon as it is known.</summary>
    public IProgress<PreloadOutcome>? Progress { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
