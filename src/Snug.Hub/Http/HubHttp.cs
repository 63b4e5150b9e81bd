using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Snug.Hub;

/// <summary>
/// Sends requests to the Hub: token only to the endpoint's origin, redirects followed by hand, named time-outs, retries with
/// jitter, request budget, and every failure turned into a <see cref="HubException"/>. The offline switch is enforced here,
/// below everything that could forget it.
/// </summary>
internal sealed partial class HubHttp(HttpClient http, HubClientOptions options, TimeProvider time, ILogger logger)
{
    private const int MaxRedirects = 8;

    private static readonly string Version =
        typeof(HubHttp).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    private readonly RateLimitBudget _apiBudget = new(time);
    private readonly RateLimitBudget _fileBudget = new(time);
    private readonly string _userAgent =
        $"{(options.UserAgent is { Length: > 0 } product ? product + "; " : "")}snug/{Version}; dotnet/{Environment.Version}";

    private long _quickestAnswer = TimeSpan.MaxValue.Ticks;

    /// <summary>What was asked of the Hub so far.</summary>
    public UsageMeter Usage { get; } = new();

    /// <summary>The shortest time in which the endpoint has answered; not much longer than a round trip.</summary>
    public TimeSpan QuickestAnswer => new(Interlocked.Read(ref _quickestAnswer));

    /// <summary>Sends a request; the caller disposes the answer, whose body has not been read.</summary>
    /// <exception cref="HubException">The request failed for good.</exception>
    public Task<HubResponse> SendAsync(HubRequest request, CancellationToken cancellationToken) =>
        RetryAsync(request, attempt => SendOnceAsync(attempt, cancellationToken), cancellationToken);

    /// <summary>Sends a request and reads its answer. A body that breaks off is a failure like others, and tried again like them.</summary>
    /// <param name="request">The request.</param>
    /// <param name="read">Reads the answer; its failures are <see cref="HubException"/>s.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="HubException">The request failed for good.</exception>
    public Task<T> SendAsync<T>(HubRequest request, Func<HubResponse, Task<T>> read, CancellationToken cancellationToken) => RetryAsync(
        request,
        async attempt =>
        {
            using HubResponse response = await SendOnceAsync(attempt, cancellationToken).ConfigureAwait(false);
            return await read(response).ConfigureAwait(false);
        },
        cancellationToken);

