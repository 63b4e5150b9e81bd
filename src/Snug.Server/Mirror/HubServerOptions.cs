using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Snug.Server;

/// <summary>How a mirror listens and behaves.</summary>
public sealed record HubServerOptions
{
    /// <summary>The repositories to serve.</summary>
    public required IRepositorySource Source { get; init; }

    /// <summary>The addresses of the main listener; port 0 takes any free port.</summary>
    public IReadOnlyList<string> Urls { get; init; } = ["http://127.0.0.1:0"];

    /// <summary>
    /// The address of the storage listener, which serves the bytes of large files to whoever has a signed address, as the Hub's content
    /// delivery network does. <see langword="null"/> switches it off: large files then come from the main listener without a redirect.
    /// </summary>
    public string? StorageUrl { get; init; } = "http://127.0.0.1:0";

    /// <summary>A path under which everything of the main listener lies, such as <c>/hub</c>.</summary>
    public string PathPrefix { get; init; } = string.Empty;

    /// <summary>
    /// The address that clients reach the main listener by, where it cannot be told from their requests (a proxy that changes the host).
    /// </summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>
    /// The address that clients reach the storage listener by. When missing, it is the host name that the client used for the main
    /// listener, with the storage listener's port.
    /// </summary>
    public Uri? PublicStorageUrl { get; init; }

    /// <summary>How long a signed storage address works.</summary>
    public TimeSpan StorageUrlLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether small files are served through a relative redirect to <c>/api/resolve-cache</c>, as the Hub often does.</summary>
    public bool RedirectSmallFiles { get; init; }

    /// <summary>
    /// API calls allowed to one caller in a window of five minutes; <see langword="null"/> never refuses.
    /// </summary>
    public int? ApiQuota { get; init; }

    /// <summary>File requests allowed to one caller in a window of five minutes; <see langword="null"/> never refuses.</summary>
    public int? ResolveQuota { get; init; }

    /// <summary>
    /// Runs before the mirror's own handling, on requests of both listeners: for logs, faults, or other things to serve from the same port.
    /// </summary>
    public Action<IApplicationBuilder>? Configure { get; init; }

    /// <summary>Told of requests (debug) and failures (error).</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
