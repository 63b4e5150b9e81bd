namespace Snug.Hub;

/// <summary>What happens to one file of a download.</summary>
public enum DownloadFileState
{
    /// <summary>It was present already.</summary>
    Present,

    /// <summary>Its transfer began, or goes on where an earlier one stopped.</summary>
    Started,

    /// <summary>Bytes arrived.</summary>
    Transferring,

    /// <summary>Another process is downloading the same content; its result will be used.</summary>
    Waiting,

    /// <summary>A connection failed and is replaced; <see cref="DownloadProgress.Note"/> says why.</summary>
    Retrying,

    /// <summary>It is whole, verified and published.</summary>
    Completed,
}
