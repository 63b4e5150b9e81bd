using System.Runtime.ExceptionServices;

namespace Snug.Hub;

/// <summary>
/// Fetches a set of contents over a number of connections that measured goodput decides. Each worker stands for one
/// connection: it takes a stretch of a large file that is under way, else begins the next large file, else fetches a small
/// one, else helps a connection that will not be done soon.
/// </summary>
/// <remarks>The first failure that retries cannot cure stops everything; what has arrived stays for the next run.</remarks>
internal sealed class TransferEngine : IDisposable
{
    /// <summary>After this much silence of the process that holds a content's lock, we fetch it ourselves.</summary>
    private static readonly TimeSpan GiveUpWaiting = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>A helper's request must save at least this much, or it costs more than it brings.</summary>
    private const double WorthSeconds = 0.3;

    /// <summary>The cost of a small file is its round trip; for goodput it counts as this many bytes.</summary>
    private const int SmallFileCredit = 32 * 1024;

    private const int MaxWrongHashes = 2;

    private readonly TransferContext _context;
    private readonly Action<TransferItem> _onPublished;
    private readonly TransferQueue _queue = new();
    private readonly List<LargeFile> _active = [];
    private readonly Dictionary<string, int> _wrongHashes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _leftovers = new(StringComparer.Ordinal);
    private readonly HashSet<Connection> _smallConnections = [];
    private readonly List<Task> _completions = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop;
    private readonly SmallFileFetcher _small;
    private readonly SegmentFetcher _segments;
    private TaskCompletionSource _pulse = NewPulse();
    private ExceptionDispatchInfo? _failure;
    private int _left;
    private int _smallDone;
    private int _busy;

    public TransferEngine(TransferContext context, Action<TransferItem> onPublished, CancellationToken cancellationToken)
    {
        _context = context;
        _onPublished = onPublished;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _small = new SmallFileFetcher(context);
        _segments = new SegmentFetcher(context);
    }

    /// <summary>Fetches all contents.</summary>
    /// <exception cref="HubException">One of them cannot be had.</exception>
    public async Task RunAsync(IReadOnlyCollection<TransferItem> items, CancellationToken cancellationToken)
    {
        foreach (TransferItem item in items)
        {
            _queue.Add(item);
        }

        _left = items.Count;
        int connections = Math.Max(1, _context.Options.MaxConnections);
        Task monitor = MonitorAsync();
        Task[] workers = [.. Enumerable.Range(0, connections).Select(index => Task.Run(() => WorkAsync(index), CancellationToken.None))];
        await Task.WhenAll(workers).ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await monitor.ConfigureAwait(false);
        await Task.WhenAll(_completions).ConfigureAwait(false);
        _failure?.Throw();
        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        foreach (LargeFile file in _active)
        {
            file.Dispose();
        }

        _stop.Dispose();
    }

    private bool Finished => Volatile.Read(ref _left) == 0 || _stop.IsCancellationRequested;

    private async Task WorkAsync(int index)
    {
        while (!Finished)
        {
            Task pulse = Volatile.Read(ref _pulse).Task;
            if (index >= _context.Controller.Level || Take() is not { } work)
            {
                await pulse.ConfigureAwait(false);
                continue;
            }

            Interlocked.Increment(ref _busy);
            try
            {
                await work().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The failure or the caller's cancellation is reported by RunAsync.
            }
            catch (Exception e)
            {
                Fail(e);
            }
            finally
            {
                Interlocked.Decrement(ref _busy);
            }
        }
    }

    private Func<Task>? Take()
    {
        lock (_gate)
        {
            int level = _context.Controller.Level;
            foreach (LargeFile file in _active)
            {
                if (file.TakeSegment(level) is { } segment)
                {
                    return () => FetchAsync(segment);
                }
            }

            if (_queue.TakeLarge() is { } large)
            {
                return () => BeginAsync(large);
            }

            if (_queue.TakeSmall() is { } small)
            {
                return () => BeginAsync(small);
            }

            foreach (LargeFile file in _active)
            {
                if (file.TakeOver(WorthSeconds) is { } segment)
                {
                    return () => FetchAsync(segment);
                }
            }

            return null;
        }
    }

