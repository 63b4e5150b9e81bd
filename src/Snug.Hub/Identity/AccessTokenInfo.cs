namespace Snug.Hub;

/// <summary>What a token is and may do, as the Hub says.</summary>
public sealed record AccessTokenInfo
{
    /// <summary>How it authenticates, in the Hub's words: <c>access_token</c>, <c>oauth</c>, …</summary>
    public required string Kind { get; init; }

    /// <summary>The name its owner gave it; OAuth tokens have none.</summary>
    public string? Name { get; init; }

    /// <summary>What it may do.</summary>
    public required AccessTokenRole Role { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it stops working; <see langword="null"/> when never, or not told.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>
    /// Whether a fine-grained token opens the public gated repositories that its owner may open; <see langword="null"/> when the Hub does
    /// not say, as for other tokens.
    /// </summary>
    public bool? CanReadGatedRepositories { get; init; }

    /// <summary>What a fine-grained token may do everywhere, in the Hub's words.</summary>
    public IReadOnlyList<string> Permissions { get; init; } = [];

    /// <summary>What a fine-grained token may do where.</summary>
    public IReadOnlyList<AccessTokenScope> Scopes { get; init; } = [];

    /// <summary>Whether the token stands in the way of reading gated repositories that its owner may read.</summary>
    public bool LacksGatedPermission => Role == AccessTokenRole.FineGrained && CanReadGatedRepositories != true;
}
