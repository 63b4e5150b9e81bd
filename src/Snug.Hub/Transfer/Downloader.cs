using Microsoft.Extensions.Logging;

namespace Snug.Hub;

/// <summary>Takes a request for files from revision to published snapshot: resolve, list, select, plan, transfer.</summary>
internal sealed partial class Downloader(
    RepositoryApi api, HubHttp http, HubClientOptions clientOptions, BlockPool pool, TimeProvider time, ILogger logger)
{
    private const int ManySmallFiles = 64;

    /// <summary>Where a request is answered this fast, a few connections fill the line, and more only get in each other's way.</summary>
    private static readonly TimeSpan NearAnswer = TimeSpan.FromMilliseconds(20);

    private int _running;

    /// <summary>Downloads the selected files of a revision.</summary>
    /// <param name="settings">The settings of this call.</param>
    /// <param name="id">The repository.</param>
    /// <param name="options">What is wanted and where it goes.</param>
    /// <param name="folder">A folder to which the call is limited, or <see langword="null"/>.</param>
    /// <param name="progress">Receives reports.</param>
    /// <param name="cancellationToken">Cancels the download; what has arrived stays for the next one.</param>
    public async Task<CachedSnapshot> DownloadAsync(
        HubSettings settings, RepositoryId id, DownloadOptions options, string? folder, IProgress<DownloadProgress>? progress,
        CancellationToken cancellationToken)
    {
        string revision = Revisions.Validate(options.Revision);
        ProgressTracker tracker = new(id, progress, time);
        SettleUnflushed(settings, id, cancellationToken);
        CacheLookup lookup = new(settings, id, revision, options, folder);
        if (settings.Offline)
        {
            CachedSnapshot present = lookup.Open(tracker) ?? throw lookup.OfflineError();
            LogPresent(logger, id, present.Commit, present.Files.Count, present.Directory);
            return present;
        }

        Selection selection;
        try
        {
            selection = await SelectAsync(settings, id, revision, options, folder, tracker, retry: !lookup.KnowsCommit, cancellationToken).ConfigureAwait(false);
        }
        catch (HubException e) when (RetryPolicy.IsTransient(e.Kind) && lookup.KnowsCommit)
        {
            // What is cached needs no patience; only when it is not enough the Hub gets its retries.
            if (!options.Force && lookup.Open(tracker) is { } cached)
            {
                LogFallback(logger, id, revision, e.Message);
                return cached;
            }

            selection = await SelectAsync(settings, id, revision, options, folder, tracker, retry: true, cancellationToken).ConfigureAwait(false);
        }

        return await FetchAsync(settings, id, revision, options, selection, folder, tracker, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says what <see cref="DownloadAsync"/> would do.</summary>
    public async Task<DownloadPlan> PlanAsync(HubSettings settings, RepositoryId id, DownloadOptions options, CancellationToken cancellationToken)
    {
        string revision = Revisions.Validate(options.Revision);
        ProgressTracker tracker = new(id, null, time);
        Selection selection = settings.Offline
            ? new CacheLookup(settings, id, revision, options, null).SelectListed()
            : await SelectAsync(settings, id, revision, options, null, tracker, retry: true, cancellationToken).ConfigureAwait(false);
        DownloadDestination destination = DestinationFor(settings, id, options, selection, null);
        return new DownloadPlanner(destination, selection.Files, options.Force).ToPlan(revision);
    }

    /// <summary>Downloads files whose size and etag are known.</summary>
    public async Task<CachedSnapshot> FetchAsync(
        HubSettings settings, RepositoryId id, string revision, DownloadOptions options, Selection selection, string? folder,
        ProgressTracker tracker, CancellationToken cancellationToken)
    {
        DownloadDestination destination = DestinationFor(settings, id, options, selection, folder);
        DownloadPlanner planner;
        tracker.Begin(DownloadPhase.Planning, selection.Commit);
        try
        {
            destination.Prepare();
            planner = new DownloadPlanner(destination, selection.Files, options.Force);
            planner.PublishPresent(tracker);
            if (planner.Items.Count > 0)
            {
                planner.RequireRoom();
                LogDownloading(logger, id, selection.Commit, planner.MissingFiles, selection.Files.Count);
                if (options.LocalDirectory is null)
                {
                    Unflushed(settings).Note(id);
                }

                tracker.Begin(DownloadPhase.Transferring);
                await TransferAsync(settings, planner, tracker, cancellationToken).ConfigureAwait(false);
            }

            destination.Finish(revision);
        }
        catch (Exception e) when (StorageErrors.IsStorage(e))
        {
            throw StorageErrors.From(e, destination.Volume, id);
        }

        if (planner.Items.Count > 0)
        {
            LogDownloaded(logger, id, selection.Commit, planner.MissingFiles, tracker.Received, destination.Root);
        }
        else
        {
            LogPresent(logger, id, selection.Commit, selection.Files.Count, destination.Root);
        }

        tracker.Begin(DownloadPhase.Finished);
        return new CachedSnapshot(
            id, revision, selection.Commit, destination.Root, [.. selection.Files.Select(f => f.Path).Order(CodePointComparer.Instance)])
        {
            TransferredFiles = planner.MissingFiles,
            TransferredBytes = tracker.Received,
        };
    }

    private async Task TransferAsync(HubSettings settings, DownloadPlanner planner, ProgressTracker tracker, CancellationToken cancellationToken)
    {
        GoodputController controller = new(clientOptions.MaxConnections, StartConnections(planner.Items));
        BandwidthLimiter limiter = new(clientOptions.BandwidthLimit, time);
        TransferContext context = new(http, settings, clientOptions, pool, limiter, controller, tracker, time, logger);
        Interlocked.Increment(ref _running);
        try
        {
            await new TransferEngine(context, planner.Published).RunAsync(planner.Items, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (Interlocked.Decrement(ref _running) == 0)
            {
                pool.Trim();
            }
        }
    }

    /// <summary>
    /// With how many connections to begin: small files are round trips, which cost nothing side by side, and of a large one each connection may
    /// bring little.
    /// </summary>
    private int StartConnections(IReadOnlyCollection<TransferItem> items)
    {
        bool isNear = http.QuickestAnswer < NearAnswer;
        return items.Count(TransferQueue.IsSmall) > ManySmallFiles ? (isNear ? 64 : 128) : (isNear ? 4 : 16);
    }

    private async Task<Selection> SelectAsync(
        HubSettings settings, RepositoryId id, string revision, DownloadOptions options, string? folder, ProgressTracker tracker, bool retry,
        CancellationToken cancellationToken)
    {
        tracker.Begin(DownloadPhase.Resolving);
        string commit = Revisions.IsCommit(revision)
            ? revision
            : (await api.GetInfoAsync(settings, id, revision, cancellationToken, retry).ConfigureAwait(false)).Commit;
        tracker.Begin(DownloadPhase.Listing, commit);
        CacheLayout layout = new(settings.CacheDirectory);
        List<RepositoryFile>? listing = TreeCache.TryRead(layout.Tree(id, commit));
        bool isNew = listing is null;
        if (listing is null)
        {
            listing = [];
            await foreach (RepositoryFile file in api.ListAsync(settings, id, commit, folder, recursive: true, cancellationToken).ConfigureAwait(false))
            {
                listing.Add(file);
            }
        }

        return new Selection(id, commit, listing, options, folder) { IsWholeListing = isNew && folder is null };
    }

    private DownloadDestination DestinationFor(
        HubSettings settings, RepositoryId id, DownloadOptions options, Selection selection, string? folder)
    {
        CacheLayout layout = new(settings.CacheDirectory);
        return options.LocalDirectory is { } local
            ? new LocalDestination(id, Path.GetFullPath(local), layout, folder, selection, time)
            : new CacheDestination(id, selection.Commit, layout, WriterFor(settings), folder, selection);
    }

    /// <summary>Before anything of the cache is trusted: checks what a crash of the machine may have taken.</summary>
    public void SettleUnflushed(HubSettings settings, RepositoryId id, CancellationToken cancellationToken)
    {
        try
        {
            Unflushed(settings).Settle(id, cancellationToken);
        }
        catch (Exception e) when (StorageErrors.IsStorage(e))
        {
            throw StorageErrors.From(e, settings.CacheDirectory, id);
        }
    }

    private UnflushedDownloads Unflushed(HubSettings settings) => new(new CacheLayout(settings.CacheDirectory), time, logger);

    /// <summary>
    /// A writer for one call: it remembers which folders exist and whether links work there, which holds no longer than that.
    /// </summary>
    public static CacheWriter WriterFor(HubSettings settings) => new(new CacheLayout(settings.CacheDirectory), settings.DisableSymlinks);

    [LoggerMessage(20, LogLevel.Warning, "huggingface: the Hub cannot be reached; {Repository} at {Revision} is served from the cache ({Reason})")]
    private static partial void LogFallback(ILogger logger, RepositoryId repository, string revision, string reason);

    [LoggerMessage(50, LogLevel.Information, "huggingface: downloading {Repository} at {Commit}: {Missing} of {Files} files are missing")]
    private static partial void LogDownloading(ILogger logger, RepositoryId repository, string commit, int missing, int files);

    [LoggerMessage(51, LogLevel.Information, "huggingface: {Repository} at {Commit} is downloaded and verified, {Files} files, {Bytes} bytes: {Directory}")]
    private static partial void LogDownloaded(ILogger logger, RepositoryId repository, string commit, int files, long bytes, string directory);

    [LoggerMessage(52, LogLevel.Debug, "huggingface: {Repository} at {Commit} is present, {Files} files, nothing to download: {Directory}")]
    private static partial void LogPresent(ILogger logger, RepositoryId repository, string commit, int files, string directory);
}
