using Snug.Hub;

namespace Snug.Cli;

/// <summary>How far a model is.</summary>
/// <param name="Model">The model.</param>
/// <param name="State">How far it is.</param>
internal sealed record ModelStatus(ManifestModel Model, ItemState State)
{
    /// <summary>The commit that is present, or that a download would get, when known.</summary>
    public string? Commit { get; init; }

    /// <summary>The bytes that are still to be downloaded, when known.</summary>
    public long? MissingBytes { get; init; }

    /// <summary>Whether and how it is gated, when known.</summary>
    public GatedMode? Gate { get; init; }

    /// <summary>Why it cannot be had now, with what to do; <see langword="null"/> where it can.</summary>
    public Failure? Failure { get; init; }

    /// <summary>Why it cannot be had now, in the type that a download would have thrown.</summary>
    public static ModelStatus Refused(ManifestModel model, Failure failure, bool canWait) =>
        new(model, canWait ? ItemState.Deferred : ItemState.Blocked) { Failure = failure };
}
