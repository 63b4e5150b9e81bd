namespace Snug.Hub;

/// <summary>A repository in the cache.</summary>
public sealed class CachedRepository
{
    private const int MinShortCommit = 7;

    internal CachedRepository(RepositoryId id, string directory)
    {
        Id = id;
        Directory = directory;
    }

    /// <summary>The repository.</summary>
    public RepositoryId Id { get; }

    /// <summary>Its folder in the cache.</summary>
    public string Directory { get; }

    /// <summary>Its revisions, sorted by commit.</summary>
    public IReadOnlyList<CachedRevision> Revisions { get; internal init; } = [];

    /// <summary>Its refs and the commits they name, refs to missing snapshots included.</summary>
    public IReadOnlyDictionary<string, string> Refs { get; internal init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Its blobs, sorted by name, those that no snapshot uses included.</summary>
    public IReadOnlyList<CachedBlob> Blobs { get; internal init; } = [];

    /// <summary>Its unfinished downloads.</summary>
    public IReadOnlyList<CachedPartial> Partials { get; internal init; } = [];

    /// <summary>What interrupted processes left in it.</summary>
    public IReadOnlyList<CacheLeftover> Leftovers { get; internal init; } = [];

    /// <summary>How many different contents its snapshots use.</summary>
    public int ContentCount { get; internal init; }

    /// <summary>The bytes of the contents that its snapshots use, each counted once; shared ones are counted in every repository.</summary>
    public long SizeInBytes { get; internal init; }

    /// <summary>The bytes of the blobs that none of its snapshots uses.</summary>
    public long UnreferencedBytes => Blobs.Where(b => !b.IsReferenced).Sum(b => b.SizeInBytes);

    /// <summary>The bytes of its unfinished downloads.</summary>
    public long PartialBytes => Partials.Sum(p => p.SizeInBytes);

    /// <summary>When the newest of its contents was written; of the folder if it has none.</summary>
    public DateTimeOffset LastModified { get; internal init; }

    /// <summary>When any of its contents was last read, as far as the file system records it.</summary>
    public DateTimeOffset LastAccessed { get; internal init; }

    /// <summary>Whether the folder is a link to another place; such a repository can be read here but not removed.</summary>
    public bool IsLinkedFolder { get; internal init; }

    /// <summary>The cached revision that a ref, a commit or the beginning of one (7 digits at least) names, if exactly one does.</summary>
    public CachedRevision? FindRevision(string revision)
    {
        ArgumentNullException.ThrowIfNull(revision);
        string commit = Refs.GetValueOrDefault(revision) ?? revision;
        if (Revisions.FirstOrDefault(r => r.Commit == commit) is { } exact)
        {
            return exact;
        }

        CachedRevision[] matches = commit.Length < MinShortCommit ? [] : [.. Revisions.Where(r => r.Commit.StartsWith(commit, StringComparison.Ordinal))];
        return matches.Length == 1 ? matches[0] : null;
    }

    /// <summary>Links among the blobs that lead nowhere, as absolute paths.</summary>
    internal IReadOnlyList<string> BrokenBlobs { get; init; } = [];

    /// <summary>Entries that no client made, as absolute paths.</summary>
    internal IReadOnlyList<string> ForeignEntries { get; init; } = [];

    /// <summary>The repository's id.</summary>
    public override string ToString() => Id.ToString();
}
