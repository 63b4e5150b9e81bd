namespace Snug.Hub;

/// <summary>
/// Follows single contents from the lock to publication: somebody else may have finished one meanwhile, or be at it; large
/// ones are handed to the workers block by block, and begun anew when their hash is wrong.
/// </summary>
internal sealed class ContentStarter
{
    private const int MaxWrongHashes = 2;

    private readonly TransferContext _context;
    private readonly TransferState _state;
    private readonly Action<TransferItem> _onPublished;
    private readonly SmallFileFetcher _small;
    private readonly Dictionary<string, int> _wrongHashes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _leftovers = new(StringComparer.Ordinal);

    public ContentStarter(TransferContext context, TransferState state, Action<TransferItem> onPublished)
    {
        _context = context;
        _state = state;
        _onPublished = onPublished;
        _small = new SmallFileFetcher(context);
    }

    /// <summary>
    /// Takes the content's lock and begins; a content that another process holds is put aside. Small contents are fetched
    /// without a lock: it would cost more than the rare second transfer, and publishing is safe without.
    /// </summary>
    public async Task BeginAsync(TransferItem item)
    {
        if (TransferQueue.IsSmall(item))
        {
            await FetchSmallAsync(item).ConfigureAwait(false);
            return;
        }

        if (TryLock(item) is { } fileLock)
        {
            BeginLarge(item, fileLock, readLeftovers: false);
            return;
        }

        _context.Progress.File(item.Path, DownloadFileState.Waiting, 0, item.Size, "Another process is downloading it.");
        Wait(item);
    }

    public static FileLock? TryLock(TransferItem item) => Guarded(item, () => FileLock.TryAcquire(item.LockPath));

    /// <summary>Begins a large content. Without a lock, because its holder seems stuck, nothing of that process is touched.</summary>
    /// <param name="item">The content.</param>
    /// <param name="fileLock">Its lock.</param>
    /// <param name="readLeftovers">Whether others may have left partial files since this download began.</param>
    public void BeginLarge(TransferItem item, FileLock? fileLock, bool readLeftovers)
    {
        if (!item.Force && IsPresent(item))
        {
            fileLock?.Dispose();
            Completed(item);
            return;
        }

        LargeFile file;
        try
        {
            PartialFile partial = Guarded(item, () => PartialFile.Open(item, fileLock is null ? null : FindAbandoned(item, readLeftovers)));
            file = new LargeFile(item, partial, fileLock, _context.Pool, _state.Hashing, _state.Pulse);
        }
        catch
        {
            fileLock?.Dispose();
            throw;
        }

        _context.Progress.File(item.Path, DownloadFileState.Started, file.ResumedBytes, item.Size);
        lock (_state.Gate)
        {
            _state.Active.Add(file);
        }

        _state.Run(() => CompleteAsync(file));
        _state.Pulse();
    }

    private async Task FetchSmallAsync(TransferItem item)
    {
        if (item.Force || !IsPresent(item))
        {
            _context.Progress.File(item.Path, DownloadFileState.Started, 0, item.Size);
            await _small.FetchAsync(item, UseConnection, _state.Stop).ConfigureAwait(false);
            Interlocked.Increment(ref _state.SmallDone);
        }

        Completed(item);
    }

    /// <summary>Follows a large file to its end: the hash, then publication, or another try from nothing.</summary>
    private async Task CompleteAsync(LargeFile file)
    {
        TransferItem item = file.Item;
        string? digest = await file.Digest.WaitAsync(_state.Stop).ConfigureAwait(false);
        lock (_state.Gate)
        {
            _state.Active.Remove(file);
        }

        file.CutConnections();
        using (file)
        {
            if (digest is null || digest == item.Etag)
            {
                Publish(file);
                return;
            }

            Guarded(item, file.Discard);
        }

        TryAgain(item, digest, file.Adopted);
    }

    private void Publish(LargeFile file)
    {
        TransferItem item = file.Item;
        try
        {
            file.Publish();
        }
        catch (FileNotFoundException)
        {
            // On a file system that grants locks to everybody another machine may have adopted our file; then it publishes it.
            Wait(item);
            return;
        }
        catch (Exception e) when (StorageErrors.IsStorage(e))
        {
            throw StorageErrors.From(e, item.FinalPath, item.Repository, item.Path);
        }

        Completed(item);
    }

    private void TryAgain(TransferItem item, string digest, bool adopted)
    {
        HubException wrong = TransferContext.WrongHash(item, digest);
        lock (_state.Gate)
        {
            // Bytes found on disk may have been wrong for reasons of their own; that does not count against the server.
            int times = _wrongHashes.GetValueOrDefault(item.FinalPath) + (adopted ? 0 : 1);
            _wrongHashes[item.FinalPath] = times;
            if (times > MaxWrongHashes)
            {
                throw wrong;
            }

            _state.Queue.Add(item);
        }

        _context.Progress.File(item.Path, DownloadFileState.Retrying, 0, item.Size, wrong.Message);
        _state.Pulse();
    }

    private void Completed(TransferItem item)
    {
        Guarded(item, () => _onPublished(item));
        _state.ContentDone();
    }

    private void Wait(TransferItem item)
    {
        WaitingItem waiting = Guarded(item, () => new WaitingItem(item, _context.Time));
        lock (_state.Gate)
        {
            _state.Queue.AddWaiting(waiting);
        }
    }

    private string? FindAbandoned(TransferItem item, bool readFolder)
    {
        IReadOnlyList<string>? listing = null;
        lock (_state.Gate)
        {
            if (_wrongHashes.ContainsKey(item.FinalPath))
            {
                return null;
            }

            if (!readFolder && !_leftovers.TryGetValue(item.PartialFolder, out listing))
            {
                _leftovers[item.PartialFolder] = listing = PartialFiles.List(item.PartialFolder);
            }
        }

        return PartialFiles.FindAbandoned(item, listing);
    }

    private static bool IsPresent(TransferItem item) =>
        RealFile.LengthOf(item.FinalPath) == item.Size
        || (item.OtherPath is { } other && new FileInfo(other) is { Exists: true, LinkTarget: null } file && file.Length == item.Size);

    private void UseConnection(Connection connection, bool begins)
    {
        lock (_state.Gate)
        {
            _ = begins ? _state.SmallConnections.Add(connection) : _state.SmallConnections.Remove(connection);
        }
    }

    private static T Guarded<T>(TransferItem item, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (StorageErrors.IsStorage(e))
        {
            throw StorageErrors.From(e, item.FinalPath, item.Repository, item.Path);
        }
    }

    private static void Guarded(TransferItem item, Action action) => Guarded(item, () =>
    {
        action();
        return true;
    });
}
