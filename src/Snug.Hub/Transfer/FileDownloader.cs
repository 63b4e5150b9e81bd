using Microsoft.Extensions.Logging;

namespace Snug.Hub;

/// <summary>Downloads one file: no listing, one metadata request at most before the content.</summary>
internal sealed partial class FileDownloader(RepositoryApi api, Downloader downloader, TimeProvider time, ILogger logger)
{
    public async Task<string> DownloadAsync(
        HubSettings settings, RepositoryId id, string path, DownloadOptions options, IProgress<DownloadProgress>? progress,
        CancellationToken cancellationToken)
    {
        string revision = Revisions.Validate(options.Revision);
        downloader.SettleUnflushed(settings, id, cancellationToken);
        CacheReader reader = new(new CacheLayout(settings.CacheDirectory));
        string? commit = reader.FindCommit(id, revision);
        string? cached = options.LocalDirectory is { } local ? FindInFolder(local, path, revision) : commit is null ? null : reader.FindFile(id, commit, path);
        bool pinned = Revisions.IsCommit(revision);
        if (cached is not null && !options.Force && (pinned || settings.Offline))
        {
            return cached;
        }

        if (settings.Offline)
        {
            throw new CacheLookup(settings, id, revision, options, null).OfflineError(path);
        }

        if (pinned && !options.Force && reader.IsKnownMissing(id, revision, path))
        {
            throw KnownMissing(id, revision, path);
        }

        ProgressTracker tracker = new(id, progress, time);
        tracker.Begin(DownloadPhase.Resolving);
        FileMetadata metadata;
        try
        {
            metadata = await api.GetFileMetadataAsync(settings, id, path, revision, cancellationToken, retry: cached is null).ConfigureAwait(false);
        }
        catch (HubException e) when (cached is not null && RetryPolicy.IsTransient(e.Kind))
        {
            LogFallback(logger, path, id, revision, e.Message);
            return cached;
        }
        catch (HubException e) when (e is { Kind: HubErrorKind.EntryNotFound, Commit: { } at } && options.LocalDirectory is null)
        {
            Remember(settings, id, at, path);
            throw;
        }

        bool sha256 = Hashes.IsSha256(metadata.Etag);
        RepositoryFile file = new(path, metadata.Size, metadata.Etag, sha256 ? metadata.Etag : null, metadata.XetHash);
        Selection selection = new(metadata.Commit, file);
        CachedSnapshot snapshot = await downloader.FetchAsync(settings, id, revision, options, selection, null, tracker, cancellationToken).ConfigureAwait(false);
        return snapshot.GetFile(path);
    }

    private void Remember(HubSettings settings, RepositoryId id, string commit, string path)
    {
        try
        {
            Downloader.WriterFor(settings).WriteNoExist(id, commit, path);
        }
        catch (Exception e) when (StorageErrors.IsStorage(e))
        {
            // The answer is the same without the note; a read-only cache is no reason to fail differently.
            LogNoNote(logger, path, id, e.Message);
        }
    }

    /// <summary>A file that an earlier download of the same commit put into a folder of the user's.</summary>
    private static string? FindInFolder(string folder, string path, string revision)
    {
        string root = Path.GetFullPath(folder);
        string full = Path.Join(root, CacheLayout.ToLocal(path));
        return new LocalMetadata(root).TryRead(path) is { } known && (known.Commit == revision || !Revisions.IsCommit(revision)) && RealFile.Exists(full)
            ? full
            : null;
    }

    private static HubException KnownMissing(RepositoryId id, string commit, string path) =>
        new(HubErrorKind.EntryNotFound, $"{id} has no file '{path}' at revision '{commit}', as the Hub said earlier.")
        {
            Repository = id,
            Revision = commit,
            File = path,
            Advice = [$"Run 'snug files {id} --revision {commit}' to see the files."],
        };

    [LoggerMessage(21, LogLevel.Warning, "huggingface: the Hub cannot be reached; {File} of {Repository} at {Revision} is served from the cache ({Reason})")]
    private static partial void LogFallback(ILogger logger, string file, RepositoryId repository, string revision, string reason);

    [LoggerMessage(22, LogLevel.Debug, "huggingface: cannot note that {Repository} has no file {File} ({Reason})")]
    private static partial void LogNoNote(ILogger logger, string file, RepositoryId repository, string reason);
}
