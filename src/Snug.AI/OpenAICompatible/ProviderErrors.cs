using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Snug.AI;

/// <summary>Makes exceptions of what goes wrong with a server, with advice that fits it. Decided by codes and status, never by wording.</summary>
internal sealed class ProviderErrors(OpenAICompatibleOptions options, TimeProvider time)
{
    private const int MaxMessageLength = 500;
    private const int MaxCodeLength = 64;

    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromDays(30);

    private readonly string _name = options.Server.Name;

    public ChatProviderException NoAddress() => Configuration(
        $"The provider '{_name}' has no address.", "Set OPENAI_BASE_URL, or the base address in the options, to something like http://localhost:8000/v1.");

    public ChatProviderException BadAddress() => Configuration(
        $"The address of the provider '{_name}' is not an http or https address without user name and fragment.",
        "Set it to something like http://localhost:8000/v1, and give the key by its own variable or option.");

    public ChatProviderException NoModel() => Configuration(
        $"No model is named for the provider '{_name}'.", "Set LLM_MODEL, or the model in the options or of the request.");

    public ChatProviderException NoRepository(string model) => Configuration(
        $"The provider '{_name}' needs the name of a repository, which {Model(model)} is not.", "Name it as the Hub does, such as sentence-transformers/all-MiniLM-L6-v2.");

    /// <summary>A model without pooling answers with a vector of each token.</summary>
    public ChatProviderException TokenVectors(string model) =>
        new(ChatProviderErrorKind.InvalidRequest, $"'{_name}' answers with a vector of each token of a text, and none of the text: {Model(model)} is no model for embeddings of texts.")
        {
            Provider = _name,
            Model = model,
            Advice = ["Take a model made for it; on the Hub it has the tag sentence-transformers, such as sentence-transformers/all-MiniLM-L6-v2."],
        };

    public ChatProviderException NoKey() => new(ChatProviderErrorKind.Authentication, $"The provider '{_name}' needs a key, and there is none.")
    {
        Provider = _name,
        Advice = KeyAdvice(),
    };

    public ChatProviderException FromResponse(HttpResponseMessage response, string body, Uri address, string? model)
    {
        int status = (int)response.StatusCode;
        ServerError error = ReadError(body);
        if (status is >= 300 and < 400)
        {
            return Redirected(response, address, status);
        }

        ChatProviderErrorKind kind = Classify(status, error);
        TimeSpan? retryAfter = RetryAfter(response) ?? (kind == ChatProviderErrorKind.Unavailable ? error.EstimatedTime : null);
        string text = Clean(error.Message);
        string name = string.Create(CultureInfo.InvariantCulture, $"{status} {Reason(response.StatusCode)}");
        return new ChatProviderException(kind, $"{Describe(kind, model)} ({name}{(text.Length > 0 ? ": " + text.TrimEnd('.') : "")}).")
        {
            Provider = _name,
            Model = model,
            StatusCode = status,
            ServerCode = error.Name,
            RequestId = Header(response, "x-request-id"),
            RetryAfter = retryAfter,
            Advice = Advice(kind, retryAfter, address),
        };
    }

    /// <summary>An error that a server sends where an answer should be, in a stream or with a good status.</summary>
    public ChatProviderException FromAnswer(JsonElement error, string? model)
    {
        ServerError read = ReadError(error);
        int? status = int.TryParse(read.Code, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 400 and < 600 ? number : null;
        ChatProviderErrorKind kind = Classify(status ?? 500, read);
        string text = Clean(read.Message);
        return new ChatProviderException(kind, $"{Describe(kind, model)}{(text.Length > 0 ? ": " + text.TrimEnd('.') : "")}.")
        {
            Provider = _name,
            Model = model,
            StatusCode = status,
            ServerCode = read.Name,
            Advice = Advice(kind, null, null),
        };
    }

    public ChatProviderException Network(HttpRequestException inner, Uri address)
    {
        string reason = inner.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => $"the name '{address.Host}' cannot be resolved",
            HttpRequestError.ConnectionError => $"nothing answers at {address.Host}:{address.Port}",
            HttpRequestError.SecureConnectionError => $"there is no secure connection to {address.Host}; its certificate may not be trusted",
            HttpRequestError.ProxyTunnelError => "the proxy refused the connection",
            _ => $"the connection to {address.Host}:{address.Port} broke before an answer began",
        };
        return new ChatProviderException(ChatProviderErrorKind.Network, $"The provider '{_name}' cannot be reached: {reason}.", inner)
        {
            Provider = _name,
            Advice =
            [
                $"Check that the server runs and listens at {Shown(address)}.",
                "Check the address (OPENAI_BASE_URL), and HTTPS_PROXY and NO_PROXY if you are behind a proxy.",
            ],
        };
    }

