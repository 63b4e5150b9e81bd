namespace Snug.Cli;

/// <summary>How a check ended.</summary>
internal enum CheckStatus
{
    Ok,
    Warning,
    Failed,

    /// <summary>It could not be made here, or makes no sense.</summary>
    Skipped,
}
