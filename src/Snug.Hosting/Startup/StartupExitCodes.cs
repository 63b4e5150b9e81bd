using Microsoft.Extensions.Options;
using Snug.Hub;

namespace Snug.Hosting;

/// <summary>What a program ends with that could not start; the numbers are those of the command line.</summary>
internal static class StartupExitCodes
{
    public const int Done = 0;
    public const int Unexpected = 1;
    public const int Usage = 2;
    public const int Cancelled = 130;

    public static int For(Exception failure) => failure switch
    {
        ModelStartupException startup => startup.ExitCode,
        HubException hub => For(hub.Kind, hub.StatusCode),
        OptionsValidationException => Usage,
        OperationCanceledException => Cancelled,
        _ => Unexpected,
    };

    private static int For(HubErrorKind kind, int? status) => kind switch
    {
        HubErrorKind.TokenRequired or HubErrorKind.InvalidToken => 3,
        HubErrorKind.Gated or HubErrorKind.Forbidden => 4,
        HubErrorKind.RepositoryNotFound or HubErrorKind.RevisionNotFound or HubErrorKind.EntryNotFound or HubErrorKind.RepositoryDisabled => 5,
        HubErrorKind.RateLimited => 6,
        HubErrorKind.ServerError or HubErrorKind.Network or HubErrorKind.Timeout => 7,
        HubErrorKind.Offline => 8,
        HubErrorKind.Corrupted or HubErrorKind.InsufficientStorage or HubErrorKind.CacheAccess or HubErrorKind.TokenStorage => 9,
        HubErrorKind.InvalidRequest => status is null ? Usage : 7,
        _ => Unexpected,
    };
}
