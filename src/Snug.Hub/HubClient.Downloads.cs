using Microsoft.Extensions.Logging;

namespace Snug.Hub;

public sealed partial class HubClient
{
    /// <summary>
    /// Downloads the files of a revision into the shared cache (or <see cref="DownloadOptions.LocalDirectory"/>), several at
    /// once and large ones in parallel ranges. What is there already is not transferred again; what an interrupted download
    /// left is taken up; every content is verified before it appears.
    /// </summary>
    /// <param name="repository">The repository.</param>
    /// <param name="options">Revision, patterns and destination; <see langword="null"/> for all files of <c>main</c>.</param>
    /// <param name="progress">Receives reports on the whole and on single files.</param>
    /// <param name="cancellationToken">Cancels the download; what has arrived stays for the next one.</param>
    /// <returns>The snapshot, whole as far as it was asked for.</returns>
    /// <exception cref="HubException">The Hub refused or could not be reached, the disk is full, or the content is wrong.</exception>
    public Task<CachedSnapshot> DownloadSnapshotAsync(
        RepositoryId repository, DownloadOptions? options = null, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        options ??= new DownloadOptions();
        return _downloader.DownloadAsync(SettingsFor(options), repository, options, null, progress, cancellationToken);
    }

    /// <summary>
    /// Downloads one file and gives its path. A path that ends with <c>/</c>, <c>.mlpackage</c> or <c>.mlmodelc</c> means the folder:
    /// it is downloaded with everything beneath and its path is given.
    /// </summary>
    /// <param name="repository">The repository.</param>
    /// <param name="path">The path inside the repository.</param>
    /// <param name="options">Revision and destination; patterns are for snapshots and not looked at for a file.</param>
    /// <param name="progress">Receives reports.</param>
    /// <param name="cancellationToken">Cancels the download; what has arrived stays for the next one.</param>
    /// <exception cref="HubException">The Hub refused or could not be reached, the disk is full, or the content is wrong.</exception>
    public async Task<string> DownloadFileAsync(
        RepositoryId repository, string path, DownloadOptions? options = null, IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(path);
        options ??= new DownloadOptions();
        if (path.EndsWith('/') || RepositoryFile.IsPackage(path))
        {
            LogFolder(_log, path, repository);
            CachedSnapshot snapshot = await DownloadDirectoryAsync(repository, path, options, progress, cancellationToken).ConfigureAwait(false);
            return snapshot.GetDirectory(path);
        }

        return await _fileDownloader.DownloadAsync(
            SettingsFor(options), repository, RepositoryPath.Validate(repository, path), options, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Downloads a folder of a repository, such as a <c>.mlpackage</c>: listed, fetched file by file, and visible in the
    /// snapshot only when whole.
    /// </summary>
    /// <param name="repository">The repository.</param>
    /// <param name="folder">The folder's path inside the repository.</param>
    /// <param name="options">Revision, patterns over full paths, and destination.</param>
    /// <param name="progress">Receives reports.</param>
    /// <param name="cancellationToken">Cancels the download; what has arrived stays for the next one.</param>
    /// <exception cref="HubException">The Hub refused or could not be reached, the disk is full, or the content is wrong.</exception>
    public Task<CachedSnapshot> DownloadDirectoryAsync(
        RepositoryId repository, string folder, DownloadOptions? options = null, IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new DownloadOptions();
        string inside = RepositoryPath.Validate(repository, folder.TrimEnd('/'));
        return _downloader.DownloadAsync(SettingsFor(options), repository, options, inside, progress, cancellationToken);
    }

    /// <summary>Says what <see cref="DownloadSnapshotAsync"/> would transfer, without transferring any content.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="options">Revision, patterns and destination.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="HubException">The Hub refused or could not be reached.</exception>
    public Task<DownloadPlan> PlanDownloadAsync(
        RepositoryId repository, DownloadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        options ??= new DownloadOptions();
        return _downloader.PlanAsync(SettingsFor(options), repository, options, cancellationToken);
    }

    private HubSettings SettingsFor(DownloadOptions options)
    {
        HubSettings settings = ResolveSettings();
        return options.Offline is { } offline ? settings with { Offline = offline } : settings;
    }

    [LoggerMessage(23, LogLevel.Debug, "huggingface: {Path} of {Repository} is a folder that is had as a whole")]
    private static partial void LogFolder(ILogger logger, string path, RepositoryId repository);
}
