using Microsoft.AspNetCore.Http;
using Snug.Hub;

namespace Snug.Server;

/// <summary>
/// The Hub's refusals. Status, code and message are all read by some client: Python tells cases apart by the two headers, others by
/// the JSON body, and a few messages are compared word for word.
/// </summary>
internal sealed record HubError(int Status, string? Code, string Message)
{
    /// <summary>Python takes any other 401 on a repository's address for "no such repository".</summary>
    public static readonly HubError InvalidToken = new(StatusCodes.Status401Unauthorized, null, "Invalid credentials in Authorization header");

    /// <summary>Told apart by this text alone, without a code.</summary>
    public static readonly HubError Disabled = new(StatusCodes.Status403Forbidden, null, "Access to this resource is disabled.");

    public static readonly HubError NotLoggedIn = new(StatusCodes.Status401Unauthorized, null, "Invalid username or password.");

    public static readonly HubError EntryNotFound = new(StatusCodes.Status404NotFound, "EntryNotFound", "Entry not found");

    public static readonly HubError NotFound = new(StatusCodes.Status404NotFound, null, "Sorry, we can't find the page you are looking for.");

    public static readonly HubError Internal = new(StatusCodes.Status500InternalServerError, null, "Internal Error - the mirror's log says more.");

    public static readonly HubError TokenLacksGatedPermission = new(
        StatusCodes.Status403Forbidden,
        null,
        "Please enable access to public gated repositories in your fine-grained token settings to view this repository.");

    public static readonly HubError NoWriteAccess = new(StatusCodes.Status403Forbidden, null, "You don't have write access to this repository.");

    public static HubError ExpiredToken(string name) => new(StatusCodes.Status401Unauthorized, null, $"User Access Token \"{name}\" is expired");

    public static HubError NotImplemented(string what) =>
        new(StatusCodes.Status501NotImplemented, "NotImplemented", $"This mirror does not serve {what}.");

    public static HubError BadRequest(string message) => new(StatusCodes.Status400BadRequest, null, message);

    public static HubError RepositoryNotFound(bool anonymous) => anonymous
        ? new HubError(StatusCodes.Status401Unauthorized, "RepoNotFound", "Invalid username or password.")
        : new HubError(StatusCodes.Status404NotFound, "RepoNotFound", "Repository not found");

    public static HubError RevisionNotFound(string revision) =>
        new(StatusCodes.Status404NotFound, "RevisionNotFound", $"Invalid rev id: {revision}");

    /// <summary>Neither "there" nor "not there": clients remember a 404 for good.</summary>
    public static HubError NotCached(string what) =>
        new(StatusCodes.Status503ServiceUnavailable, "OfflineNotCached", $"{what} is not in the cache that this mirror serves, and the mirror has no other source.");

    public static HubError Gated(HostedRepository repository, HubCaller? caller, string page)
    {
        string what = $"{TypeName(repository.Id)} {repository.Id.FullName}";
        if (caller is null)
        {
            return new HubError(
                StatusCodes.Status401Unauthorized,
                "GatedRepo",
                $"Access to {what} is restricted. You must have access to it and be authenticated to access it. Please log in. Ask for access at {page}");
        }

        string message = repository.Settings switch
        {
            { } settings when settings.Pending.Contains(caller.Account.Name) =>
                $"Your request to access {what} is awaiting a review from the repo authors. See {page}",
            { } settings when settings.Rejected.Contains(caller.Account.Name) =>
                $"Your request to access {what} has been rejected by the repo's authors. See {page}",
            _ => $"Access to {what} is restricted and you are not in the authorized list. Visit {page} to ask for access.",
        };
        return new HubError(StatusCodes.Status403Forbidden, "GatedRepo", message);
    }

    public static HubError RateLimited(TimeSpan wait) => new(
        StatusCodes.Status429TooManyRequests,
        null,
        $"Too many requests. Try again in {(int)Math.Ceiling(wait.TotalSeconds)} seconds.");

    private static string TypeName(RepositoryId id) => id.Type switch
    {
        RepositoryType.Dataset => "dataset",
        RepositoryType.Space => "space",
        _ => "model",
    };
}
