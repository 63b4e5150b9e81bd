using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Snug.Server;

/// <summary>Counts requests of each caller in fixed windows, and says in headers how many are left.</summary>
internal sealed class RateLimiter(string name, int? quota, int shownQuota, TimeProvider time)
{
    private const int WindowSeconds = 300;

    /// <summary>Beyond this many callers in a window the counts start anew: forgetting is better than running out of memory.</summary>
    private const int MaxCallers = 100_000;

    private readonly string _policy = string.Create(CultureInfo.InvariantCulture, $"\"fixed window\";\"{name}\";q={quota ?? shownQuota};w={WindowSeconds}");
    private readonly string _unlimited = string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={shownQuota};t={WindowSeconds}");
    private readonly Lock _lock = new();
    private ConcurrentDictionary<string, Counter> _counts = new(StringComparer.Ordinal);
    private long _window;

    /// <summary>Counts a request; throws when it is one too many.</summary>
    public void Count(HttpContext context, HubCaller? caller)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers["RateLimit-Policy"] = _policy;
        if (quota is not { } limit)
        {
            headers["RateLimit"] = _unlimited;
            return;
        }

        long now = time.GetUtcNow().ToUnixTimeSeconds();
        long window = now / WindowSeconds;
        lock (_lock)
        {
            if (window != _window || _counts.Count > MaxCallers)
            {
                _window = window;
                _counts = new ConcurrentDictionary<string, Counter>(StringComparer.Ordinal);
            }
        }

        string key = caller is null ? $"address {context.Connection.RemoteIpAddress}" : $"user {caller.Account.Name}";
        int used = _counts.GetOrAdd(key, static _ => new Counter()).Next();
        long wait = ((window + 1) * WindowSeconds) - now;
        headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={Math.Max(0, limit - used)};t={wait}");
        if (used > limit)
        {
            headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
            throw new HubErrorException(HubError.RateLimited(TimeSpan.FromSeconds(wait)));
        }
    }

    private sealed class Counter
    {
        private int _value;

        public int Next() => Interlocked.Increment(ref _value);
    }
}
