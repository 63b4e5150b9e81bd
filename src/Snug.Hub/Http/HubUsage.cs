namespace Snug.Hub;

/// <summary>What a client has asked of the Hub since it was made, for one endpoint and one token.</summary>
public sealed record HubUsage
{
    /// <summary>The endpoint.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The token, which prints masked, or <see langword="null"/> for anonymous requests.</summary>
    public AccessToken? Token { get; init; }

    /// <summary>The requests that were sent to the endpoint, repeated ones included. What the Hub's storage delivers by an address of its own is not counted there.</summary>
    public long Requests { get; init; }

    /// <summary>How many of them were turned away because the rate limit was used up (429).</summary>
    public long RefusedRequests { get; init; }

    /// <summary>The bytes of content and of answers that were received, from the Hub and from its storage; headers are not among them.</summary>
    public long BytesReceived { get; init; }

    /// <summary>What the Hub announced last, in the order of their names; none where it announces nothing.</summary>
    public IReadOnlyList<HubQuota> Quotas { get; init; } = [];
}
