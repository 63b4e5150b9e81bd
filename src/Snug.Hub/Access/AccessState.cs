namespace Snug.Hub;

/// <summary>
/// What stands between a caller and the files of a repository. Each state has one sentence, ordered advice and a stable name
/// (<see cref="AccessReport.NameOf"/>), the same in reports, exceptions, the command line and its JSON.
/// </summary>
public enum AccessState
{
    /// <summary>Readable by everybody; no authentication required.</summary>
    Public,

    /// <summary>Gated, and this caller has been let in.</summary>
    GatedGranted,

    /// <summary>Private, and this caller may read it.</summary>
    PrivateGranted,

    /// <summary>Offline: the cache has it, and nobody was asked.</summary>
    Cached,

    /// <summary>Gated, and no token was sent.</summary>
    GatedNoToken,

    /// <summary>Gated; the token is valid, but its account has not accepted the terms or asked for access.</summary>
    GatedNotGranted,

    /// <summary>Gated; the account asked for access and its authors have not decided.</summary>
    GatedAwaitingReview,

    /// <summary>Gated; the authors turned the account's request down.</summary>
    GatedRejected,

    /// <summary>Gated; the account may read it, but its fine-grained token lacks the permission for gated repositories.</summary>
    TokenLacksGatedPermission,

    /// <summary>The token is valid but may not read this, and the Hub says no more.</summary>
    TokenForbidden,

    /// <summary>The Hub does not know the token: mistyped or revoked.</summary>
    TokenInvalid,

    /// <summary>The token was good once and has expired.</summary>
    TokenExpired,

    /// <summary>The repository is missing, or private and hidden from this caller; the Hub does not tell which.</summary>
    NotFound,

    /// <summary>The repository is there, but not this branch, tag or commit.</summary>
    RevisionNotFound,

    /// <summary>The Hub has disabled the repository.</summary>
    Disabled,

    /// <summary>The rate limit was reached before the answer.</summary>
    RateLimited,

    /// <summary>The Hub could not be reached or failed, so nothing is known.</summary>
    Unreachable,

    /// <summary>Offline, and the cache does not have it.</summary>
    NotCached,
}
