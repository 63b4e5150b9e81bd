namespace Snug.Hub;

/// <summary>The shared Hugging Face cache as destination: contents become blobs, names become links in the commit's snapshot.</summary>
internal sealed class CacheDestination : DownloadDestination
{
    private readonly CacheLayout _layout;
    private readonly CacheWriter _writer;
    private readonly PackageSet _packages;
    private readonly Lazy<bool> _listing;

    /// <summary>Whether nothing of the commit can be there: thousands of files need not be looked for one by one.</summary>
    private readonly bool _isEmpty;

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
        _packages = new PackageSet(selection.Files, folder);
        _isEmpty = !Directory.Exists(layout.Blobs(repository)) && !Directory.Exists(layout.Snapshot(repository, commit));
        _listing = new Lazy<bool>(() =>
        {
            if (selection.IsWholeListing)
            {
                TreeCache.Write(layout.Tree(repository, commit), selection.Listing);
            }

            return true;
        });
    }

    public override string Root => _layout.Snapshot(Repository, Commit);

    public override string Volume => _layout.Root;

    public override void Prepare() => _writer.EnsureRoot();

    public override string ContentKey(RepositoryFile file) => file.Etag;

    public override ContentState StateOf(RepositoryFile file)
    {
        if (_isEmpty)
        {
            return ContentState.Missing;
        }

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
            if (_packages.NameOf(file.Path) is not { } name)
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
            if (_packages.NameOf(file.Path) is { } name)
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
        if (_packages.Complete(name, path) is { } files)
        {
            _writer.LinkPackage(Repository, Commit, name, files);
        }
    }
}
