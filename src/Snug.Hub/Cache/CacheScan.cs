namespace Snug.Hub;

/// <summary>What is in a cache, and how much room it takes. A picture of one moment: other processes may change the cache meanwhile.</summary>
public sealed class CacheScan
{
    internal CacheScan(
        string directory, IReadOnlyList<CachedRepository> repositories, IReadOnlyList<CacheProblem> problems, SharedBlobStore shared)
    {
        Directory = directory;
        Repositories = repositories;
        Problems = problems;
        Shared = shared;
        SharedBlobs =
        [
            .. shared.Contents
                .Select(c => new CachedBlob(Path.GetFileName(c.Path), c.Path, c, isShared: true) { IsReferenced = c.IsReferenced })
                .OrderBy(b => b.Name, StringComparer.Ordinal),
        ];
        foreach (CachedRepository repository in repositories)
        {
            foreach (CachedFile file in repository.Revisions.SelectMany(r => r.Files))
            {
                SizeInBytes += Count(file.Content);
            }
        }

        foreach (CachedContent content in repositories.SelectMany(r => r.Blobs).Select(b => b.Content).Concat(shared.Contents))
        {
            UnreferencedBytes += Count(content);
        }

        PartialBytes = repositories.Sum(r => r.PartialBytes);
        LeftoverBytes = repositories.SelectMany(r => r.Leftovers).Sum(l => l.SizeInBytes);
    }

    /// <summary>The cache's folder.</summary>
    public string Directory { get; }

    /// <summary>The repositories, sorted by id.</summary>
    public IReadOnlyList<CachedRepository> Repositories { get; }

    /// <summary>What is damaged, foreign or unreadable; healthy caches have none.</summary>
    public IReadOnlyList<CacheProblem> Problems { get; }

    /// <summary>
    /// The contents of the store that all repositories share, sorted by name, which is their Xet hash; those that no snapshot
    /// uses included.
    /// </summary>
    public IReadOnlyList<CachedBlob> SharedBlobs { get; }

    /// <summary>The bytes that snapshots use, each content counted once, however many revisions and repositories share it.</summary>
    public long SizeInBytes { get; }

    /// <summary>The bytes of blobs that no snapshot uses.</summary>
    public long UnreferencedBytes { get; }

    /// <summary>The bytes of unfinished downloads.</summary>
    public long PartialBytes { get; }

    /// <summary>The bytes of temporary files that interrupted processes left.</summary>
    public long LeftoverBytes { get; }

    /// <summary>All content: what is used, what is not, unfinished downloads and leftovers. Links, refs, listings and locks count nothing.</summary>
    public long TotalBytes => SizeInBytes + UnreferencedBytes + PartialBytes + LeftoverBytes;

    internal SharedBlobStore Shared { get; }

    /// <summary>The repository, if it is in the cache.</summary>
    public CachedRepository? Find(RepositoryId repository) => Repositories.FirstOrDefault(r => r.Id == repository);

    private static long Count(CachedContent content)
    {
        if (content.Counted)
        {
            return 0;
        }

        content.Counted = true;
        return content.Size;
    }
}
