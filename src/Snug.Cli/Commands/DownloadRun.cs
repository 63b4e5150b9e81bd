using System.Globalization;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>Runs downloads with progress on screen and says how each ended.</summary>
internal sealed class DownloadRun(Invocation invocation, HubClient hub, HubSettings settings)
{
    /// <summary>Downloads a snapshot, or the part of it that is selected.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="folder">The folder of it that is wanted, or <see langword="null"/>.</param>
    /// <param name="options">Which files.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <param name="silentWhenPresent">Whether nothing is said when nothing was to do: downloads are not what was asked for.</param>
    public async Task<CachedSnapshot> SnapshotAsync(
        RepositoryId repository, string? folder, DownloadOptions options, CancellationToken cancellationToken, bool silentWhenPresent = false)
    {
        long start = invocation.Console.Time.GetTimestamp();
        CachedSnapshot snapshot;
        await using (ProgressView view = invocation.ShowProgress(settings))
        {
            snapshot = folder is null
                ? await hub.DownloadSnapshotAsync(repository, options, view, cancellationToken)
                : await hub.DownloadDirectoryAsync(repository, folder, options, view, cancellationToken);
        }

        TimeSpan time = invocation.Console.Time.GetElapsedTime(start);
        if (!silentWhenPresent || snapshot.TransferredFiles > 0)
        {
            invocation.Messages.Done(Summary(snapshot, time));
        }

        return snapshot;
    }

    /// <summary>Downloads one file.</summary>
    public async Task<FetchedFile> FileAsync(RepositoryId repository, string file, DownloadOptions options, CancellationToken cancellationToken)
    {
        string path;
        FetchedFile fetched;
        await using (ProgressView view = invocation.ShowProgress(settings))
        {
            CompletionWatch watch = new(view);
            path = await hub.DownloadFileAsync(repository, file, options, watch, cancellationToken);
            fetched = new FetchedFile(path, watch.CompletedBytes);
        }

        invocation.Messages.Done(fetched.TransferredBytes is { } bytes
            ? $"{repository}: {Text.Printable(file)} downloaded and verified, {Text.Size(bytes)}"
            : $"{repository}: {Text.Printable(file)} is present");
        return fetched;
    }

    /// <summary>Passes reports on, and remembers whether a file was transferred, and how much of it was there before.</summary>
    private sealed class CompletionWatch(IProgress<DownloadProgress> next) : IProgress<DownloadProgress>
    {
        private long _present;

        public long? CompletedBytes { get; private set; }

        public void Report(DownloadProgress value)
        {
            switch (value.FileState)
            {
                case DownloadFileState.Started:
                    _present = value.FileBytesDone;
                    break;
                case DownloadFileState.Completed:
                    CompletedBytes = value.FileBytesTotal - _present;
                    break;
                default:
                    break;
            }

            next.Report(value);
        }
    }

    private static string Summary(CachedSnapshot snapshot, TimeSpan time)
    {
        string files = Text.Count(snapshot.Files.Count, "file");
        if (snapshot.TransferredFiles == 0)
        {
            return $"{snapshot.Repository}: {files}, all present, at commit {Text.ShortCommit(snapshot.Commit)}";
        }

        string of = snapshot.TransferredFiles < snapshot.Files.Count
            ? string.Create(CultureInfo.InvariantCulture, $"{snapshot.TransferredFiles:#,0} of {files} downloaded")
            : $"{files} downloaded";
        return Downloaded(snapshot.Repository, of, snapshot.TransferredBytes, time, snapshot.Commit);
    }

    /// <summary>Says what was transferred and how fast.</summary>
    public static string Downloaded(RepositoryId repository, string files, long bytes, TimeSpan time, string commit)
    {
        double seconds = Math.Max(time.TotalSeconds, 0.001);
        return $"{repository}: {files} and verified, {Text.Size(bytes)} in {Text.Duration(time)}"
            + $" ({Text.Rate(bytes / seconds)}), at commit {Text.ShortCommit(commit)}";
    }
}
