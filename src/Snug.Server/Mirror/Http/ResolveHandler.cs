using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Snug.Server;

/// <summary>Answers requests for files.</summary>
internal sealed class ResolveHandler(HubServerOptions options, MirrorAddresses addresses, StorageSigner? signer)
{
    public async Task ResolveAsync(MirrorRequest request, HostedRepository repository)
    {
        HubRoute route = request.Route;
        if (repository.Settings.Gate != RepositoryGate.None
            && AccessPolicy.FindContentProblem(repository, request.Caller, addresses.PageOf(request.Context, repository)) is { } problem)
        {
            throw new HubErrorException(problem);
        }

        HostedCommit commit = await request.ResolveAsync(repository, route.Revision).ConfigureAwait(false);
        HostedFile file = Find(repository, commit, route.Path);
        IHeaderDictionary headers = request.Response.Headers;
        headers["X-Repo-Commit"] = commit.Id;
        if (route.IsRaw && file.Sha256 is { } sha256)
        {
            RepositoryContent pointer = RepositoryContent.FromText(GitObjects.LfsPointer(sha256, file.Content.Length));
            await ContentReply.SendAsync(request.Context, pointer, file.Path, $"\"{file.BlobId}\"").ConfigureAwait(false);
        }
        else if (file.IsLfs && signer is not null)
        {
            await RedirectToStorageAsync(request.Context, repository, commit, file).ConfigureAwait(false);
        }
        else if (options.RedirectSmallFiles && route.Kind == RouteKind.Resolve && !route.IsRaw && !file.IsLfs)
        {
            SetLinked(headers, file);
            string asked = Uri.EscapeDataString($"{options.PathPrefix}{request.RawPath}");
            string location = $"{options.PathPrefix}/api/resolve-cache/{repository.Id.TypePlural}/{repository.Id.FullName}/{commit.Id}/"
                + $"{StorageSigner.EscapePath(file.Path)}?{asked}=&etag={Uri.EscapeDataString(file.ETag)}";
            await Replies.RedirectAsync(request.Context, StatusCodes.Status307TemporaryRedirect, location).ConfigureAwait(false);
        }
        else
        {
            await ContentReply.SendAsync(request.Context, file.Content, file.Path, file.ETag).ConfigureAwait(false);
        }
    }

    /// <summary>Answers a request of the storage listener. What matters is the signature alone; an Authorization header is not even read.</summary>
    public async Task SendStoredAsync(HttpContext context, string path, string query)
    {
        if (signer is null || !signer.IsValid(path, query))
        {
            await AccessDeniedAsync(context).ConfigureAwait(false);
            return;
        }

        HubRoute route = HubRoute.ParseStorage(path);
        HostedRepository? repository = route.Repository is { } id
            ? await options.Source.FindAsync(id, context.RequestAborted).ConfigureAwait(false)
            : null;
        HostedCommit? commit = repository is null
            ? null
            : await repository.ResolveAsync(route.Revision, context.RequestAborted).ConfigureAwait(false);
        if (commit?.Tree.Find(route.Path)?.File is { } file)
        {
            await ContentReply.SendAsync(context, file.Content, file.Path, file.StorageETag).ConfigureAwait(false);
        }
        else
        {
            // The file was there when the address was made.
            await AccessDeniedAsync(context).ConfigureAwait(false);
        }
    }

    private static HostedFile Find(HostedRepository repository, HostedCommit commit, string path)
    {
        if (commit.Tree.Find(path)?.File is { } file)
        {
            return file;
        }

        HubError error = repository.GetAbsence(commit, path) == FileAbsence.Missing
            ? HubError.EntryNotFound
            : HubError.NotCached($"The file '{path}' of {repository.Id}");
        throw new HubErrorException(error) { CommitId = commit.Id };
    }

    private static void SetLinked(IHeaderDictionary headers, HostedFile file)
    {
        headers["X-Linked-Etag"] = file.ETag;
        headers["X-Linked-Size"] = file.Content.Length.ToString(CultureInfo.InvariantCulture);
        headers.AcceptRanges = "bytes";
    }

    private Task RedirectToStorageAsync(HttpContext context, HostedRepository repository, HostedCommit commit, HostedFile file)
    {
        SetLinked(context.Response.Headers, file);
        if (ContentReply.Matches(context.Request.Headers.IfNoneMatch, file.ETag))
        {
            context.Response.Headers.ETag = file.ETag;
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        string location = addresses.StorageBase(context) + signer!.Sign(repository, commit, file);
        return Replies.RedirectAsync(context, StatusCodes.Status302Found, location);
    }

    private static Task AccessDeniedAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Replies.TextAsync(context, "The address is not signed, was changed, or has expired. Ask the Hub for the file again.");
    }
}
