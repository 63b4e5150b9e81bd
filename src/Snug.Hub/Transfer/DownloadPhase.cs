namespace Snug.Hub;

/// <summary>The steps of a download, in order.</summary>
public enum DownloadPhase
{
    /// <summary>The revision is being resolved to a commit.</summary>
    Resolving,

    /// <summary>The files of the commit are being listed.</summary>
    Listing,

    /// <summary>The plan is made: what is present, what is missing, whether it fits on the disk.</summary>
    Planning,

    /// <summary>Content is being transferred and verified.</summary>
    Transferring,

    /// <summary>Everything is present and verified.</summary>
    Finished,
}
