using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Snug.Server;

/// <summary>Handles the requests of both listeners: finds out what is asked, by whom, and whether they may.</summary>
internal sealed partial class HubMirror
{
    private const string ExposedHeaders =
        "X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,Accept-Ranges,Content-Range,Content-Length,"
        + "Content-Disposition,X-Linked-Size,X-Linked-ETag,RateLimit,RateLimit-Policy,Retry-After";

    private readonly HubServerOptions _options;
    private readonly MirrorAddresses _addresses;
    private readonly ResolveHandler _resolve;
    private readonly TreeHandler _tree;
    private readonly InfoHandler _info;
    private readonly RateLimiter _apiLimit;
    private readonly RateLimiter _resolveLimit;
    private readonly ILogger _logger;

    public HubMirror(HubServerOptions options, MirrorAddresses addresses)
    {
        _options = options;
        _addresses = addresses;
        StorageSigner? signer = options.StorageUrl is null ? null : new StorageSigner(options.StorageUrlLifetime, options.TimeProvider);
        _resolve = new ResolveHandler(options, addresses, signer);
        _tree = new TreeHandler(addresses);
        _info = new InfoHandler(options, addresses);

        // Shown without a quota: what the Hub allows people who pay nothing.
        _apiLimit = new RateLimiter("api", options.ApiQuota, 1000, options.TimeProvider);
        _resolveLimit = new RateLimiter("resolvers", options.ResolveQuota, 5000, options.TimeProvider);
        _logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger<HubMirror>();
    }

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            SetCommonHeaders(context);
            await _addresses.Known.ConfigureAwait(false);
            await HandleAsync(context).ConfigureAwait(false);
        }
        catch (HubErrorException refusal)
        {
            await Replies.ErrorAsync(context, refusal.Error, refusal.CommitId).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away; there is nobody to tell.
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            await Replies.ErrorAsync(context, new HubError(exception.StatusCode, null, exception.Message), null).ConfigureAwait(false);
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            LogFailure(_logger, context.Request.Method, context.Request.Path, exception);
            context.Response.Headers.ContentRange = default;
            await Replies.ErrorAsync(context, HubError.Internal, null).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Part of the answer is out: cutting the connection is the only way left to say that it is not whole.
            LogFailure(_logger, context.Request.Method, context.Request.Path, exception);
            context.Abort();
        }

        if (_logger.IsEnabled(LogLevel.Debug))
        {
            LogRequest(_logger, context.Request.Method, context.Request.Path, context.Response.StatusCode);
        }
    }

    private static void SetCommonHeaders(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        string trace = context.Request.Headers["X-Amzn-Trace-Id"] is [{ } sent] && IsTraceId(sent) ? ";" + sent : string.Empty;
        headers["X-Request-Id"] = string.Concat("Root=1-", RandomHex(), trace);
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = ExposedHeaders;
    }

    private async Task HandleAsync(HttpContext context)
    {
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        string method = context.Request.Method;
        if (HttpMethods.IsOptions(method))
        {
            AnswerPreflight(context);
            return;
        }

        (string path, string query) = SplitTarget(target);
        if (context.Features.Get<StorageConnection>() is not null)
        {
            await (IsRead(method)
                ? _resolve.SendStoredAsync(context, path, query)
                : Replies.ErrorAsync(context, MethodNotAllowed(context, "GET, HEAD"), null)).ConfigureAwait(false);
            return;
        }

        string prefix = _options.PathPrefix;
        if (!path.StartsWith(prefix, StringComparison.Ordinal) || (path.Length > prefix.Length && path[prefix.Length] != '/'))
        {
            throw new HubErrorException(HubError.NotFound);
        }

        path = path[prefix.Length..];
        await DispatchAsync(context, HubRoute.Parse(path), path, query).ConfigureAwait(false);
    }

    private async Task DispatchAsync(HttpContext context, HubRoute route, string path, string query)
    {
        HubCaller? caller = Authenticate(context.Request, out HubError? tokenProblem);
        (route.Kind is RouteKind.Resolve or RouteKind.ResolveCache ? _resolveLimit : _apiLimit).Count(context, caller);
        if (route.Kind == RouteKind.NotFound)
        {
            throw new HubErrorException(HubError.NotFound);
        }

        if (route.Kind == RouteKind.NotImplemented)
        {
            throw new HubErrorException(HubError.NotImplemented($"{context.Request.Method} {path}"));
        }

        // Even what is public is refused with a wrong token: that its owner hears of it now is the point.
        if (tokenProblem is not null)
        {
            throw new HubErrorException(tokenProblem);
        }

        string method = context.Request.Method;
        bool allowed = route.Kind == RouteKind.PathsInfo ? HttpMethods.IsPost(method) : IsRead(method);
        if (!allowed)
        {
            throw new HubErrorException(route.Kind is RouteKind.Resolve or RouteKind.PathsInfo
                ? MethodNotAllowed(context, route.Kind == RouteKind.Resolve ? "GET, HEAD" : "POST")
                : HubError.NotImplemented($"{method} {path}"));
        }

        MirrorRequest request = new() { Context = context, Route = route, RawPath = path, Query = query, Caller = caller };
        Task answer = route.Kind switch
        {
            RouteKind.WhoAmI => InfoHandler.WhoAmIAsync(request),
            RouteKind.List => _info.ListAsync(request),
            _ => AnswerAboutRepositoryAsync(request),
        };
        await answer.ConfigureAwait(false);
    }

    private async Task AnswerAboutRepositoryAsync(MirrorRequest request)
    {
        HostedRepository? repository = request.Route.Repository is { } id
            ? await _options.Source.FindAsync(id, request.Aborted).ConfigureAwait(false)
            : null;
        if (repository is null && request.Route.Repository is not null && !_options.Source.IsComplete)
        {
            throw new HubErrorException(HubError.NotCached($"The repository {request.Route.Repository}"));
        }

        if (repository is null || !AccessPolicy.IsVisible(repository, request.Caller))
        {
            throw new HubErrorException(HubError.RepositoryNotFound(anonymous: request.Caller is null));
        }

        if (repository.Settings.IsDisabled)
        {
            throw new HubErrorException(HubError.Disabled);
        }

        if (repository.Id != request.Route.Repository)
        {
            string moved = string.Concat(
                request.RawPath.AsSpan(0, request.Route.Id.Start.Value), repository.Id.FullName, request.RawPath.AsSpan(request.Route.Id.End.Value));
            string location = _options.PathPrefix + moved + (request.Query.Length == 0 ? string.Empty : "?" + request.Query);
            await Replies.RedirectAsync(request.Context, StatusCodes.Status307TemporaryRedirect, location).ConfigureAwait(false);
            return;
        }

        Task answer = request.Route.Kind switch
        {
            RouteKind.Resolve or RouteKind.ResolveCache => _resolve.ResolveAsync(request, repository),
            RouteKind.Info => InfoHandler.InfoAsync(request, repository),
            RouteKind.Tree => _tree.TreeAsync(request, repository),
            RouteKind.PathsInfo => TreeHandler.PathsInfoAsync(request, repository),
            RouteKind.References => InfoHandler.ReferencesAsync(request, repository),
            RouteKind.Commits => _info.CommitsAsync(request, repository),
            _ => CheckAccessAsync(request, repository),
        };
        await answer.ConfigureAwait(false);
    }

    private Task CheckAccessAsync(MirrorRequest request, HostedRepository repository)
    {
        HubError? problem = AccessPolicy.FindContentProblem(repository, request.Caller, _addresses.PageOf(request.Context, repository));
        if (problem is null && request.Route.Kind == RouteKind.AuthCheckWrite)
        {
            problem = request.Caller switch
            {
                null => HubError.NotLoggedIn,
                { } caller when caller.IsMember(repository) && caller.TokenWrites(repository.Id) => null,
                _ => HubError.NoWriteAccess,
            };
        }

        return problem is null ? Replies.TextAsync(request.Context, "OK") : throw new HubErrorException(problem);
    }

    private HubCaller? Authenticate(HttpRequest request, out HubError? problem)
    {
        problem = null;
        string header = request.Headers.Authorization.ToString();
        HubAccounts accounts = _options.Source.Accounts;
        if (header.Length == 0 || !accounts.ChecksTokens)
        {
            return null;
        }

        const string Scheme = "Bearer ";
        HubCaller? caller = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? accounts.Find(header.AsSpan(Scheme.Length).Trim(' '))
            : null;
        if (caller is null)
        {
            problem = HubError.InvalidToken;
        }
        else if (caller.Token.ExpiresAt is { } expires && expires <= _options.TimeProvider.GetUtcNow())
        {
            problem = HubError.ExpiredToken(caller.Token.Name);
            caller = null;
        }

        return caller;
    }

    /// <summary>Path and query of a request target, which proxies may send with scheme and host.</summary>
    private static (string Path, string Query) SplitTarget(string target)
    {
        int scheme = target.StartsWith('/') ? -1 : target.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            int slash = target.IndexOf('/', scheme + 3);
            target = slash < 0 ? "/" : target[slash..];
        }

        int question = target.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? (target, string.Empty) : (target[..question], target[(question + 1)..]);
    }

    private static void AnswerPreflight(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        headers.Allow = "GET, HEAD, POST, OPTIONS";
        headers.AccessControlAllowMethods = "GET, HEAD, POST, OPTIONS";
        string asked = context.Request.Headers.AccessControlRequestHeaders.ToString();
        headers.AccessControlAllowHeaders = asked.Length is > 0 and < 1024
            ? asked
            : "Authorization, Content-Type, Range, If-None-Match, If-Range, User-Agent, X-Amzn-Trace-Id";
        headers.AccessControlMaxAge = "86400";
    }

    private static HubError MethodNotAllowed(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return new HubError(StatusCodes.Status405MethodNotAllowed, null, $"Use {allowed}.");
    }

    private static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    private static bool IsTraceId(string text) =>
        text.Length <= 128 && !text.AsSpan().ContainsAnyExcept(TraceCharacters);

    private static readonly System.Buffers.SearchValues<char> TraceCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=;");

    private static string RandomHex()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(bytes[..4])}-{Convert.ToHexStringLower(bytes[4..])}");
    }

    [LoggerMessage(1, LogLevel.Debug, "{Method} {Path} {Status}")]
    private static partial void LogRequest(ILogger logger, string method, PathString path, int status);

    [LoggerMessage(2, LogLevel.Error, "{Method} {Path} failed")]
    private static partial void LogFailure(ILogger logger, string method, PathString path, Exception exception);
}
