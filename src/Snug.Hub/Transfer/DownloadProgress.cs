namespace Snug.Hub;

/// <summary>
/// A report on a running download: about the whole, and about one file where <see cref="File"/> is set.
/// The byte and file counts of the whole never go down. Reports come from transfer threads, about ten a second at most for
/// bytes; receivers must be quick.
/// </summary>
public readonly record struct DownloadProgress
{
    /// <summary>The step the download is in.</summary>
    public required DownloadPhase Phase { get; init; }

    /// <summary>The repository.</summary>
    public required RepositoryId Repository { get; init; }

    /// <summary>The commit, once it is known.</summary>
    public string? Commit { get; init; }

    /// <summary>How many files are done, present ones included.</summary>
    public int FilesDone { get; init; }

    /// <summary>How many files were selected.</summary>
    public int FilesTotal { get; init; }

    /// <summary>How many bytes are done, present ones included.</summary>
    public long BytesDone { get; init; }

    /// <summary>How many bytes were selected.</summary>
    public long BytesTotal { get; init; }

    /// <summary>Bytes per second over the last seconds; bytes found on disk do not count.</summary>
    public double BytesPerSecond { get; init; }

    /// <summary>The time left at this rate, when it can be told.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>The connections that transfer content at this moment.</summary>
    public int Connections { get; init; }

    /// <summary>The file that this report is about, or <see langword="null"/>.</summary>
    public string? File { get; init; }

    /// <summary>What happens to the file.</summary>
    public DownloadFileState? FileState { get; init; }

    /// <summary>How many bytes of the file are done.</summary>
    public long FileBytesDone { get; init; }

    /// <summary>The file's size in bytes.</summary>
    public long FileBytesTotal { get; init; }

    /// <summary>Why a connection was replaced, or whom the file waits for.</summary>
    public string? Note { get; init; }
}
