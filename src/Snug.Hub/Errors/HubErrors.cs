using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Snug.Hub;

/// <summary>
/// Makes exceptions: decided by <c>X-Error-Code</c>, then by status, then by what was asked for, with advice that names the
/// repository's own page.
/// </summary>
internal static class HubErrors
{
    private const int MaxBodyLength = 8 * 1024;
    private const string TokensPage = "https://huggingface.co/settings/tokens";

    /// <summary>Reads the beginning of an error body; a body that cannot be read is no news beside the error itself.</summary>
    public static async Task<string> ReadBodyAsync(HttpResponseMessage message, TimeSpan limit, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        try
        {
            using Stream stream = await message.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            byte[] buffer = new byte[MaxBodyLength];
            int length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, deadline.Token).ConfigureAwait(false);
            return System.Text.Encoding.UTF8.GetString(buffer, 0, length);
        }
        catch (Exception e) when (e is IOException or HttpRequestException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return "";
        }
    }

    public static HubException FromResponse(HubResponse response, string body, HubRequest request, DateTimeOffset now)
    {
        HttpResponseMessage message = response.Message;
        int status = (int)message.StatusCode;
        string? code = HubResponse.Header(message, "X-Error-Code");
        string text = Clean(HubResponse.Header(message, "X-Error-Message") ?? FindMessage(body));
        RequestContext context = request.Context;
        bool hasToken = request.Settings.Token is not null && response.FromEndpoint;
        HubErrorKind kind = Classify(status, code, text, context, response.FromEndpoint, hasToken);
        AccessState? access = AccessStates.From(kind, text, hasToken);
        TimeSpan? retryAfter = RetryPolicy.RequestedDelay(message, now);
        string statusText = string.Create(CultureInfo.InvariantCulture, $"{status} {ReasonOf(message.StatusCode)}");
        return new HubException(kind, $"{AccessStates.Describe(access, context) ?? Describe(kind, context)} ({statusText}{(text.Length > 0 ? ": " + text : "")}).")
        {
            Access = access,
            Repository = context.Repository,
            Revision = context.Revision,
            File = context.File,
            StatusCode = status,
            Commit = response.Commit,
            RequestId = HubResponse.Header(message, "X-Request-Id"),
            RetryAfter = kind is HubErrorKind.RateLimited or HubErrorKind.ServerError ? retryAfter : null,
            Advice = HubAdvice.For(kind, access, context, request.Settings, hasToken, retryAfter),
        };
    }

    public static HubException Offline(RequestContext context) => new(
        HubErrorKind.Offline, $"Offline mode is on, so {context.Subject} cannot be requested.")
    {
        Repository = context.Repository,
        Revision = context.Revision,
        File = context.File,
        Advice = ["Unset HF_HUB_OFFLINE (or drop --offline) and try again with a connection.", "Run 'snug cache list' to see what is cached."],
    };

    public static HubException NoToken(HubSettings settings) => new(HubErrorKind.TokenRequired, "There is no token: you are not logged in.")
    {
        Advice = [$"Get a token with read permission at {TokensPageOf(settings.Endpoint)}.", "Run 'snug login' and paste it, or set HF_TOKEN to it."],
    };

    public static HubException Timeout(RequestContext context, string name, TimeSpan limit, Exception? inner = null) => new(
        HubErrorKind.Timeout,
        string.Create(CultureInfo.InvariantCulture, $"The {name} timeout of {limit.TotalSeconds:0.###} s ran out while {context.Action} {context.Subject}."),
        inner)
    {
        Repository = context.Repository,
        Revision = context.Revision,
        File = context.File,
        Advice = HubAdvice.ForNetwork(),
    };

    public static HubException Network(RequestContext context, Uri uri, Exception inner)
    {
        string reason = inner is HttpRequestException http
            ? http.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => $"the name '{uri.Host}' cannot be resolved",
                HttpRequestError.ConnectionError => $"connection refused or unreachable at {uri.Host}:{uri.Port}",
                HttpRequestError.SecureConnectionError => $"no secure connection to {uri.Host}: its certificate is not trusted",
                HttpRequestError.ProxyTunnelError => "the proxy refused the connection",
                _ => $"the connection to {uri.Host} broke",
            }
            : $"the connection to {uri.Host} broke";
        return new HubException(HubErrorKind.Network, $"Network error while {context.Action} {context.Subject}: {reason}.", inner)
        {
            Repository = context.Repository,
            Revision = context.Revision,
            File = context.File,
            Advice = HubAdvice.ForNetwork(),
        };
    }

    /// <summary>An answer that came, but is not one of a Hub. With its status it is told from a request that was never sent.</summary>
    public static HubException Protocol(RequestContext context, string what, int status = 200) => new(
        HubErrorKind.InvalidRequest, $"The server's answer breaks the protocol while {context.Action} {context.Subject}: {what}.")
    {
        Repository = context.Repository,
        Revision = context.Revision,
        File = context.File,
        StatusCode = status,
        Advice = ["Check that HF_ENDPOINT names a Hub or a mirror of it.", "A proxy between here and the Hub may rewrite answers; try without it."],
    };

    /// <summary>The request that the Hub would refuse is not sent; what there is to do about it is the same.</summary>
    public static HubException BudgetExhausted(RequestContext context, HubSettings settings, TimeSpan delay) => new(
        HubErrorKind.RateLimited, $"The Hub's rate limit is used up; {context.Subject} can be requested in {Seconds(delay)} s.")
    {
        Repository = context.Repository,
        Revision = context.Revision,
        File = context.File,
        RetryAfter = delay,
        Advice = HubAdvice.For(HubErrorKind.RateLimited, null, context, settings, settings.Token is not null, delay),
    };

    public static string Seconds(TimeSpan time) => Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private static HubErrorKind Classify(int status, string? code, string text, RequestContext context, bool fromEndpoint, bool hasToken)
    {
        switch (code)
        {
            case "RevisionNotFound":
                return HubErrorKind.RevisionNotFound;
            case "EntryNotFound":
                return HubErrorKind.EntryNotFound;
            case "GatedRepo":
                return HubErrorKind.Gated;
            case "RepoNotFound":
                return HubErrorKind.RepositoryNotFound;
            default:
                break;
        }

        if (!fromEndpoint)
        {
            // Storage answers (expired signature, missing object) say nothing about the repository; resolving anew may help.
            return status == 429 ? HubErrorKind.RateLimited : HubErrorKind.ServerError;
        }

        return status switch
        {
            401 when text.Contains("Invalid credentials", StringComparison.OrdinalIgnoreCase)
                || (text.Contains("Access Token", StringComparison.OrdinalIgnoreCase) && text.Contains("expired", StringComparison.OrdinalIgnoreCase))
                || (hasToken && (context.Repository is null || text.Contains("Invalid username or password", StringComparison.OrdinalIgnoreCase))) =>
                HubErrorKind.InvalidToken,
            401 => context.Repository is null ? HubErrorKind.TokenRequired : HubErrorKind.RepositoryNotFound,
            403 when text.Contains("Access to this resource is disabled", StringComparison.OrdinalIgnoreCase) => HubErrorKind.RepositoryDisabled,
            403 => HubErrorKind.Forbidden,
            404 => context.File is not null ? HubErrorKind.EntryNotFound
                : context.Repository is not null ? HubErrorKind.RepositoryNotFound : HubErrorKind.InvalidRequest,
            429 => HubErrorKind.RateLimited,
            408 => HubErrorKind.Timeout,
            >= 500 and not 501 => HubErrorKind.ServerError,
            _ => HubErrorKind.InvalidRequest,
        };
    }

    private static string Describe(HubErrorKind kind, RequestContext context)
    {
        string repository = context.Repository?.ToString() ?? "the Hub";
        return kind switch
        {
            HubErrorKind.TokenRequired => $"A token is needed for {context.Subject}",
            HubErrorKind.EntryNotFound => $"{repository} has no file '{context.File}' at revision '{context.Revision}'",
            HubErrorKind.RateLimited => $"The rate limit was reached while {context.Action} {context.Subject}",
            HubErrorKind.ServerError => $"The server failed while {context.Action} {context.Subject}",
            HubErrorKind.Timeout => $"The server gave up waiting while {context.Action} {context.Subject}",
            _ => $"The server refused {context.Action} {context.Subject}",
        };
    }

    private static string ReasonOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.TooManyRequests => "Too Many Requests",
        HttpStatusCode.NotFound => "Not Found",
        HttpStatusCode.InternalServerError => "Internal Server Error",
        HttpStatusCode.BadGateway => "Bad Gateway",
        HttpStatusCode.ServiceUnavailable => "Service Unavailable",
        HttpStatusCode.GatewayTimeout => "Gateway Timeout",
        HttpStatusCode.BadRequest => "Bad Request",
        HttpStatusCode.RequestTimeout => "Request Timeout",
        HttpStatusCode.NotImplemented => "Not Implemented",
        _ => status.ToString(),
    };

    private static string FindMessage(string body)
    {
        if (!body.StartsWith('{'))
        {
            return "";
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            JsonElement root = document.RootElement;
            if (root.TryGetProperty("error", out JsonElement error) && error.ValueKind == JsonValueKind.String)
            {
                return error.GetString() ?? "";
            }

            return root.TryGetProperty("errors", out JsonElement errors) && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0
                && errors[0].ValueKind == JsonValueKind.Object
                && errors[0].TryGetProperty("message", out JsonElement first) && first.ValueKind == JsonValueKind.String
                ? first.GetString() ?? ""
                : "";
        }
        catch (JsonException)
        {
            // HTML and cut bodies are common in 5xx answers.
            return "";
        }
    }

    private static string Clean(string text)
    {
        string line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim().TrimEnd('.');
        return line.Length <= 300 ? line : line[..297] + "...";
    }

    internal static string TokensPageOf(Uri endpoint) =>
        endpoint.Host == "huggingface.co" ? TokensPage : endpoint.AbsoluteUri.TrimEnd('/') + "/settings/tokens";
}
