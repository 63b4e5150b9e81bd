using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Snug.Hub;

/// <summary>The Hub's read API: repository info, listings, references and file metadata.</summary>
internal sealed class RepositoryApi(HubHttp http)
{
    /// <summary>The most bytes of JSON that one answer may have.</summary>
    private const int MaxAnswerLength = 256 * 1024 * 1024;

    /// <summary>The most files that a listing may have.</summary>
    private const int MaxFiles = 5_000_000;

    /// <summary>How many paths one <c>paths-info</c> request names.</summary>
    private const int PathsPerRequest = 500;

    public async Task<RepositoryInfo> GetInfoAsync(
        HubSettings settings, RepositoryId id, string? revision, CancellationToken cancellationToken, bool retry = true)
    {
        RequestContext context = new("reading", id, revision);
        RepositoryInfo? info = await GetAsync(
            settings, HubUrls.Info(settings.Endpoint, id, revision), context, answer => RepositoryInfoJson.Read(answer, id), cancellationToken, retry)
            .ConfigureAwait(false);
        return info ?? throw HubErrors.Protocol(context, "the repository's info names no commit");
    }

    public async Task<HubIdentity> WhoAmIAsync(HubSettings settings, CancellationToken cancellationToken)
    {
        RequestContext context = new("checking the token with");
        if (settings.Token is null)
        {
            throw HubErrors.NoToken(settings);
        }

        HubIdentity? identity = await GetAsync(settings, HubUrls.WhoAmI(settings.Endpoint), context, WhoAmIJson.Read, cancellationToken)
            .ConfigureAwait(false);
        return identity ?? throw HubErrors.Protocol(context, "it names no account");
    }

    /// <summary>Information together with the list of files, in one request.</summary>
    public async Task<(RepositoryInfo Info, IReadOnlyList<Sibling> Files)> GetInfoWithFilesAsync(
        HubSettings settings, RepositoryId id, string revision, bool sizes, CancellationToken cancellationToken)
    {
        RequestContext context = new("checking access to", id, revision);
        (RepositoryInfo? info, List<Sibling> files) = await GetAsync(
            settings, HubUrls.InfoWithFiles(settings.Endpoint, id, revision, sizes), context,
            answer => (RepositoryInfoJson.Read(answer, id), RepositoryInfoJson.ReadFiles(answer)), cancellationToken)
            .ConfigureAwait(false);
        return info is not null
            ? (info, files)
            : throw HubErrors.Protocol(context, "the repository's info names no commit");
    }

