namespace Snug.Server;

/// <summary>What a request is for.</summary>
internal enum RouteKind
{
    /// <summary>Not an address of the Hub.</summary>
    NotFound,

    /// <summary>An address of the Hub that the mirror does not serve.</summary>
    NotImplemented,

    /// <summary>An address that is not well formed.</summary>
    BadRequest,

    Resolve,
    ResolveCache,
    Info,
    Tree,
    PathsInfo,
    References,
    Commits,
    AuthCheck,
    AuthCheckWrite,
    WhoAmI,
    List,
}
