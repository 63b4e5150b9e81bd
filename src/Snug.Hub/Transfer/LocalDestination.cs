namespace Snug.Hub;

/// <summary>
/// A folder of the user's as destination. A file that is there is kept until its successor is verified, and what the shared
/// cache has is copied instead of transferred. Files of a package wait beside the notes until all of them are there.
/// </summary>
/// <param name="repository">The repository.</param>
/// <param name="root">The folder of the user's.</param>
/// <param name="cache">The shared cache.</param>
/// <param name="folder">A folder of the repository that is to appear all at once, or <see langword="null"/> for packages only.</param>
/// <param name="selection">Commit and files.</param>
/// <param name="time">The clock.</param>
internal sealed class LocalDestination(
    RepositoryId repository, string root, CacheLayout cache, string? folder, Selection selection, TimeProvider time)
    : DownloadDestination(repository, selection.Commit)
{
    private readonly LocalMetadata _metadata = new(root);
    private readonly PackageSet _packages = new(selection.Files, folder);

    public override string Root { get; } = root;

    public override string Volume => Root;

    public override void Prepare()
    {
        Directory.CreateDirectory(Root);
        _metadata.Prepare();
    }

    public override string ContentKey(RepositoryFile file) => file.Path;

    public override ContentState StateOf(RepositoryFile file) =>
        Stands(file) ? ContentState.Standing
        : Waits(file) ? ContentState.Unpublished
        : RealFile.LengthOf(cache.Blob(Repository, file.Etag)) == file.Size ? ContentState.Unpublished
        : ContentState.Missing;

    public override TransferItem ItemFor(RepositoryFile file) => new()
    {
        Repository = Repository,
        Commit = Commit,
        Path = file.Path,
        Size = file.Size,
        Etag = file.Etag,
        PartialFolder = _metadata.PartialFolder(file.Path),
        PartialStem = LocalMetadata.PartialStem(file.Path, file.Etag),
        FinalPath = VerifiedPath(file.Path),
        LockPath = _metadata.LockPath(file.Path),
        // Another content may stand there, of the same length even; HasFile has decided already.
        Force = true,
    };

    public override void Publish(IReadOnlyList<RepositoryFile> files, bool isNew)
    {
        foreach (RepositoryFile file in files)
        {
            if (!isNew && !Waits(file))
            {
                CopyFromCache(file);
            }

            if (_packages.NameOf(file.Path) is { } package)
            {
                PublishOf(package, file.Path);
            }
            else
            {
                Note(file);
            }
        }
    }

    public override void Keep(IReadOnlyList<RepositoryFile> files)
    {
        foreach (RepositoryFile file in files)
        {
            if (_packages.NameOf(file.Path) is { } package)
            {
                PublishOf(package, file.Path);
            }
            else if (_metadata.TryRead(file.Path)?.Commit != Commit)
            {
                Note(file);
            }
        }
    }

    public override void Finish(string revision)
    {
        // A plain folder keeps no refs.
        _metadata.RemoveEmptyWaiting();
    }

    /// <summary>One more file of a package is verified; the last one lets the package appear.</summary>
    private void PublishOf(string package, string path)
    {
        if (_packages.Complete(package, path) is not { } files)
        {
            return;
        }

        string waiting = _metadata.WaitingPath(Commit, package);
        if (Directory.Exists(waiting) && !TryMove(waiting, PathOf(package)))
        {
            // A package that stands keeps what else is in it; it gets its new files together, when all of them are verified.
            foreach (RepositoryFile file in files.Where(file => RealFile.LengthOf(VerifiedPath(file.Path)) == file.Size))
            {
                AtomicFile.Publish(VerifiedPath(file.Path), PathOf(file.Path));
            }
        }

        foreach (RepositoryFile file in files)
        {
            Note(file);
        }
    }

    private static bool TryMove(string waiting, string package)
    {
        if (Directory.Exists(package))
        {
            return false;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(package)!);
        try
        {
            Directory.Move(waiting, package);
            return true;
        }
        catch (IOException) when (Directory.Exists(package))
        {
            // Another process published the same package a moment ago.
            return false;
        }
    }

    /// <summary>Whether a verified file of a package waits for the others, since an earlier download perhaps.</summary>
    private bool Waits(RepositoryFile file) =>
        _packages.NameOf(file.Path) is not null
        && RealFile.LengthOf(VerifiedPath(file.Path)) == file.Size
        && Hashes.IsHashOf(file.Etag, VerifiedPath(file.Path));

    private bool Stands(RepositoryFile file)
    {
        string path = PathOf(file.Path);
        if (RealFile.LengthOf(path) != file.Size)
        {
            return false;
        }

        // Where nobody noted what a file came from, or it was touched since, its content decides.
        return _metadata.TryRead(file.Path) is { } known ? known.Etag == file.Etag : Hashes.IsHashOf(file.Etag, path);
    }

    private void CopyFromCache(RepositoryFile file)
    {
        string partial = _metadata.PartialFolder(file.Path);
        Directory.CreateDirectory(partial);
        string temporary = Path.Join(partial, $"{LocalMetadata.PartialStem(file.Path, file.Etag)}.{AtomicFile.RandomSuffix()}{CacheLayout.PartialSuffix}");
        try
        {
            File.Copy(cache.Blob(Repository, file.Etag), temporary);
            AtomicFile.Publish(temporary, VerifiedPath(file.Path));
        }
        finally
        {
            AtomicFile.TryDelete(temporary);
        }
    }

    private void Note(RepositoryFile file) => _metadata.Write(file.Path, Commit, file.Etag, time.GetUtcNow());

    /// <summary>Where a file goes once it is verified: to its place, unless its package is not whole yet.</summary>
    private string VerifiedPath(string path) => _packages.NameOf(path) is null ? PathOf(path) : _metadata.WaitingPath(Commit, path);

    private string PathOf(string path) => Path.Join(Root, CacheLayout.ToLocal(path));
}
