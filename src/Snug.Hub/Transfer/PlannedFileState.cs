namespace Snug.Hub;

/// <summary>How much of a file is on disk before a download.</summary>
public enum PlannedFileState
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>A part, from a download that was interrupted.</summary>
    Partial,

    /// <summary>All of it; nothing is transferred.</summary>
    Present,
}
