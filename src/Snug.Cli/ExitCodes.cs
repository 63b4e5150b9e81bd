using Snug.Hub;

namespace Snug.Cli;

/// <summary>What the process ends with, by what went wrong. Scripts rely on these numbers.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Unexpected = 1;
    public const int Usage = 2;
    public const int Token = 3;
    public const int Access = 4;
    public const int NotFound = 5;
    public const int RateLimited = 6;
    public const int Network = 7;
    public const int Offline = 8;
    public const int Storage = 9;
    public const int Cancelled = 130;

    public static int For(HubException error) => error.Kind switch
    {
        HubErrorKind.TokenRequired or HubErrorKind.InvalidToken => Token,
        HubErrorKind.Gated or HubErrorKind.Forbidden => Access,
        HubErrorKind.RepositoryNotFound or HubErrorKind.RevisionNotFound or HubErrorKind.EntryNotFound
            or HubErrorKind.RepositoryDisabled => NotFound,
        HubErrorKind.RateLimited => RateLimited,
        HubErrorKind.ServerError or HubErrorKind.Network or HubErrorKind.Timeout => Network,
        HubErrorKind.Offline => Offline,
        HubErrorKind.Corrupted or HubErrorKind.InsufficientStorage or HubErrorKind.CacheAccess => Storage,

        // A server that refuses a request for no reason we know has failed; a request that never left was written wrongly.
        HubErrorKind.InvalidRequest => error.StatusCode is null ? Usage : Network,
        _ => Unexpected,
    };
}
