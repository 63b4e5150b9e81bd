using System.Globalization;
using System.Net;

namespace Snug.Hub;

/// <summary>Which failures are worth another try, and when.</summary>
internal static class RetryPolicy
{
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(10);

    public static bool IsTransient(HttpStatusCode status) => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
        or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    public static bool IsTransient(HubErrorKind kind) =>
        kind is HubErrorKind.Network or HubErrorKind.Timeout or HubErrorKind.ServerError or HubErrorKind.RateLimited;

    /// <summary>How long to wait before another try, or <see langword="null"/> when the failure is final; counts the tries in it.</summary>
    /// <param name="failure">What happened.</param>
    /// <param name="failures">How often in a row, this one included.</param>
    /// <param name="options">The limits, or the decision of the caller's own.</param>
    public static TimeSpan? DelayAfter(HubException failure, int failures, HubClientOptions options)
    {
        failure.Attempts = failures;
        if (!IsTransient(failure.Kind))
        {
            return null;
        }

        if (options.RetryDelay is { } decide)
        {
            return decide(failure, failures) is { } own ? TimeSpan.FromTicks(Math.Max(own.Ticks, 0)) : null;
        }

        if (failures > options.MaxRetries)
        {
            return null;
        }

        TimeSpan delay = failure.RetryAfter ?? Backoff(failures, options.RetryBaseDelay);
        return delay <= options.MaxRetryDelay ? delay : null;
    }

    /// <summary>
    /// Whether the patience with silence begins anew after the wait: the server has answered, if only that it cannot now, or the caller
    /// has decided to wait.
    /// </summary>
    public static bool EndsSilence(HubException failure, HubClientOptions options) => failure.StatusCode is not null || options.RetryDelay is not null;

    /// <summary>Exponential backoff with full jitter over its upper half, so that clients that failed together do not return together.</summary>
    /// <param name="attempt">How many tries have failed, from 1.</param>
    /// <param name="baseDelay">The delay around which the first retry happens.</param>
    public static TimeSpan Backoff(int attempt, TimeSpan baseDelay)
    {
        double ceiling = Math.Min(MaxBackoff.TotalMilliseconds, baseDelay.TotalMilliseconds * Math.Pow(2, Math.Min(attempt - 1, 16)));
#pragma warning disable CA5394 // Jitter needs no cryptographic randomness.
        return TimeSpan.FromMilliseconds(ceiling * (0.5 + (Random.Shared.NextDouble() / 2)));
#pragma warning restore CA5394
    }

    /// <summary>
    /// How long the server asks to wait: <c>Retry-After</c> in seconds or as a date, else the reset time of an exhausted
    /// <c>RateLimit</c> plus one second.
    /// </summary>
    public static TimeSpan? RequestedDelay(HttpResponseMessage message, DateTimeOffset now)
    {
        string? text = HubResponse.Header(message, "Retry-After");
        if (text is not null)
        {
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds < 1e7)
            {
                return TimeSpan.FromSeconds(seconds);
            }

            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date))
            {
                return date > now ? date - now : TimeSpan.Zero;
            }
        }

        return RateLimitBudget.TryParse(HubResponse.Header(message, "RateLimit"), out long remaining, out double reset) && remaining == 0
            ? TimeSpan.FromSeconds(reset + 1)
            : null;
    }
}
