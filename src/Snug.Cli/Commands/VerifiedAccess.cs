using Snug.Hub;

namespace Snug.Cli;

/// <summary>The four checks of one repository, made as one caller.</summary>
/// <param name="Report">What the check of access found.</param>
/// <param name="Probe">Why a file of it could not be asked for, or <see langword="null"/> when it could.</param>
/// <param name="IsProbed">Whether a file was asked for.</param>
internal sealed record VerifiedAccess(AccessReport Report, Failure? Probe, bool IsProbed)
{
    /// <summary>Whether the API gave an answer about it.</summary>
    public bool IsReachable => Report.State is not (AccessState.Unreachable or AccessState.RateLimited or AccessState.NotCached or AccessState.Cached);

    public bool? IsNotPrivate => Report.IsPrivate is { } hidden ? !hidden : Report.State == AccessState.NotFound ? false : null;

    public bool? IsNotGated => Report.Gate is { } gate ? gate == GatedMode.None : null;

    public bool IsDownloadable => IsProbed && Probe is null;

    /// <summary>Whether all four hold.</summary>
    public bool IsOpen => IsReachable && IsNotPrivate == true && IsNotGated == true && IsDownloadable;
}
