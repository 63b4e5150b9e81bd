namespace Snug.Hub;

/// <summary>Whether the Hub can be reached from here, and as whom.</summary>
public sealed record ConnectionReport
{
    /// <summary>The address that was asked.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Whether an answer came, of whatever kind.</summary>
    public bool IsReachable { get; init; }

    /// <summary>How long the answer took, opening a connection included.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>How far this machine's clock is ahead of the Hub's (behind: negative), to a second; <see langword="null"/> when not told.</summary>
    public TimeSpan? ClockSkew { get; init; }

    /// <summary>The proxy that requests go through, without its user and password, or <see langword="null"/>.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>The account and the token's rights, or <see langword="null"/> without a valid token.</summary>
    public HubIdentity? Identity { get; init; }

    /// <summary><see cref="AccessState.TokenInvalid"/> or <see cref="AccessState.TokenExpired"/> when the token was refused.</summary>
    public AccessState? TokenProblem { get; init; }

    /// <summary>The kind of failure, or <see langword="null"/> when all is well.</summary>
    public HubErrorKind? ErrorKind { get; init; }

    /// <summary>What went wrong, one sentence, or <see langword="null"/>.</summary>
    public string? Message { get; init; }

    /// <summary>What to do about it, in order.</summary>
    public IReadOnlyList<string> Advice { get; init; } = [];
}
