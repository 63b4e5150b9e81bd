namespace Snug.Hub;

/// <summary>
/// The store that all repositories of a cache share since version 1.32 of the Python client: <c>blobs/9a/9a…</c> under the cache
/// root, named by Xet hash; a repository's blob is then a link into it. Only a folder with the client's marker is one.
/// </summary>
internal sealed class SharedBlobStore
{
    private const string MarkerContent = "1\n";

    private readonly Dictionary<string, CachedContent> _contents = new(RealPath.Comparer);

    private SharedBlobStore(string directory) => Directory = directory;

    /// <summary>The store's folder, whether or not there is a store.</summary>
    public string Directory { get; }

    /// <summary>Whether the folder is a store.</summary>
    public bool Exists { get; private init; }

    /// <summary>Everything in it.</summary>
    public IReadOnlyCollection<CachedContent> Contents => _contents.Values;

    public static string FolderOf(string root) => Path.Join(root, CacheLayout.SharedBlobsFolder);

    /// <summary>Whether a cache has a store that we understand: a real folder with the marker of layout version 1.</summary>
    public static bool IsStore(string folder)
    {
        try
        {
            FileInfo marker = new(Path.Join(folder, CacheLayout.SharedBlobsMarker));
            return new DirectoryInfo(folder) is { Exists: true, LinkTarget: null }
                && marker is { Exists: true, LinkTarget: null } && marker.Length == MarkerContent.Length
                && File.ReadAllText(marker.FullName) == MarkerContent;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Whether a path has the form of a payload of the store.</summary>
    public static bool IsPayloadPath(string folder, string path) =>
        Path.GetFileName(path) is { } name && Hashes.IsSha256(name)
        && string.Equals(Path.GetDirectoryName(path), Path.Join(folder, name[..2]), RealPath.Comparison);

    /// <summary>Lists the store of a cache.</summary>
    public static SharedBlobStore Read(string root, List<CacheProblem> problems, CancellationToken cancellationToken)
    {
        string folder = FolderOf(root);
        if (!IsStore(folder))
        {
            return new SharedBlobStore(folder);
        }

        SharedBlobStore store = new(folder) { Exists = true };
        foreach (DiskEntry prefix in FolderReader.List(folder, null, problems))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!prefix.IsFolder || prefix.IsLink || prefix.Name.Length != 2 || prefix.Name.AsSpan().ContainsAnyExcept(Hashes.HexDigits))
            {
                continue;
            }

            string path = Path.Join(folder, prefix.Name);
            foreach (DiskEntry entry in FolderReader.List(path, null, problems))
            {
                if (!entry.IsFolder && !entry.IsLink && Hashes.IsSha256(entry.Name) && entry.Name.StartsWith(prefix.Name, StringComparison.Ordinal))
                {
                    string payload = Path.Join(path, entry.Name);
                    store._contents.Add(payload, new CachedContent(payload, entry.Length, entry.Modified, entry.Accessed));
                }
            }
        }

        return store;
    }

    /// <summary>The content that lies at a path of the store.</summary>
    public CachedContent? Find(string path) => _contents.GetValueOrDefault(path);

    /// <summary>The content that lies at a path of the store, looking again when a download put it there during the scan.</summary>
    public CachedContent? FindOrLook(string path)
    {
        if (Find(path) is { } known)
        {
            return known;
        }

        if (!Exists || !IsPayloadPath(Directory, path) || FolderReader.TryStat(path) is not { IsFolder: false, IsLink: false } entry)
        {
            return null;
        }

        CachedContent content = new(path, entry.Length, entry.Modified, entry.Accessed);
        _contents.Add(path, content);
        return content;
    }
}
