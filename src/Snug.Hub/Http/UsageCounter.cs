using System.Collections.Concurrent;
using System.Net;

namespace Snug.Hub;

/// <summary>Counts for one endpoint and token, from many threads.</summary>
internal sealed class UsageCounter(Uri endpoint, AccessToken? token)
{
    private readonly ConcurrentDictionary<string, HubQuota> _quotas = new(StringComparer.Ordinal);
    private long _requests;
    private long _refused;
    private long _bytes;

    public void Sent() => Interlocked.Increment(ref _requests);

    public void Received(int bytes) => Interlocked.Add(ref _bytes, bytes);

    public void Answered(HttpResponseMessage message, DateTimeOffset now)
    {
        if (message.StatusCode == HttpStatusCode.TooManyRequests)
        {
            Interlocked.Increment(ref _refused);
        }

        if (HubQuota.TryParse(HubResponse.Header(message, "RateLimit"), HubResponse.Header(message, "RateLimit-Policy"), now) is { } quota
            && (_quotas.Count < UsageMeter.MaxQuotas || _quotas.ContainsKey(quota.Name)))
        {
            _quotas[quota.Name] = quota;
        }
    }

    public HubUsage Read() => new()
    {
        Endpoint = endpoint,
        Token = token,
        Requests = Interlocked.Read(ref _requests),
        RefusedRequests = Interlocked.Read(ref _refused),
        BytesReceived = Interlocked.Read(ref _bytes),
        Quotas = [.. _quotas.Values.OrderBy(q => q.Name, StringComparer.Ordinal)],
    };
}