    /// <summary>Begins a content: somebody else may have finished it, or be at it.</summary>
    private async Task BeginAsync(TransferItem item)
    {
        FileLock? fileLock = Guarded(item, () => FileLock.TryAcquire(item.LockPath));
        if (fileLock is null)
        {
            _context.Progress.File(item.Path, DownloadFileState.Waiting, 0, item.Size, "Another process is downloading it.");
            lock (_gate)
            {
                _queue.AddWaiting(new WaitingItem(item, _context.Time));
            }

            return;
        }

        await BeginLockedAsync(item, fileLock, readLeftovers: false).ConfigureAwait(false);
    }

    private async Task BeginLockedAsync(TransferItem item, FileLock? fileLock, bool readLeftovers)
    {
        if (!item.Force && IsPresent(item))
        {
            fileLock?.Dispose();
            Completed(item);
        }
        else if (TransferQueue.IsSmall(item))
        {
            using (fileLock)
            {
                _context.Progress.File(item.Path, DownloadFileState.Started, 0, item.Size);
                await _small.FetchAsync(item, UseSmall, _stop.Token).ConfigureAwait(false);
                Interlocked.Increment(ref _smallDone);
            }

            Completed(item);
        }
        else
        {
            BeginLarge(item, fileLock, readLeftovers);
        }
    }

    private void BeginLarge(TransferItem item, FileLock? fileLock, bool readLeftovers)
    {
        LargeFile file;
        try
        {
            bool fresh = fileLock is null || _wrongHashes.ContainsKey(item.FinalPath);
            PartialFile partial = Guarded(item, () => PartialFile.Open(item, fresh ? null : FindAbandoned(item, readLeftovers)));
            file = new LargeFile(item, partial, fileLock, _context.Pool, _ => Pulse());
        }
        catch
        {
            fileLock?.Dispose();
            throw;
        }

        _context.Progress.File(item.Path, DownloadFileState.Started, file.ResumedBytes, item.Size);
        lock (_gate)
        {
            _active.Add(file);
            _completions.Add(Task.Run(() => CompleteAsync(file), CancellationToken.None));
        }

        Pulse();
    }

    private async Task FetchAsync(Segment segment)
    {
        try
        {
            await _segments.FetchAsync(segment, _stop.Token).ConfigureAwait(false);
        }
        finally
        {
            segment.File.Release(segment);
            Pulse();
        }
    }