    /// <summary>Asks whether the caller may have the content: the listing of a gated repository is public and proves nothing.</summary>
    /// <exception cref="HubException">The caller may not, or the Hub could not be asked.</exception>
    public async Task CheckContentAsync(HubSettings settings, RepositoryId id, string revision, CancellationToken cancellationToken)
    {
        using HubResponse response = await http.SendAsync(
            new HubRequest
            {
                Method = HttpMethod.Get,
                Uri = HubUrls.AuthCheck(settings.Endpoint, id),
                Context = new RequestContext("checking access to", id, revision),
                Settings = settings,
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async IAsyncEnumerable<RepositoryFile> ListAsync(
        HubSettings settings, RepositoryId id, string revision, string? folder, bool recursive,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RequestContext context = new("listing", id, revision, folder);
        Uri? page = HubUrls.Tree(settings.Endpoint, id, revision, folder, recursive, expand: false);
        int count = 0;
        while (page is not null)
        {
            Uri current = page;
            (List<RepositoryFile> files, page) = await http.SendAsync(
                new HubRequest { Method = HttpMethod.Get, Uri = current, Context = context, Settings = settings },
                async response => (
                    await ReadJsonAsync(response, settings, context, TreeJson.Read, cancellationToken).ConfigureAwait(false),
                    NextPage(response, settings, context, current)),
                cancellationToken).ConfigureAwait(false);
            foreach (RepositoryFile file in files)
            {
                if (++count > MaxFiles)
                {
                    throw HubErrors.Protocol(context, $"the listing has more than {MaxFiles} files");
                }

                yield return file;
            }
        }
    }

    public async Task<IReadOnlyList<RepositoryFile>> GetPathsInfoAsync(
        HubSettings settings, RepositoryId id, string revision, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        RequestContext context = new("looking up files in", id, revision);
        List<RepositoryFile> files = [];
        foreach (string[] chunk in paths.Chunk(PathsPerRequest))
        {
            byte[] body = TreeJson.WritePathsInfoRequest(chunk);
            files.AddRange(await http.SendAsync(
                new HubRequest
                {
                    Method = HttpMethod.Post,
                    Uri = HubUrls.PathsInfo(settings.Endpoint, id, revision),
                    Context = context,
                    Settings = settings,
                    Content = () => new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
                },
                response => ReadJsonAsync(response, settings, context, TreeJson.Read, cancellationToken),
                cancellationToken).ConfigureAwait(false));
        }

        return files;
    }

    public async Task<RepositoryRefs> GetRefsAsync(HubSettings settings, RepositoryId id, CancellationToken cancellationToken)
    {
        RequestContext context = new("reading the branches and tags of", id);
        return await GetAsync(settings, HubUrls.Refs(settings.Endpoint, id), context, RefsJson.Read, cancellationToken).ConfigureAwait(false);
    }

    public async Task<FileMetadata> GetFileMetadataAsync(
        HubSettings settings, RepositoryId id, string path, string revision, CancellationToken cancellationToken, bool retry = true)
    {
        RequestContext context = new("looking up", id, revision, path);
        using HubResponse response = await http.SendAsync(
            new HubRequest
            {
                Method = HttpMethod.Head,
                Retry = retry,
                Uri = HubUrls.Resolve(settings.Endpoint, id, revision, path),
                Context = context,
                Settings = settings,
                Redirects = RedirectPolicy.StopAtOtherOrigin,
            },
            cancellationToken).ConfigureAwait(false);
        string? commit = response.Commit ?? (Revisions.IsCommit(revision) ? revision : null);
        string? etag = response.Etag;
        long? size = response.Size;
        Uri location = response.Message.Headers.Location is { } target ? new Uri(response.Uri, target) : response.Uri;
        if (commit is null)
        {
            // Some mirrors drop the header; the info answer has the same fact.
            commit = (await GetInfoAsync(settings, id, revision, cancellationToken).ConfigureAwait(false)).Commit;
        }

        if (etag is null || size is null)
        {
            // Proxies that compress or re-chunk drop etag and length; the listing has both.
            IReadOnlyList<RepositoryFile> listed =
                await GetPathsInfoAsync(settings, id, commit, [path], cancellationToken).ConfigureAwait(false);
            RepositoryFile file = listed.FirstOrDefault(f => f.Path == path)
                ?? throw HubErrors.Protocol(context, "neither the answer nor the listing tells the file's etag and size");
            (etag, size) = (file.Etag, file.Size);
        }

        return new FileMetadata(commit, etag, size.Value, location, response.XetHash);
    }

    private Task<T> GetAsync<T>(
        HubSettings settings, Uri uri, RequestContext context, Func<JsonElement, T> read, CancellationToken cancellationToken, bool retry = true) =>
        http.SendAsync(
            new HubRequest { Method = HttpMethod.Get, Uri = uri, Context = context, Settings = settings, Retry = retry },
            response => ReadJsonAsync(response, settings, context, read, cancellationToken),
            cancellationToken);

    private async Task<T> ReadJsonAsync<T>(
        HubResponse response, HubSettings settings, RequestContext context, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        try
        {
            Stream body = await response.Message.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            using BoundedStream bounded = new(body, MaxAnswerLength, settings.IdleTimeout, http.Usage.For(settings));
            using JsonDocument answer = await JsonDocument.ParseAsync(bounded, HubJson.Options, cancellationToken).ConfigureAwait(false);
            return read(answer.RootElement);
        }
        catch (JsonException e)
        {
            throw new HubException(HubErrorKind.InvalidRequest, $"The server's answer while {context.Action} {context.Subject} is not the JSON it should be.", e)
            {
                Repository = context.Repository,
                Revision = context.Revision,
                File = context.File,
                StatusCode = (int)response.Message.StatusCode,
                Advice = ["Check that HF_ENDPOINT names a Hub or a mirror of it.", "A login page of a proxy or hotel network may have answered instead."],
            };
        }
        catch (TimeoutException e)
        {
            throw HubErrors.Timeout(context, "idle", settings.IdleTimeout, e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw HubErrors.Network(context, response.Uri, e);
        }
    }

    /// <summary>The address of the next page. It must lead back to the endpoint: the token travels with it.</summary>
    private static Uri? NextPage(HubResponse response, HubSettings settings, RequestContext context, Uri current)
    {
        if (HubResponse.Header(response.Message, "Link") is not { } link)
        {
            return null;
        }

        foreach (string part in link.Split(','))
        {
            int open = part.IndexOf('<', StringComparison.Ordinal);
            int close = part.IndexOf('>', StringComparison.Ordinal);
            if (open < 0 || close < open || !part[close..].Contains("rel=\"next\"", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (!Uri.TryCreate(current, part[(open + 1)..close], out Uri? next) || !HubUrls.SameOrigin(next, settings.Endpoint) || next == current)
            {
                throw HubErrors.Protocol(context, "the listing continues at another host");
            }

            return next;
        }

        return null;
    }
}
