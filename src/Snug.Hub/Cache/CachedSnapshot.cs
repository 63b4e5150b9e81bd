namespace Snug.Hub;

/// <summary>A repository at one commit on the local disk, whole as far as it was asked for, and verified.</summary>
public sealed class CachedSnapshot
{
    internal CachedSnapshot(RepositoryId repository, string revision, string commit, string directory, IReadOnlyList<string> files)
    {
        Repository = repository;
        Revision = revision;
        Commit = commit;
        Directory = directory;
        Files = files;
    }

    /// <summary>The repository.</summary>
    public RepositoryId Repository { get; }

    /// <summary>The revision that was asked for.</summary>
    public string Revision { get; }

    /// <summary>The commit it resolved to, 40 hexadecimal digits.</summary>
    public string Commit { get; }

    /// <summary>The folder that holds the files under their names.</summary>
    public string Directory { get; }

    /// <summary>The files that were asked for and are present, as paths inside the repository, sorted.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>How many files this call transferred; the others were there already.</summary>
    public int TransferredFiles { get; init; }

    /// <summary>How many bytes of content this call received over the network, discarded ones included.</summary>
    public long TransferredBytes { get; init; }

    /// <summary>The absolute path of a file of the snapshot.</summary>
    /// <exception cref="HubException">The snapshot has no such file (<see cref="HubErrorKind.EntryNotFound"/>).</exception>
    public string GetFile(string path)
    {
        string full = FullPath(path);
        return RealFile.Exists(full) ? full : throw NotFound("file", path);
    }

    /// <summary>The absolute path of a folder of the snapshot, a <c>.mlpackage</c> for example.</summary>
    /// <exception cref="HubException">The snapshot has no such folder (<see cref="HubErrorKind.EntryNotFound"/>).</exception>
    public string GetDirectory(string path)
    {
        string full = FullPath(path.TrimEnd('/'));
        return System.IO.Directory.Exists(full) ? full : throw NotFound("folder", path);
    }

    /// <summary>The snapshot's folder.</summary>
    public override string ToString() => Directory;

    private string FullPath(string path) => Path.Join(Directory, CacheLayout.ToLocal(RepositoryPath.Validate(Repository, path)));

    private HubException NotFound(string what, string path) =>
        new(HubErrorKind.EntryNotFound, $"The snapshot of {Repository} at {Commit} has no {what} '{path}'.")
        {
            Repository = Repository,
            Revision = Revision,
            File = path,
            Advice = ["Widen the include patterns, or name another file."],
        };
}