    private async Task<T> RetryAsync<T>(HubRequest request, Func<HubRequest, Task<T>> action, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        TimeSpan patience = request.Patience ?? request.Settings.StallTimeout;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await action(request with { Patience = patience - time.GetElapsedTime(start) }).ConfigureAwait(false);
            }
            catch (HubException e) when (request.Retry)
            {
                bool isFinal = e.Kind == HubErrorKind.Timeout && time.GetElapsedTime(start) >= patience;
                if (RetryPolicy.DelayAfter(e, attempt, options) is not { } delay || isFinal)
                {
                    throw;
                }

                LogRetry(logger, request.Context.Action, request.Context.Subject, e.Message, attempt + 1, delay);
                await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
                if (RetryPolicy.EndsSilence(e, options))
                {
                    start = time.GetTimestamp();
                }
            }
        }
    }

    /// <summary>Sends a request once, following redirects as far as its policy allows.</summary>
    private async Task<HubResponse> SendOnceAsync(HubRequest request, CancellationToken cancellationToken)
    {
        HubSettings settings = request.Settings;
        if (settings.Offline)
        {
            throw HubErrors.Offline(request.Context);
        }

        Uri uri = request.Uri;
        HubResponse? previous = null;
        for (int hop = 0; ; hop++)
        {
            bool fromEndpoint = HubUrls.SameOrigin(uri, settings.Endpoint);
            await AwaitBudgetAsync(uri, fromEndpoint, request, cancellationToken).ConfigureAwait(false);
            HttpResponseMessage message = await SendMessageAsync(request, uri, fromEndpoint, cancellationToken).ConfigureAwait(false);
            HubResponse response = new(message, uri, fromEndpoint);
            previous?.CopyMetadataTo(response);
            response.Collect(message, fromEndpoint);
            previous = response;
            if (fromEndpoint)
            {
                Budget(uri).Update(message);
                Usage.For(settings).Answered(message, time.GetUtcNow());
                request.Observe?.Invoke(message);
                LogWarningHeader(message);
            }

            if (!IsRedirect(message))
            {
                return message.IsSuccessStatusCode
                    ? response
                    : throw await FailAsync(response, request, cancellationToken).ConfigureAwait(false);
            }

            Uri target = Target(message, uri) ?? throw Protocol(response, request, "a redirect without a usable Location");
            if (!HubUrls.SameOrigin(target, settings.Endpoint))
            {
                if (request.Redirects == RedirectPolicy.StopAtOtherOrigin)
                {
                    return response;
                }

                if (request.Redirects == RedirectPolicy.WithinEndpoint)
                {
                    throw Protocol(response, request, $"a redirect to another host, '{target.Host}'");
                }

                if (uri.Scheme == Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttps)
                {
                    throw Protocol(response, request, "a redirect from https to http");
                }

                request.Redirected?.Invoke(target);
            }

            message.Dispose();
            if (hop >= MaxRedirects)
            {
                throw Protocol(response, request, $"more than {MaxRedirects} redirects");
            }

            uri = target;
        }
    }

    private async Task<HttpResponseMessage> SendMessageAsync(
        HubRequest request, Uri uri, bool fromEndpoint, CancellationToken cancellationToken)
    {
        using HttpRequestMessage message = new(request.Method, uri)
        {
            Content = request.Content?.Invoke(),
            Version = request.OwnConnection ? HttpVersion.Version11 : HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
        message.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        if (fromEndpoint && request.Settings.Token is { } token)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
        }

        if (request.Range is { } range)
        {
            message.Headers.Range = new RangeHeaderValue(range.First, range.Last);
        }

        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        (string name, TimeSpan limit, TimeSpan wait) = HeaderDeadline(request);
        deadline.CancelAfter(wait);
        try
        {
            if (fromEndpoint)
            {
                Usage.For(request.Settings).Sent();
            }

            long start = time.GetTimestamp();
            HttpResponseMessage response =
                await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
            TimeSpan elapsed = time.GetElapsedTime(start);
            if (fromEndpoint && elapsed < QuickestAnswer)
            {
                Interlocked.Exchange(ref _quickestAnswer, elapsed.Ticks);
            }

            if (logger.IsEnabled(LogLevel.Debug))
            {
                // Without the query: that of a storage address is a key.
                LogRequest(logger, request.Method, uri.GetLeftPart(UriPartial.Path), (int)response.StatusCode, elapsed);
            }

            if (response.RequestMessage?.RequestUri is { } final && final != uri)
            {
                response.Dispose();
                throw new HubException(HubErrorKind.InvalidRequest, "The HttpClient given to Snug follows redirects by itself.")
                {
                    Advice = ["Create its handler with HubClient.CreateHandler, or set AllowAutoRedirect to false."],
                };
            }

            return response;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            bool connecting = e.InnerException is TimeoutException;
            throw connecting ? HubErrors.Timeout(request.Context, "connect", options.ConnectTimeout, e) : HubErrors.Timeout(request.Context, name, limit, e);
        }
        catch (HttpRequestException e)
        {
            throw HubErrors.Network(request.Context, uri, e);
        }
        catch (IOException e)
        {
            throw HubErrors.Network(request.Context, uri, e);
        }
    }

    /// <summary>How long an answer may take to begin: a connection may have to be made first, but the call's patience is not exceeded.</summary>
    private (string Name, TimeSpan Limit, TimeSpan Wait) HeaderDeadline(HubRequest request)
    {
        TimeSpan wait = request.Settings.HeaderTimeout + options.ConnectTimeout;
        return request.Patience is { } patience && patience < wait
            ? ("stall", request.Settings.StallTimeout, TimeSpan.FromTicks(Math.Max(patience.Ticks, TimeSpan.TicksPerMillisecond)))
            : ("header", request.Settings.HeaderTimeout, wait);
    }

    private async Task<HubException> FailAsync(HubResponse response, HubRequest request, CancellationToken cancellationToken)
    {
        using (response)
        {
            string body = await HubErrors.ReadBodyAsync(response.Message, request.Settings.HeaderTimeout, cancellationToken).ConfigureAwait(false);
            return HubErrors.FromResponse(response, body, request, time.GetUtcNow());
        }
    }

    private static HubException Protocol(HubResponse response, HubRequest request, string what)
    {
        using (response)
        {
            return HubErrors.Protocol(request.Context, what, (int)response.Message.StatusCode);
        }
    }

    private async ValueTask AwaitBudgetAsync(Uri uri, bool fromEndpoint, HubRequest request, CancellationToken cancellationToken)
    {
        TimeSpan delay = fromEndpoint ? Budget(uri).TakeDelay() : TimeSpan.Zero;
        if (delay <= TimeSpan.Zero)
        {
            return;
        }

        if (delay > options.MaxRetryDelay)
        {
            throw HubErrors.BudgetExhausted(request.Context, request.Settings, delay);
        }

        LogBudget(logger, request.Context.Subject, delay);
        await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
    }

    private RateLimitBudget Budget(Uri uri) =>
        uri.AbsolutePath.Contains("/api/", StringComparison.Ordinal) ? _apiBudget : _fileBudget;

    private void LogWarningHeader(HttpResponseMessage message)
    {
        if (HubResponse.Header(message, "X-HF-Warning") is { } warning)
        {
            LogHubWarning(logger, warning);
        }
    }

    private static bool IsRedirect(HttpResponseMessage message) =>
        message.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static Uri? Target(HttpResponseMessage message, Uri from) =>
        message.Headers.Location is { } location && Uri.TryCreate(from, location, out Uri? target) && target.Scheme is "http" or "https"
            ? target
            : null;

    [LoggerMessage(4, LogLevel.Debug, "huggingface: {Method} {Address} answered {Status} after {Elapsed}")]
    private static partial void LogRequest(ILogger logger, HttpMethod method, string address, int status, TimeSpan elapsed);

    [LoggerMessage(1, LogLevel.Warning, "huggingface: {Action} {Subject} failed ({Reason}); try {Attempt} follows in {Delay}")]
    private static partial void LogRetry(ILogger logger, string action, string subject, string reason, int attempt, TimeSpan delay);

    [LoggerMessage(2, LogLevel.Information, "huggingface: the Hub's request budget is nearly spent; the request for {Subject} waits {Delay}")]
    private static partial void LogBudget(ILogger logger, string subject, TimeSpan delay);

    [LoggerMessage(3, LogLevel.Warning, "huggingface: the Hub says: {Warning}")]
    private static partial void LogHubWarning(ILogger logger, string warning);
}
