namespace Snug.Hub;

/// <summary>
/// Options of a <see cref="HubClient"/>. Whatever is left unset comes from the environment, then from stored files,
/// then from defaults.
/// </summary>
public sealed class HubClientOptions
{
    /// <summary>The access token to use. Unset: environment variables, <c>.env</c>, the stored token file, the keychain.</summary>
    public AccessToken? Token { get; set; }

    /// <summary>
    /// Whether a token may be taken from the environment and files when <see cref="Token"/> is unset.
    /// <see langword="false"/> makes the client anonymous. Unset: not <c>HF_HUB_DISABLE_IMPLICIT_TOKEN</c>.
    /// </summary>
    public bool? UseImplicitToken { get; set; }

    /// <summary>
    /// The keychain to look into after everything else. Unset: the system's, once a login has put a token there, or when
    /// <c>SNUG_KEYCHAIN</c> is on.
    /// </summary>
    public Keychain? Keychain { get; set; }

    /// <summary>Whether variables are also taken from a <c>.env</c> file. Unset: not <c>SNUG_DISABLE_DOTENV</c>.</summary>
    public bool? UseDotEnv { get; set; }

    /// <summary>The <c>.env</c> file. Unset: the one in the working directory.</summary>
    public string? DotEnvPath { get; set; }

    /// <summary>The Hub's address. Unset: <c>HF_ENDPOINT</c>, then the public Hub.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The cache root. Unset: <c>HF_HUB_CACHE</c>, <c>HUGGINGFACE_HUB_CACHE</c>, <c>TRANSFORMERS_CACHE</c>, <c>HF_HOME/hub</c>.</summary>
    public string? CacheDirectory { get; set; }

    /// <summary>Whether to send no request at all and serve from the cache. Unset: <c>HF_HUB_OFFLINE</c>.</summary>
    public bool? Offline { get; set; }

    /// <summary>Whether to copy files into snapshots instead of linking them. Unset: <c>HF_HUB_DISABLE_SYMLINKS</c>.</summary>
    public bool? DisableSymlinks { get; set; }

    /// <summary>How long establishing a connection may take. Default: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait for response headers. Unset: <c>HF_HUB_ETAG_TIMEOUT</c>, then 10 s.</summary>
    public TimeSpan? HeaderTimeout { get; set; }

    /// <summary>How long a body may deliver nothing before its connection is replaced. Unset: <c>HF_HUB_DOWNLOAD_TIMEOUT</c>, then 10 s.</summary>
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>
    /// How long nothing at all may arrive, tries that ran into time-outs included; after that the time-out is final. Unset: 30 s, or the
    /// longest of the header and the idle time-out where that is more.
    /// </summary>
    public TimeSpan? StallTimeout { get; set; }

    /// <summary>
    /// The least average throughput of one connection, in bytes per second over <see cref="MinimumThroughputWindow"/>;
    /// a slower connection is replaced. Default: 1 KiB/s. Zero switches the check off.
    /// </summary>
    public long MinimumThroughput { get; set; } = 1024;

    /// <summary>The window of <see cref="MinimumThroughput"/>. Default: 30 s.</summary>
    public TimeSpan MinimumThroughputWindow { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often one request, or one stretch of a file without any progress, is tried again. Default: 5.</summary>
    public int MaxRetries { get; set; } = 5;

    /// <summary>The base of the exponential, jittered delay between retries. Default: 0.5 s.</summary>
    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest delay that is waited out when the Hub asks for one; beyond it the call fails as rate limited. Default: 5 min.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Decides, from the failure and how often the same was tried so far, how long to wait before it is tried again; <see langword="null"/>
    /// makes the failure final. Asked only about failures that may pass, by several connections at once. Unset: growing delays within <see cref="MaxRetries"/>,
    /// <see cref="RetryBaseDelay"/> and <see cref="MaxRetryDelay"/>, which are not looked at otherwise.
    /// </summary>
    public Func<HubException, int, TimeSpan?>? RetryDelay { get; set; }

    /// <summary>The most connections that transfer file content at once, over all files of a call. Default: 128.</summary>
    public int MaxConnections { get; set; } = 128;

    /// <summary>The hard cap on buffers for content in flight, in bytes. Default: 32 MiB.</summary>
    public long MemoryLimit { get; set; } = 32L * 1024 * 1024;

    /// <summary>A limit on the bytes per second that one call transfers, or <see langword="null"/> for none.</summary>
    public long? BandwidthLimit { get; set; }

    /// <summary>
    /// Where environment variables are read. Unset: this process. For programs that take them from elsewhere too, and for tests;
    /// proxies are the HTTP handler's matter and always come from the process.
    /// </summary>
    public Func<string, string?>? ReadVariable { get; set; }

    /// <summary>A product token (<c>name/version</c>) put in front of the user agent.</summary>
    public string? UserAgent { get; set; }

    /// <summary>Options of their own with the same values.</summary>
    public HubClientOptions Clone() => (HubClientOptions)MemberwiseClone();
}