    public ChatProviderException TimedOut(ChatProviderTimeout which, TimeSpan? limit, Exception inner)
    {
        (string what, string advice) = which switch
        {
            ChatProviderTimeout.Connect => ("establishing a connection", "Check the address, and that no firewall swallows the connection."),
            ChatProviderTimeout.Headers => ("waiting for the answer to begin", "Stream the answer, shorten the prompt, or raise HeaderTimeout."),
            ChatProviderTimeout.Idle => ("waiting for more of the answer", "Check the server's log, or raise IdleTimeout."),
            _ => ("the request as a whole (HttpClient.Timeout)", "Set the Timeout of your HttpClient to Timeout.InfiniteTimeSpan; the limits of the options apply instead."),
        };
        return new ChatProviderException(
            ChatProviderErrorKind.Timeout,
            string.Create(CultureInfo.InvariantCulture, $"The {which.ToString().ToLowerInvariant()} timeout{(limit is { } given ? $" of {given.TotalSeconds:0.###} s" : "")} ran out at '{_name}' while {what}."),
            inner as TimeoutException ?? new TimeoutException(inner.Message, inner))
        {
            Provider = _name,
            Timeout = which,
            Advice = [advice],
        };
    }

    public ChatProviderException Interrupted(string what, Exception? inner = null) =>
        new(ChatProviderErrorKind.Interrupted, $"The answer of '{_name}' ended before it was whole: {what}.", inner)
        {
            Provider = _name,
            Advice = ["What arrived was delivered; ask again for a whole answer.", "If it happens often, a proxy on the way may limit how long an answer takes."],
        };

    public ChatProviderException Protocol(string what, Exception? inner = null) =>
        new(ChatProviderErrorKind.Protocol, $"The answer of '{_name}' is not one of the chat-completions protocol: {what}.", inner)
        {
            Provider = _name,
            Advice = ["Check that the address is that of the API and ends with its version, such as /v1.", "A proxy or a login page on the way may answer in the server's place."],
        };

    /// <summary>Whether an object is an error rather than an answer, in one of the forms that servers have for it.</summary>
    public static bool IsError(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object
        && ((root.TryGetProperty("error", out JsonElement error) && error.ValueKind is not (JsonValueKind.Null or JsonValueKind.False)
                && !(error.ValueKind == JsonValueKind.String && error.GetString()!.Length == 0))
            || (Json.String(root, "object") == "error")
            || (!root.TryGetProperty("choices", out _) && !root.TryGetProperty("data", out _) && root.TryGetProperty("detail", out _)));

    private static ChatProviderErrorKind Classify(int status, ServerError error) => (status, error.Name) switch
    {
        (_, "context_length_exceeded" or "exceed_context_size_error") => ChatProviderErrorKind.ContextLengthExceeded,
        (_, "insufficient_quota") => ChatProviderErrorKind.QuotaExceeded,
        (_, "rate_limit_exceeded") => ChatProviderErrorKind.RateLimited,
        (_, "invalid_api_key") => ChatProviderErrorKind.Authentication,
        (_, "model_not_found") => ChatProviderErrorKind.NotFound,
        (_, "overloaded" or "overloaded_error") => ChatProviderErrorKind.Unavailable,
        (401, _) => ChatProviderErrorKind.Authentication,
        (402, _) => ChatProviderErrorKind.QuotaExceeded,
        (403, _) => ChatProviderErrorKind.Forbidden,
        (404 or 405 or 410, _) => ChatProviderErrorKind.NotFound,
        (408 or 504, _) => ChatProviderErrorKind.ServerError,
        (429, _) => ChatProviderErrorKind.RateLimited,
        (503 or 529, _) => ChatProviderErrorKind.Unavailable,
        ( >= 500, _) => ChatProviderErrorKind.ServerError,
        _ => ChatProviderErrorKind.InvalidRequest,
    };

    private string Describe(ChatProviderErrorKind kind, string? model) => kind switch
    {
        ChatProviderErrorKind.Authentication => options.Key is null ? $"'{_name}' wants a key" : $"'{_name}' does not accept the key",
        ChatProviderErrorKind.Forbidden => $"'{_name}' does not allow this key to use {Model(model)}",
        ChatProviderErrorKind.QuotaExceeded => $"The credit at '{_name}' is used up",
        ChatProviderErrorKind.NotFound => $"'{_name}' has no {Model(model)}, or nothing at this address",
        ChatProviderErrorKind.RateLimited => $"The rate limit of '{_name}' is reached",
        ChatProviderErrorKind.ContextLengthExceeded => $"The conversation is too long for {Model(model)} of '{_name}'",
        ChatProviderErrorKind.Unavailable => $"'{_name}' cannot answer now: it is overloaded, or still loading {Model(model)}",
        ChatProviderErrorKind.ServerError => $"'{_name}' failed",
        _ => $"'{_name}' refused the request",
    };

    private static string Model(string? model) => model is null ? "the model" : $"model '{Cut(Printable(model), 120)}'";

    private string[] Advice(ChatProviderErrorKind kind, TimeSpan? retryAfter, Uri? address) => kind switch
    {
        ChatProviderErrorKind.Authentication => KeyAdvice(),
        ChatProviderErrorKind.Forbidden =>
        [
            $"Check what the key in {options.Server.KeyVariable} may do{PageSuffix}.",
            "If the model is gated, accept its terms on its page with the account of the key.",
        ],
        ChatProviderErrorKind.QuotaExceeded => [$"Add credit to the account of the key{PageSuffix}, or use another key or provider."],
        ChatProviderErrorKind.NotFound =>
        [
            "Check the name of the model; the server lists its models at /models.",
            $"Check the address{(address is null ? "" : $" {Shown(address)}")}: it ends with the version, such as /v1, before the path.",
        ],
        ChatProviderErrorKind.RateLimited => RateLimit(retryAfter),
        ChatProviderErrorKind.ContextLengthExceeded => ["Shorten the conversation, or lower the most tokens of the answer.", "Or use a model with a longer context."],
        ChatProviderErrorKind.Unavailable => [$"Try again {When(retryAfter)}.", "If the server has just been started, wait until its model is loaded."],
        ChatProviderErrorKind.ServerError => [$"Try again {When(retryAfter)}.", "See the server's log or status page."],
        _ => ["Compare the options of the request with what this server and model support; the message says what it minds."],
    };

    private string[] RateLimit(TimeSpan? retryAfter) => options.Key is null
        ? [$"A token raises the limit: set {options.Server.KeyVariable}{PageSuffix}.", $"Or try again {When(retryAfter)}."]
        : [$"Try again {When(retryAfter)}.", "Spread requests over time, or send fewer tokens in each."];

    private string[] KeyAdvice() =>
    [
        $"Get a key{PageSuffix}.",
        $"Set {options.Server.KeyVariable} to it, or give it in the options.",
        "Start the program again, so that it reads the variable anew.",
    ];

    private string PageSuffix => options.Server.KeyPage is { } page ? $" ({page.AbsoluteUri})" : "";

    private ChatProviderException Redirected(HttpResponseMessage response, Uri address, int status)
    {
        Uri? target = response.Headers.Location is { } location ? new Uri(address, location) : null;
        return new ChatProviderException(
            ChatProviderErrorKind.InvalidRequest,
            string.Create(CultureInfo.InvariantCulture, $"'{_name}' redirects to {(target is null ? "nowhere" : Shown(target))} ({status}); the key and the conversation are not sent there."))
        {
            Provider = _name,
            StatusCode = status,
            Advice = ["If you trust that address, set it as base address (OPENAI_BASE_URL), without the path behind its version."],
        };
    }

    private ChatProviderException Configuration(string message, string advice) =>
        new(ChatProviderErrorKind.Configuration, message) { Provider = _name, Advice = [advice] };

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        TimeSpan? delay = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => null,
        };
        if (double.TryParse(Header(response, "retry-after-ms"), NumberStyles.Float, CultureInfo.InvariantCulture, out double milliseconds) && milliseconds is >= 0 and < 1e10)
        {
            delay = TimeSpan.FromMilliseconds(milliseconds);
        }

        // What is not whole seconds is no valid header, but some servers send it.
        else if (delay is null && double.TryParse(Header(response, "Retry-After"), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and < 1e7)
        {
            delay = TimeSpan.FromSeconds(seconds);
        }

        return delay is { } value ? value < TimeSpan.Zero ? TimeSpan.Zero : value > LongestRetryAfter ? LongestRetryAfter : value : null;
    }

    private static string When(TimeSpan? delay) =>
        delay is { } value ? string.Create(CultureInfo.InvariantCulture, $"in {Math.Ceiling(value.TotalSeconds):0} s") : "in a while, and wait longer after each failure";

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.ToString() : null;

    private static ServerError ReadError(string body)
    {
        string text = body.Trim();
        if (text.StartsWith('{') || text.StartsWith('['))
        {
            try
            {
                JsonElement root = Json.Parse(text);
                return ReadError(root) with { EstimatedTime = EstimatedTime(root) };
            }
            catch (JsonException)
            {
                // HTML and cut bodies are common in 5xx answers.
            }
        }

        // A page for people says nothing here.
        return new ServerError(text.StartsWith('<') ? "" : text, null, null);
    }

    private static ServerError ReadError(JsonElement root)
    {
        JsonElement error = root;
        string? outerType = null;
        if (root.ValueKind == JsonValueKind.Object)
        {
            outerType = Json.Text(root, "error_type");
            error = root.TryGetProperty("error", out JsonElement inner) && inner.ValueKind != JsonValueKind.Null ? inner
                : root.TryGetProperty("detail", out JsonElement detail) ? detail : root;
        }

        if (error.ValueKind == JsonValueKind.Array)
        {
            error = error.GetArrayLength() > 0 ? error[0] : default;
        }

        return error.ValueKind switch
        {
            JsonValueKind.String => new ServerError(error.GetString()!, null, Code(outerType)),
            JsonValueKind.Object => new ServerError(
                Json.Text(error, "message") ?? Json.Text(error, "msg") ?? Json.Text(error, "error") ?? "",
                Code(Json.Text(error, "code")),
                Code(Json.Text(error, "type") ?? outerType)),
            _ => new ServerError("", null, Code(outerType)),
        };
    }

    private static TimeSpan? EstimatedTime(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("estimated_time", out JsonElement time)
        && time.ValueKind == JsonValueKind.Number && time.GetDouble() is >= 0 and < 1e7 and double seconds
            ? TimeSpan.FromSeconds(Math.Min(seconds, LongestRetryAfter.TotalSeconds))
            : null;

    private static string? Code(string? text) => text is { Length: > 0 } ? Cut(Printable(text), MaxCodeLength) : null;

    /// <summary>What a server says of an error.</summary>
    private readonly record struct ServerError(string Message, string? Code, string? Type)
    {
        /// <summary>How long the server thinks that it will still be loading the model.</summary>
        public TimeSpan? EstimatedTime { get; init; }

        /// <summary>The name of the error: its code, where that does not only repeat the status, else its type.</summary>
        public string? Name => Code is { } code && !code.All(char.IsAsciiDigit) ? code : Type ?? Code;
    }

    private string Clean(string text)
    {
        string secretFree = options.Key?.RemoveFrom(text) ?? text;
        return Cut(Printable(secretFree).Trim(), MaxMessageLength);
    }

    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..(length - 3)] + "...";

    private static string Shown(Uri address) => address.GetLeftPart(UriPartial.Path);

    private static string Reason(HttpStatusCode status) => status switch
    {
        HttpStatusCode.TooManyRequests => "Too Many Requests",
        HttpStatusCode.NotFound => "Not Found",
        HttpStatusCode.BadRequest => "Bad Request",
        HttpStatusCode.InternalServerError => "Internal Server Error",
        HttpStatusCode.BadGateway => "Bad Gateway",
        HttpStatusCode.ServiceUnavailable => "Service Unavailable",
        HttpStatusCode.GatewayTimeout => "Gateway Timeout",
        HttpStatusCode.UnprocessableEntity => "Unprocessable Content",
        HttpStatusCode.PaymentRequired => "Payment Required",
        _ => Enum.IsDefined(status) ? status.ToString() : "",
    };
}
