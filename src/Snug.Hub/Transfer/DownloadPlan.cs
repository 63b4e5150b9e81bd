namespace Snug.Hub;

/// <summary>What a download would do, computed before its first byte is transferred.</summary>
public sealed class DownloadPlan
{
    internal DownloadPlan(RepositoryId repository, string revision, string commit, string directory, IReadOnlyList<PlannedFile> files)
    {
        Repository = repository;
        Revision = revision;
        Commit = commit;
        Directory = directory;
        Files = files;
        foreach (PlannedFile file in files)
        {
            TotalBytes += file.Size;
            BytesToFetch += file.BytesToFetch;
            FilesToFetch += file.State == PlannedFileState.Present ? 0 : 1;
        }
    }

    /// <summary>The repository.</summary>
    public RepositoryId Repository { get; }

    /// <summary>The revision asked for.</summary>
    public string Revision { get; }

    /// <summary>The commit it resolved to.</summary>
    public string Commit { get; }

    /// <summary>The folder where the files will stand under their names.</summary>
    public string Directory { get; }

    /// <summary>The files selected, in the order of the listing.</summary>
    public IReadOnlyList<PlannedFile> Files { get; }

    /// <summary>The size of all selected files, in bytes.</summary>
    public long TotalBytes { get; }

    /// <summary>How many files are not present yet.</summary>
    public int FilesToFetch { get; }

    /// <summary>The bytes that are still to be transferred; content shared by several files counts once.</summary>
    public long BytesToFetch { get; }

    /// <summary>The free bytes of the disk that receives the files, or <see langword="null"/> when the system does not tell.</summary>
    public long? FreeBytes { get; init; }
}
