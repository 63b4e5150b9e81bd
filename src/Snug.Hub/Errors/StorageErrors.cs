namespace Snug.Hub;

/// <summary>Turns failures of the local disk into the library's error.</summary>
internal static class StorageErrors
{
    private const int NoSpaceUnix = 28;
    private const int QuotaUnix = 122;
    private const int DiskFullWindows = unchecked((int)0x80070070);
    private const int HandleDiskFullWindows = unchecked((int)0x80070027);

    public static bool IsStorage(Exception e) => e is IOException or UnauthorizedAccessException;

    public static bool IsDiskFull(Exception e) =>
        e is IOException && e.HResult is NoSpaceUnix or QuotaUnix or DiskFullWindows or HandleDiskFullWindows;

    /// <summary>The same failure with the system's error number, which the platform leaves out when it refuses to reserve room.</summary>
    public static IOException DiskFull(IOException e) => new(e.Message, e) { HResult = NoSpaceUnix };

    /// <summary>The error for a write that failed.</summary>
    /// <param name="e">The system's exception.</param>
    /// <param name="path">What was written.</param>
    /// <param name="repository">The repository concerned.</param>
    /// <param name="file">The path in the repository concerned.</param>
    public static HubException From(Exception e, string path, RepositoryId? repository, string? file = null) => IsDiskFull(e)
        ? new HubException(HubErrorKind.InsufficientStorage, $"No space left on the disk of '{path}'.", e)
        {
            Repository = repository,
            File = file,
            Advice = ["Free some room ('snug cache prune' removes what nothing refers to), then run the same command again; what is downloaded stays.",
                "Or put the cache on a larger disk with HF_HOME or --cache-dir."],
        }
        : new HubException(HubErrorKind.CacheAccess, $"'{path}' cannot be written: {(e is UnauthorizedAccessException ? "permission denied" : e.Message)}.", e)
        {
            Repository = repository,
            File = file,
            Advice = ["Check that you may write there.", "Or use another cache folder with HF_HOME or --cache-dir."],
        };

    /// <summary>The error for a plan that does not fit.</summary>
    public static HubException TooLarge(RepositoryId repository, string folder, long needed, long free) =>
        new(HubErrorKind.InsufficientStorage,
            $"{repository} needs {needed} more bytes in '{folder}', but only {free} are free.")
        {
            Repository = repository,
            Advice = [$"Free at least {needed - free} bytes ('snug cache prune' removes what nothing refers to).",
                "Select fewer files with include patterns, or use a larger disk with HF_HOME or --cache-dir."],
        };
}
