using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Snug.Hub;

/// <summary>
/// The cache of <c>huggingface_hub</c> on this machine: what is in it, whether it is sound, and how to make room. It never
/// sends a request. Other processes, the Python client's included, may use the cache at the same time. Thread-safe.
/// </summary>
public sealed partial class HubCache
{
    private readonly CacheLayout _layout;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;

    /// <summary>Opens a cache; nothing is created.</summary>
    /// <param name="directory">
    /// The cache root. <see langword="null"/>: <c>HF_HUB_CACHE</c>, <c>HUGGINGFACE_HUB_CACHE</c>, <c>TRANSFORMERS_CACHE</c>,
    /// <c>HF_HOME/hub</c>, as for <see cref="HubClient"/>.
    /// </param>
    /// <param name="logger">Where removals are logged.</param>
    /// <param name="timeProvider">The clock that tells how old things are.</param>
    public HubCache(string? directory = null, ILogger<HubCache>? logger = null, TimeProvider? timeProvider = null)
    {
        HubClientOptions options = new() { CacheDirectory = directory, UseImplicitToken = false };
        _layout = new CacheLayout(HubEnvironment.Process.Resolve(options).CacheDirectory);
        _logger = logger ?? (ILogger)NullLogger.Instance;
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>The cache root, an absolute path.</summary>
    public string Directory => _layout.Root;

    /// <summary>
    /// Reads the whole cache: repositories, revisions, files, blobs, exact sizes, and everything that is damaged. One damaged
    /// entry never hides anything but itself.
    /// </summary>
    /// <exception cref="HubException">The root is a file, or may not be read (<see cref="HubErrorKind.CacheAccess"/>).</exception>
    /// <exception cref="OperationCanceledException">The scan was cancelled.</exception>
    public CacheScan Scan(CancellationToken cancellationToken = default) => CacheScanner.Scan(_layout.Root, cancellationToken);
}
