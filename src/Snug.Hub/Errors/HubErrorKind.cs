namespace Snug.Hub;

/// <summary>What went wrong, in terms a program can act on. Each kind has a page in <c>docs/errors</c>.</summary>
public enum HubErrorKind
{
    /// <summary>The repository needs a token and none was sent.</summary>
    TokenRequired,

    /// <summary>The Hub does not accept the token: mistyped, expired or revoked.</summary>
    InvalidToken,

    /// <summary>The repository is gated and this account (or anonymous caller) is not on its list.</summary>
    Gated,

    /// <summary>The token is valid but may not do this, for example a fine-grained token without the permission.</summary>
    Forbidden,

    /// <summary>The repository is missing, or private and hidden from this caller; the Hub does not tell which.</summary>
    RepositoryNotFound,

    /// <summary>The branch, tag or commit does not exist.</summary>
    RevisionNotFound,

    /// <summary>The file or folder does not exist at this revision.</summary>
    EntryNotFound,

    /// <summary>The Hub has disabled the repository.</summary>
    RepositoryDisabled,

    /// <summary>Too many requests; <see cref="HubException.RetryAfter"/> says when to come back.</summary>
    RateLimited,

    /// <summary>The Hub answered with an error of its own (5xx) more often than we retry.</summary>
    ServerError,

    /// <summary>The Hub could not be reached: name resolution, refused or broken connections, TLS.</summary>
    Network,

    /// <summary>A time-out by name: connect, header, idle or minimum throughput.</summary>
    Timeout,

    /// <summary>Offline mode is on and what was asked for is not in the cache.</summary>
    Offline,

    /// <summary>Bytes do not match their hash or length.</summary>
    Corrupted,

    /// <summary>The disk has no room, found before the transfer or while writing.</summary>
    InsufficientStorage,

    /// <summary>The cache or target folder cannot be read or written.</summary>
    CacheAccess,

    /// <summary>The request makes no sense as written: malformed id, revision, path or option, or an answer that breaks the protocol.</summary>
    InvalidRequest,

    /// <summary>Stored tokens cannot be read or written: a damaged file, no permission, a locked or missing keychain.</summary>
    TokenStorage,
}
