namespace Snug.Hub;

/// <summary>The shared Hugging Face cache as destination: contents become blobs, names become links in the commit's snapshot.</summary>
internal sealed class CacheDestination : DownloadDestination
{
    private readonly CacheLayout _layout;
    private readonly CacheWriter _writer;
    private readonly Dictionary<string, Package> _packages = new(StringComparer.Ordinal);
    private readonly string? _folder;
    private readonly Lazy<bool> _listing;
    private readonly Lock _gate = new();

    /// <param name="repository">The repository.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="layout">The cache.</param>
    /// <param name="writer">Writes into the cache.</param>
    /// <param name="folder">A folder of the repository that is to appear all at once, or <see langword="null"/> for packages only.</param>
    /// <param name="selection">The files; a whole listing is kept with the first file that appears, so that a refused download leaves nothing.</param>
    public CacheDestination(RepositoryId repository, string commit, CacheLayout layout, CacheWriter writer, string? folder, Selection selection)
        : base(repository, commit)
    {
        _layout = layout;
        _writer = writer;
        _folder = folder;
        _listing = new Lazy<bool>(() =>
        {
            if (selection.IsWholeListing)
            {
                TreeCache.Write(layout.Tree(repository, commit), selection.Listing);
            }

            return true;
        });
        IReadOnlyList<RepositoryFile> files = selection.Files;
        foreach (RepositoryFile file in files)
        {
            if (PackageOf(file.Path) is not { } name)
            {
                continue;
            }

            if (!_packages.TryGetValue(name, out Package? package))
            {
                _packages[name] = package = new Package();
            }

            package.Files.Add((file.Path, file.Etag));
            package.Pending.Add(file.Path);
        }
    }

    public override string Root => _layout.Snapshot(Repository, Commit);

    public override string Volume => _layout.Root;

    public override void Prepare() => _writer.EnsureRoot();

    public override string ContentKey(RepositoryFile file) => file.Etag;

    public override ContentState StateOf(RepositoryFile file)
    {
        FileInfo entry = new(_layout.SnapshotFile(Repository, Commit, file.Path));
        bool hasBlob = RealFile.LengthOf(_layout.Blob(Repository, file.Etag)) == file.Size;
        if (entry.Exists)
        {
            // A link into the blobs names its content; anything else (a copy, where links are not to be had) is judged by its length.
            bool stands = entry.LinkTarget is { } target
                ? hasBlob && target == CacheLayout.LinkTarget(file.Path, file.Etag)
                : entry.Length == file.Size;
            if (stands)
            {
                return ContentState.Standing;
            }
        }

        return hasBlob ? ContentState.Unpublished : ContentState.Missing;
    }

    public override TransferItem ItemFor(RepositoryFile file) => new()
    {
        Repository = Repository,
        Commit = Commit,
        Path = file.Path,
        Size = file.Size,
        Etag = file.Etag,
        PartialFolder = _layout.Blobs(Repository),
        PartialStem = file.Etag,
        FinalPath = _layout.Blob(Repository, file.Etag),
        OtherPath = _layout.SnapshotFile(Repository, Commit, file.Path),
        LockPath = _layout.Lock(Repository, file.Etag),
    };

    public override void Publish(IReadOnlyList<RepositoryFile> files, bool isNew)
    {
        _ = _listing.Value;
        for (int i = 0; i < files.Count; i++)
        {
            RepositoryFile file = files[i];
            if (PackageOf(file.Path) is not { } name)
            {
                _writer.LinkSnapshotFile(Repository, Commit, file.Path, file.Etag, mayMove: isNew && i == files.Count - 1);
                continue;
            }

            PublishOf(name, file.Path);
        }
    }

    public override void Keep(IReadOnlyList<RepositoryFile> files)
    {
        foreach (RepositoryFile file in files)
        {
            if (PackageOf(file.Path) is { } name)
            {
                PublishOf(name, file.Path);
            }
        }
    }

    public override void Finish(string revision)
    {
        _ = _listing.Value;
        _writer.EnsureFolder(_layout.Blobs(Repository));
        _writer.EnsureFolder(Root);
        _writer.WriteRef(Repository, revision, Commit);
    }

    /// <summary>One more file of a package is there; the last one lets the package appear.</summary>
    private void PublishOf(string name, string path)
    {
        Package package = _packages[name];
        lock (_gate)
        {
            if (!package.Pending.Remove(path) || package.Pending.Count > 0)
            {
                return;
            }
        }

        _writer.LinkPackage(Repository, Commit, name, package.Files);
    }

    /// <summary>The outermost folder of a path that has to appear whole, or <see langword="null"/>.</summary>
    private string? PackageOf(string path)
    {
        if (_folder is not null)
        {
            return _folder;
        }

        for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            if (RepositoryFile.IsPackage(path.AsSpan(0, slash)))
            {
                return path[..slash];
            }
        }

        return null;
    }

    private sealed class Package
    {
        public List<(string Path, string Etag)> Files { get; } = [];

        public HashSet<string> Pending { get; } = new(StringComparer.Ordinal);
    }
}
