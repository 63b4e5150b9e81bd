using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Snug.Hub;

/// <summary>
/// A client of the Hugging Face Hub, or of a mirror that speaks its HTTP API. Thread-safe; keep one for the life of the program.
/// </summary>
/// <remarks>
/// Settings that the options leave open are read from the environment anew for every call, so a change of <c>HF_HOME</c>
/// inside the process takes effect on the next one.
/// </remarks>
public sealed partial class HubClient : IDisposable
{
    private readonly HubClientOptions _options;
    private readonly HttpClient _http;
    private readonly bool _ownsHttp;
    private readonly RepositoryApi _api;
    private readonly AccessChecker _access;
    private readonly ConnectionChecker _connection;
    private readonly UsageMeter _usage;
    private readonly BlockPool _pool;
    private readonly Downloader _downloader;
    private readonly FileDownloader _fileDownloader;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<string, bool> _said = new(StringComparer.Ordinal);

    /// <summary>Creates a client.</summary>
    /// <param name="options">Options; whatever is unset comes from the environment.</param>
    /// <param name="httpClient">
    /// The HTTP client to send with; it is not disposed, and its handler must not follow redirects (<see cref="CreateHandler"/> makes one).
    /// Without it the Hub client owns one.
    /// </param>
    /// <param name="logger">Where retries, waits and the Hub's own warnings are logged; tokens never are.</param>
    /// <param name="timeProvider">The clock for delays and rate limits.</param>
    public HubClient(
        HubClientOptions? options = null, HttpClient? httpClient = null, ILogger<HubClient>? logger = null, TimeProvider? timeProvider = null)
    {
        _options = options ?? new HubClientOptions();
        _ownsHttp = httpClient is null;
        _http = httpClient ?? new HttpClient(CreateHandler(_options)) { Timeout = Timeout.InfiniteTimeSpan };
        TimeProvider time = timeProvider ?? TimeProvider.System;
        ILogger log = logger ?? (ILogger)NullLogger.Instance;
        _log = log;
        HubHttp hubHttp = new(_http, _options, time, log);
        _usage = hubHttp.Usage;
        _api = new RepositoryApi(hubHttp);
        _access = new AccessChecker(_api);
        _connection = new ConnectionChecker(hubHttp, time);
        _pool = new BlockPool(_options.MemoryLimit);
        _downloader = new Downloader(_api, hubHttp, _options, _pool, time, log);
        _fileDownloader = new FileDownloader(_api, _downloader, time, log);
    }

    /// <summary>
    /// Creates a handler with what the client relies on: redirects left to it, no decompression (it would break ranges and hashes),
    /// no cookies, and connections renewed so that changes of DNS are seen.
    /// </summary>
    public static SocketsHttpHandler CreateHandler(HubClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            EnableMultipleHttp2Connections = true,
        };
    }

    /// <summary>Resolves the settings that a call made now would use, with the source of each.</summary>
    /// <exception cref="HubException">A value makes no sense (<see cref="HubErrorKind.InvalidRequest"/>).</exception>
    public HubSettings ResolveSettings()
    {
        HubSettings settings = HubSettings.Resolve(_options);
        LogOnce(settings);
        return settings;
    }

    /// <summary>Asks what a repository is and which commit a revision stands for.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="revision">A branch, tag, commit or <c>refs/pr/N</c>; <see langword="null"/> for <c>main</c>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="HubException">The Hub refused, or could not be reached.</exception>
    public Task<RepositoryInfo> GetRepositoryInfoAsync(
        RepositoryId repository, string? revision = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        return _api.GetInfoAsync(ResolveSettings(), repository, Revisions.Validate(revision), cancellationToken);
    }

    /// <summary>Lists the files of a repository, page by page as they are consumed.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="revision">The revision; <see langword="null"/> for <c>main</c>.</param>
    /// <param name="folder">Only this folder, or <see langword="null"/> for the whole repository.</param>
    /// <param name="recursive">Whether files in sub-folders are listed too.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <exception cref="HubException">The Hub refused, or could not be reached.</exception>
    public IAsyncEnumerable<RepositoryFile> ListFilesAsync(
        RepositoryId repository, string? revision = null, string? folder = null, bool recursive = true, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        string? inside = folder is null ? null : RepositoryPath.Validate(repository, folder.TrimEnd('/'));
        return _api.ListAsync(ResolveSettings(), repository, Revisions.Validate(revision), inside, recursive, cancellationToken);
    }

    /// <summary>Looks up some files of a repository by path; paths that do not exist are missing from the answer.</summary>
    /// <exception cref="HubException">The Hub refused, or could not be reached.</exception>
    public Task<IReadOnlyList<RepositoryFile>> GetPathsInfoAsync(
        RepositoryId repository, IReadOnlyList<string> paths, string? revision = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(paths);
        return _api.GetPathsInfoAsync(ResolveSettings(), repository, Revisions.Validate(revision), paths, cancellationToken);
    }

    /// <summary>Lists the branches and tags of a repository.</summary>
    /// <exception cref="HubException">The Hub refused, or could not be reached.</exception>
    public Task<RepositoryRefs> GetRefsAsync(RepositoryId repository, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        return _api.GetRefsAsync(ResolveSettings(), repository, cancellationToken);
    }

    /// <summary>Asks for a file's commit, blob name, size and location without its content.</summary>
    /// <exception cref="HubException">The Hub refused, could not be reached, or does not tell.</exception>
    public Task<FileMetadata> GetFileMetadataAsync(
        RepositoryId repository, string path, string? revision = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(path);
        return _api.GetFileMetadataAsync(
            ResolveSettings(), repository, RepositoryPath.Validate(repository, path), Revisions.Validate(revision), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pool.Dispose();
        if (_ownsHttp)
        {
            _http.Dispose();
        }
    }
}
