using System.Globalization;

namespace Snug.Hub;

/// <summary>What the Hub allows in a window of time, as it announced it with an answer (<c>RateLimit</c> and <c>RateLimit-Policy</c>, IETF draft ratelimit-headers).</summary>
/// <param name="Name">What is counted: <c>api</c>, <c>resolvers</c> or <c>pages</c> on the public Hub.</param>
/// <param name="Remaining">How many requests are left.</param>
/// <param name="Limit">How many there are in a window, or <see langword="null"/> when not told.</param>
/// <param name="ResetsAt">When the window ends and the count begins anew.</param>
/// <param name="SeenAt">When it was announced.</param>
public sealed record HubQuota(string Name, long Remaining, long? Limit, DateTimeOffset ResetsAt, DateTimeOffset SeenAt)
{
    private const int MaxNameLength = 64;

    /// <summary>Parses <c>"api";r=499;t=120</c>, with <c>"fixed window";"api";q=500;w=300</c> beside it.</summary>
    internal static HubQuota? TryParse(string? limit, string? policy, DateTimeOffset now)
    {
        if (!RateLimitBudget.TryParse(limit, out long remaining, out double reset))
        {
            return null;
        }

        string name = limit!.Split(';')[0].Trim().Trim('"');
        long? quota = null;
        foreach (string part in (policy ?? "").Split(';', StringSplitOptions.TrimEntries))
        {
            if (part.StartsWith("q=", StringComparison.Ordinal) && long.TryParse(part.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                quota = number;
            }
        }

        return name.Length is > 0 and <= MaxNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or ' ')
            ? new HubQuota(name, remaining, quota, now + TimeSpan.FromSeconds(reset), now)
            : null;
    }
}
