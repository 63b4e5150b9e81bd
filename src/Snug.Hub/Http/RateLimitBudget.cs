using System.Globalization;

namespace Snug.Hub;

/// <summary>
/// Spends the request quota that the Hub announces on every answer (<c>RateLimit: "api";r=499;t=120</c>): when little is left
/// the rest is spread over the time to the reset, when nothing is left requests wait for the reset instead of earning a 429.
/// </summary>
internal sealed class RateLimitBudget(TimeProvider time)
{
    /// <summary>With more than this many requests left nothing is slowed down.</summary>
    private const int Reserve = 20;

    private readonly Lock _gate = new();
    private long _remaining = long.MaxValue;
    private DateTimeOffset _reset;

    /// <summary>How long the next request should wait; taking the answer counts as one request.</summary>
    public TimeSpan TakeDelay()
    {
        lock (_gate)
        {
            if (_remaining == long.MaxValue)
            {
                return TimeSpan.Zero;
            }

            TimeSpan left = _reset - time.GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                _remaining = long.MaxValue;
                return TimeSpan.Zero;
            }

            if (_remaining <= 0)
            {
                return left + TimeSpan.FromSeconds(1);
            }

            _remaining--;
            return _remaining >= Reserve ? TimeSpan.Zero : left / (_remaining + 2);
        }
    }

    /// <summary>Takes the announcement off an answer.</summary>
    public void Update(HttpResponseMessage message)
    {
        if (!TryParse(HubResponse.Header(message, "RateLimit"), out long remaining, out double reset))
        {
            return;
        }

        lock (_gate)
        {
            _remaining = remaining;
            _reset = time.GetUtcNow() + TimeSpan.FromSeconds(reset);
        }
    }

    /// <summary>Parses <c>"name";r=REMAINING;t=SECONDS</c> (IETF draft ratelimit-headers, as the Hub sends it).</summary>
    public static bool TryParse(string? header, out long remaining, out double reset)
    {
        remaining = 0;
        reset = 0;
        if (header is null)
        {
            return false;
        }

        bool hasRemaining = false;
        bool hasReset = false;
        foreach (Range range in header.AsSpan().Split(';'))
        {
            ReadOnlySpan<char> part = header.AsSpan()[range].Trim();
            if (part.StartsWith("r=", StringComparison.Ordinal))
            {
                hasRemaining = long.TryParse(part[2..], NumberStyles.None, CultureInfo.InvariantCulture, out remaining);
            }
            else if (part.StartsWith("t=", StringComparison.Ordinal))
            {
                hasReset = double.TryParse(part[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out reset) && reset < 1e6;
            }
        }

        return hasRemaining && hasReset;
    }
}
