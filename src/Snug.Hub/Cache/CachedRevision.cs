namespace Snug.Hub;

/// <summary>A commit of a repository in the cache, with the files of it that are present.</summary>
public sealed class CachedRevision
{
    internal CachedRevision(
        RepositoryId repository, string commit, string directory, IReadOnlyList<string> refs, IReadOnlyList<CachedFile> files,
        long size, DateTimeOffset modified, DateTimeOffset accessed)
    {
        Repository = repository;
        Commit = commit;
        Directory = directory;
        Refs = refs;
        Files = files;
        SizeInBytes = size;
        LastModified = modified;
        LastAccessed = accessed;
    }

    /// <summary>The repository.</summary>
    public RepositoryId Repository { get; }

    /// <summary>The commit: the name of the snapshot's folder, 40 hexadecimal digits unless another client named it.</summary>
    public string Commit { get; }

    /// <summary>The snapshot's folder.</summary>
    public string Directory { get; }

    /// <summary>The branches, tags and <c>refs/pr/N</c> that point at it, sorted; none if it is detached.</summary>
    public IReadOnlyList<string> Refs { get; }

    /// <summary>The files that are present, sorted by path.</summary>
    public IReadOnlyList<CachedFile> Files { get; }

    /// <summary>The bytes of its files, each content counted once.</summary>
    public long SizeInBytes { get; }

    /// <summary>When the newest of its files was written; of the folder itself if it has none.</summary>
    public DateTimeOffset LastModified { get; }

    /// <summary>When any of its files was last read, as far as the file system records it; of the folder itself if it has none.</summary>
    public DateTimeOffset LastAccessed { get; }

    /// <summary>Whether the snapshot's folder is a link to another place.</summary>
    public bool IsLinkedFolder { get; internal init; }

    /// <summary>The entries that lead nowhere or to a blob that cannot be had, as paths inside the repository, sorted.</summary>
    public IReadOnlyList<string> BrokenFiles { get; internal init; } = [];

    /// <summary>Whether no ref points at it.</summary>
    public bool IsDetached => Refs.Count == 0;

    /// <summary>The commit.</summary>
    public override string ToString() => Commit;
}
