using System.Collections.Concurrent;

namespace Snug.Hub;

/// <summary>What a client has asked of the Hub, apart for each endpoint and token that it was used with.</summary>
internal sealed class UsageMeter
{
    /// <summary>A server that makes up names without end is not remembered without end.</summary>
    public const int MaxQuotas = 16;

    private readonly ConcurrentDictionary<(Uri Endpoint, AccessToken? Token), UsageCounter> _counters = new();

    public UsageCounter For(HubSettings settings) =>
        _counters.GetOrAdd((settings.Endpoint, settings.Token), static key => new UsageCounter(key.Endpoint, key.Token));

    public IReadOnlyList<HubUsage> Read() => [.. _counters.Values.Select(c => c.Read()).Where(u => u.Requests > 0)];
}
