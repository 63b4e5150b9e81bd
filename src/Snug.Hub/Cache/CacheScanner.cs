namespace Snug.Hub;

/// <summary>Reads a whole cache. Whatever is wrong with a part of it is reported, and the rest is read all the same.</summary>
internal sealed class CacheScanner
{
    private readonly string _root;
    private readonly CancellationToken _cancellationToken;
    private readonly List<CacheProblem> _problems = [];
    private readonly Dictionary<string, CachedContent> _elsewhere = new(RealPath.Comparer);

    private CacheScanner(string root, CancellationToken cancellationToken)
    {
        _root = root;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Reads the cache under a folder; a folder that does not exist is an empty cache.</summary>
    /// <exception cref="HubException">The root is a file, or cannot be read (<see cref="HubErrorKind.CacheAccess"/>).</exception>
    public static CacheScan Scan(string root, CancellationToken cancellationToken) => new CacheScanner(root, cancellationToken).Run();

    private CacheScan Run()
    {
        List<DiskEntry> entries;
        try
        {
            entries = FolderReader.List(_root);
        }
        catch (DirectoryNotFoundException) when (!File.Exists(_root))
        {
            entries = [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HubException(HubErrorKind.CacheAccess, $"The cache '{_root}' cannot be read: {e.Message}", e)
            {
                Advice = ["Check its permissions and owner.", "Or use another cache folder with HF_HOME or --cache-dir."],
            };
        }

        SharedBlobStore shared = SharedBlobStore.Read(_root, _problems, _cancellationToken);
        List<CachedRepository> repositories = [];
        foreach (DiskEntry entry in entries.OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            _cancellationToken.ThrowIfCancellationRequested();
            string path = Path.Join(_root, entry.Name);
            if (CacheLayout.ParseFolderName(entry.Name) is { } id)
            {
                if (entry.IsFolder)
                {
                    repositories.Add(new RepositoryScanner(id, path, entry.IsLink, shared, _elsewhere, _problems, _cancellationToken).Scan());
                }
                else
                {
                    _problems.Add(CacheProblems.NotAFolder(path, id));
                }
            }
            else if (!IsKnown(entry) && !(shared.Exists && entry.Name == CacheLayout.SharedBlobsFolder))
            {
                _problems.Add(CacheProblems.Foreign(path));
            }
        }

        return new CacheScan(_root, [.. repositories.OrderBy(r => r.Id.ToString(), StringComparer.Ordinal)], _problems, shared);
    }

    // version.txt and its like come from clients of the years before 2023.
    private static bool IsKnown(DiskEntry entry) =>
        entry.Name is CacheLayout.LocksFolder or CacheLayout.TagFile or "version.txt" or "version_diffusers_cache.txt"
        || FolderReader.IsSystemFile(entry.Name);
}
