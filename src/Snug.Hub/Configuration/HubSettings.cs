namespace Snug.Hub;

/// <summary>
/// Everything a Hub operation needs to know about its surroundings, resolved from options, environment, files and defaults
/// (in this order) at one moment.
/// </summary>
public sealed record HubSettings
{
    internal HubSettings()
    {
    }

    /// <summary>Resolves the settings that a client with these options would use now, without creating one.</summary>
    /// <param name="options">Options; whatever is unset comes from the environment.</param>
    /// <exception cref="HubException">A value makes no sense (<see cref="HubErrorKind.InvalidRequest"/>).</exception>
    public static HubSettings Resolve(HubClientOptions? options = null)
    {
        options ??= new HubClientOptions();
        return (options.ReadVariable is { } read ? new HubEnvironment(read) : HubEnvironment.Process).Resolve(options);
    }

    /// <summary>The Hub's address, without a trailing slash; it may have a path prefix.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The folder for tokens and caches (<c>HF_HOME</c>).</summary>
    public required string HomeDirectory { get; init; }

    /// <summary>The cache root (<c>HF_HUB_CACHE</c>).</summary>
    public required string CacheDirectory { get; init; }

    /// <summary>The file that holds the stored token (<c>HF_TOKEN_PATH</c>).</summary>
    public required string TokenPath { get; init; }

    /// <summary>The token in force, or <see langword="null"/> for anonymous access.</summary>
    public required AccessToken? Token { get; init; }

    /// <summary>Where <see cref="Token"/> came from, or <see langword="null"/> without one.</summary>
    public required string? TokenSource { get; init; }

    /// <summary>What kind of place <see cref="Token"/> came from, or <see langword="null"/> without one.</summary>
    public TokenSourceKind? TokenSourceKind { get; init; }

    /// <summary>
    /// Every token that was found, in the order of preference, whether it is in force or not. The keychain is asked only when nothing
    /// else has one.
    /// </summary>
    public required IReadOnlyList<TokenCandidate> TokenCandidates { get; init; }

    /// <summary>Whether requests are forbidden and only the cache is used.</summary>
    public required bool Offline { get; init; }

    /// <summary>Whether files in snapshots are copies instead of symbolic links.</summary>
    public required bool DisableSymlinks { get; init; }

    /// <summary>How long to wait for response headers.</summary>
    public required TimeSpan HeaderTimeout { get; init; }

    /// <summary>How long a body may deliver nothing before its connection is replaced.</summary>
    public required TimeSpan IdleTimeout { get; init; }

    /// <summary>How long nothing at all may arrive, further tries included.</summary>
    public required TimeSpan StallTimeout { get; init; }

    /// <summary>Whether progress display is switched off by the environment.</summary>
    public required bool DisableProgress { get; init; }

    /// <summary>What the user should know about these settings: sources that disagree, tokens that others can read, lines passed over.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Every setting with its value and source, for display.</summary>
    public required IReadOnlyList<ResolvedSetting> All { get; init; }
}
