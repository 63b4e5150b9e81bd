namespace Snug.Hub;

/// <summary>
/// Fetches a set of contents over a number of connections that measured goodput decides. Each worker stands for one
/// connection: it takes a stretch of a large file that is under way, else begins the next large file, else fetches a small
/// one, else helps a connection that will not be done soon.
/// </summary>
/// <remarks>The first failure that retries cannot cure stops everything; what has arrived stays for the next run.</remarks>
internal sealed class TransferEngine(TransferContext context, Action<TransferItem> onPublished)
{
    /// <summary>After this much silence of the process that holds a content's lock, we fetch it ourselves.</summary>
    private static readonly TimeSpan GiveUpWaiting = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>A helper's request must save at least this much, or it costs more than it brings.</summary>
    private const double WorthSeconds = 0.3;

    /// <summary>The cost of a small file is its round trip; for goodput it counts as this many bytes.</summary>
    private const int SmallFileCredit = 32 * 1024;

    private readonly SegmentFetcher _segments = new(context);
    private int _busy;

    /// <summary>Fetches all contents.</summary>
    /// <exception cref="HubException">One of them cannot be had.</exception>
    public async Task RunAsync(IReadOnlyCollection<TransferItem> items, CancellationToken cancellationToken)
    {
        using TransferState state = new(items.Count, cancellationToken);
        ContentStarter starter = new(context, state, onPublished);
        foreach (TransferItem item in items)
        {
            state.Queue.Add(item);
        }

        Task monitor = state.GuardAsync(() => MonitorAsync(state, starter));
        int connections = Math.Max(1, context.Options.MaxConnections);
        await Task.WhenAll(Enumerable.Range(0, connections).Select(index => Task.Run(() => WorkAsync(state, starter, index), CancellationToken.None)))
            .ConfigureAwait(false);
        await state.EndAsync(monitor, cancellationToken).ConfigureAwait(false);
    }

    private async Task WorkAsync(TransferState state, ContentStarter starter, int index)
    {
        while (state.TryGetPulse(out Task pulse))
        {
            if (index >= context.Controller.Level || Take(state, starter) is not { } work)
            {
                await pulse.ConfigureAwait(false);
                continue;
            }

            Interlocked.Increment(ref _busy);
            await state.GuardAsync(work).ConfigureAwait(false);
            Interlocked.Decrement(ref _busy);
        }
    }

    private Func<Task>? Take(TransferState state, ContentStarter starter)
    {
        lock (state.Gate)
        {
            int level = context.Controller.Level;
            foreach (LargeFile file in state.Active)
            {
                if (file.TakeSegment(level) is { } segment)
                {
                    return () => FetchAsync(state, segment);
                }
            }

            if ((state.Queue.TakeLarge() ?? state.Queue.TakeSmall()) is { } item)
            {
                return () => starter.BeginAsync(item);
            }

            // Under a limit every connection looks slow, and fetching twice would eat what is allowed.
            foreach (LargeFile file in context.Options.BandwidthLimit is null ? state.Active : [])
            {
                if (file.TakeOver(WorthSeconds) is { } segment)
                {
                    return () => FetchAsync(state, segment);
                }
            }

            return null;
        }
    }

    private async Task FetchAsync(TransferState state, Segment segment)
    {
        try
        {
            await _segments.FetchAsync(segment, state.Stop).ConfigureAwait(false);
        }
        finally
        {
            segment.File.Release(segment);
            state.Pulse();
        }
    }

    private async Task MonitorAsync(TransferState state, ContentStarter starter)
    {
        using PeriodicTimer timer = new(TickInterval, context.Time);
        long last = context.Time.GetTimestamp();
        long lastBytes = 0;
        int lastSmall = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(state.Stop).ConfigureAwait(false))
            {
                long now = context.Time.GetTimestamp();
                long bytes = context.Progress.Received;
                int small = Volatile.Read(ref state.SmallDone);
                if (WatchConnections(state))
                {
                    context.Controller.Observe(
                        bytes - lastBytes + ((double)(small - lastSmall) * SmallFileCredit), context.Time.GetElapsedTime(last, now).TotalSeconds);
                }

                (last, lastBytes, lastSmall) = (now, bytes, small);
                PollWaiting(state, starter);
                state.Pulse();
            }
        }
        finally
        {
            state.Pulse();
        }
    }

    /// <returns>Whether most connections deliver, so that what they achieve says something about their number.</returns>
    private bool WatchConnections(TransferState state)
    {
        long inFlight = 0;
        int asking = 0;
        int delivering = 0;
        List<(LargeFile File, long Done)> grown = [];
        void Watch(Connection connection)
        {
            connection.Watch(context.Settings.IdleTimeout, context.Options.MinimumThroughput, context.Options.MinimumThroughputWindow);
            _ = connection.Receiving ? delivering++ : asking++;
        }

        lock (state.Gate)
        {
            foreach (LargeFile file in state.Active)
            {
                file.Watch(Watch);
                long done = Volatile.Read(ref file.DoneBytes);
                inFlight += done;
                grown.Add((file, done));
            }

            foreach (Connection connection in state.SmallConnections)
            {
                Watch(connection);
            }
        }

        context.Progress.Tick(inFlight, Volatile.Read(ref _busy));
        foreach ((LargeFile file, long done) in grown)
        {
            if (done != file.ReportedBytes)
            {
                file.ReportedBytes = done;
                context.Progress.File(file.Item.Path, DownloadFileState.Transferring, done, file.Item.Size);
            }
        }

        return delivering >= asking;
    }

    /// <summary>Looks whether contents that others were downloading are there by now, or free to be taken.</summary>
    private static void PollWaiting(TransferState state, ContentStarter starter)
    {
        List<WaitingItem> due;
        lock (state.Gate)
        {
            due = state.Queue.TakeWaiting();
        }

        foreach (WaitingItem waiting in due)
        {
            FileLock? fileLock = ContentStarter.TryLock(waiting.Item);
            if (fileLock is not null || waiting.StuckFor() > GiveUpWaiting)
            {
                starter.BeginLarge(waiting.Item, fileLock, readLeftovers: true);
                continue;
            }

            lock (state.Gate)
            {
                state.Queue.AddWaiting(waiting);
            }
        }
    }
}
