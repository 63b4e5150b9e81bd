namespace Snug.Hub;

/// <summary>
/// A folder of the user's as destination. A file that is there is kept until its successor is verified, and what the shared
/// cache has is copied instead of transferred.
/// </summary>
internal sealed class LocalDestination(RepositoryId repository, string commit, string root, CacheLayout cache, TimeProvider time)
    : DownloadDestination(repository, commit)
{
    private readonly LocalMetadata _metadata = new(root);

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
        FinalPath = PathOf(file.Path),
        LockPath = _metadata.LockPath(file.Path),
        // Another content may stand there, of the same length even; HasFile has decided already.
        Force = true,
    };

    public override void Publish(IReadOnlyList<RepositoryFile> files, bool isNew)
    {
        foreach (RepositoryFile file in files)
        {
            if (!isNew)
            {
                CopyFromCache(file);
            }

            Note(file);
        }
    }

    public override void Keep(IReadOnlyList<RepositoryFile> files)
    {
        foreach (RepositoryFile file in files)
        {
            if (_metadata.TryRead(file.Path)?.Commit != Commit)
            {
                Note(file);
            }
        }
    }

    public override void Finish(string revision)
    {
        // A plain folder keeps no refs.
    }

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
        string folder = _metadata.PartialFolder(file.Path);
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file.Path))!);
        string temporary = Path.Join(folder, $"{LocalMetadata.PartialStem(file.Path, file.Etag)}.{AtomicFile.RandomSuffix()}{CacheLayout.PartialSuffix}");
        try
        {
            File.Copy(cache.Blob(Repository, file.Etag), temporary);
            AtomicFile.Publish(temporary, PathOf(file.Path));
        }
        finally
        {
            AtomicFile.TryDelete(temporary);
        }
    }

    private void Note(RepositoryFile file) => _metadata.Write(file.Path, Commit, file.Etag, time.GetUtcNow());

    private string PathOf(string path) => Path.Join(Root, CacheLayout.ToLocal(path));
}
