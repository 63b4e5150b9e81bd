using Microsoft.AspNetCore.Http;
using Snug.Hub;

namespace Snug.Server;

/// <summary>A request of the main listener, with what every handler needs of it.</summary>
internal sealed class MirrorRequest
{
    public required HttpContext Context { get; init; }

    public required HubRoute Route { get; init; }

    /// <summary>The path as sent, without prefix and query.</summary>
    public required string RawPath { get; init; }

    /// <summary>The query as sent, without its question mark.</summary>
    public required string Query { get; init; }

    public required HubCaller? Caller { get; init; }

    public HttpResponse Response => Context.Response;

    public CancellationToken Aborted => Context.RequestAborted;

    public bool IsHead => HttpMethods.IsHead(Context.Request.Method);

    /// <summary>Finds the commit that the route names.</summary>
    public async ValueTask<HostedCommit> ResolveAsync(HostedRepository repository, string revision)
    {
        HostedCommit? commit = revision.Length is 0 or > Revisions.MaxLength
            ? null
            : await repository.ResolveAsync(revision, Aborted).ConfigureAwait(false);
        return commit ?? throw new HubErrorException(repository.KnowsAllRevisions
            ? HubError.RevisionNotFound(revision)
            : HubError.NotCached($"The revision '{revision}' of {repository.Id}"));
    }
}