    /// <summary>Follows a large file to its end: the hash, then publication, or another try from nothing.</summary>
    private async Task CompleteAsync(LargeFile file)
    {
        TransferItem item = file.Item;
        try
        {
            string? digest = await file.HashAsync(_stop.Token).ConfigureAwait(false);
            lock (_gate)
            {
                _active.Remove(file);
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
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Dispose closes the file and leaves it for the next run.
        }
        catch (Exception e)
        {
            Fail(e);
        }
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
            lock (_gate)
            {
                _queue.AddWaiting(new WaitingItem(item, _context.Time));
            }

            Pulse();
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
        lock (_gate)
        {
            int times = _wrongHashes.GetValueOrDefault(item.FinalPath) + (adopted ? 0 : 1);
            _wrongHashes[item.FinalPath] = times;
            if (times > MaxWrongHashes)
            {
                throw wrong;
            }

            _queue.Add(item);
        }

        _context.Progress.File(item.Path, DownloadFileState.Retrying, 0, item.Size, wrong.Message);
        Pulse();
    }

    private void Completed(TransferItem item)
    {
        Guarded(item, () => _onPublished(item));
        if (Interlocked.Decrement(ref _left) == 0)
        {
            Pulse();
        }
    }

    private string? FindAbandoned(TransferItem item, bool readFolder)
    {
        if (readFolder)
        {
            return PartialFiles.FindAbandoned(item);
        }

        IReadOnlyList<string>? listing;
        lock (_gate)
        {
            if (!_leftovers.TryGetValue(item.PartialFolder, out listing))
            {
                _leftovers[item.PartialFolder] = listing = PartialFiles.List(item.PartialFolder);
            }
        }

        return PartialFiles.FindAbandoned(item, listing);
    }

    private static bool IsPresent(TransferItem item) =>
        RealFile.LengthOf(item.FinalPath) == item.Size || (item.OtherPath is { } other && RealFile.LengthOf(other) == item.Size);

    private void UseSmall(Connection connection, bool begins)
    {
        lock (_gate)
        {
            _ = begins ? _smallConnections.Add(connection) : _smallConnections.Remove(connection);
        }
    }

    private void Fail(Exception e)
    {
        lock (_gate)
        {
            _failure ??= ExceptionDispatchInfo.Capture(e);
        }

        _stop.Cancel();
        Pulse();
    }

    private void Pulse() => Interlocked.Exchange(ref _pulse, NewPulse()).TrySetResult();

    private async Task MonitorAsync()
    {
        using PeriodicTimer timer = new(TickInterval, _context.Time);
        long last = _context.Time.GetTimestamp();
        long lastBytes = 0;
        int lastSmall = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                long now = _context.Time.GetTimestamp();
                long bytes = _context.Progress.Received;
                int small = Volatile.Read(ref _smallDone);
                _context.Controller.Observe(
                    bytes - lastBytes + ((double)(small - lastSmall) * SmallFileCredit), _context.Time.GetElapsedTime(last, now).TotalSeconds);
                (last, lastBytes, lastSmall) = (now, bytes, small);
                WatchConnections();
                await PollWaitingAsync().ConfigureAwait(false);
                Pulse();
            }
        }
        catch (OperationCanceledException)
        {
            // The download has ended.
        }
        catch (Exception e)
        {
            Fail(e);
        }
        finally
        {
            Pulse();
        }
    }

    private void WatchConnections()
    {
        long inFlight = 0;
        void Watch(Connection connection) => connection.Watch(
            _context.Settings.IdleTimeout, _context.Options.MinimumThroughput, _context.Options.MinimumThroughputWindow);
        lock (_gate)
        {
            foreach (LargeFile file in _active)
            {
                file.Watch(Watch);
                inFlight += Volatile.Read(ref file.DoneBytes);
            }

            foreach (Connection connection in _smallConnections)
            {
                Watch(connection);
            }
        }

        _context.Progress.Tick(inFlight, Volatile.Read(ref _busy));
    }

    /// <summary>Looks whether contents that others were downloading are there by now, or free to be taken.</summary>
    private async Task PollWaitingAsync()
    {
        List<WaitingItem> due;
        lock (_gate)
        {
            due = _queue.TakeWaiting();
        }

        foreach (WaitingItem waiting in due)
        {
            TransferItem item = waiting.Item;
            FileLock? fileLock = Guarded(item, () => FileLock.TryAcquire(item.LockPath));
            if (fileLock is not null || waiting.StuckFor() > GiveUpWaiting)
            {
                await BeginOrFetchLaterAsync(item, fileLock).ConfigureAwait(false);
                continue;
            }

            lock (_gate)
            {
                _queue.AddWaiting(waiting);
            }
        }
    }

    /// <summary>The monitor must not transfer: small files go to a task of their own.</summary>
    private Task BeginOrFetchLaterAsync(TransferItem item, FileLock? fileLock)
    {
        if (!TransferQueue.IsSmall(item))
        {
            return BeginLockedAsync(item, fileLock, readLeftovers: true);
        }

        lock (_gate)
        {
            _completions.Add(Task.Run(async () =>
            {
                try
                {
                    await BeginLockedAsync(item, fileLock, readLeftovers: true).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (_stop.IsCancellationRequested)
                {
                    // Reported by RunAsync.
                }
                catch (Exception e)
                {
                    Fail(e);
                }
            }));
        }

        return Task.CompletedTask;
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

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
