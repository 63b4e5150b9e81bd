using Snug.Hub;

namespace Snug.Cli;

/// <summary>What one command asked of the Hub.</summary>
/// <param name="Time">When it ended.</param>
/// <param name="TokenId">The fingerprint of its token, or <see langword="null"/> for anonymous requests.</param>
/// <param name="Masked">The masked token.</param>
/// <param name="Endpoint">Whom it asked.</param>
/// <param name="Requests">How often.</param>
/// <param name="Refused">How often it was turned away because of the rate limit.</param>
/// <param name="Bytes">What it received.</param>
/// <param name="Quotas">What the Hub announced last.</param>
internal sealed record UsageEntry(
    DateTimeOffset Time, string? TokenId, string? Masked, string Endpoint, long Requests, long Refused, long Bytes, IReadOnlyList<HubQuota> Quotas)
{
    public DateOnly Day => DateOnly.FromDateTime(Time.UtcDateTime);

    public static UsageEntry From(HubUsage usage, DateTimeOffset now) => new(
        now,
        usage.Token?.Fingerprint,
        usage.Token?.Masked,
        usage.Endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/'),
        usage.Requests,
        usage.RefusedRequests,
        usage.BytesReceived,
        usage.Quotas);
}
