namespace Snug.Hub;

/// <summary>Who a token stands for, as the Hub says (<c>GET /api/whoami-v2</c>).</summary>
public sealed record HubIdentity
{
    /// <summary>The account's name, which is also its namespace.</summary>
    public required string Name { get; init; }

    /// <summary>The name shown to people.</summary>
    public required string FullName { get; init; }

    /// <summary>What the account is, in the Hub's words: <c>user</c> or <c>org</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The address of electronic mail, when the token may see it.</summary>
    public string? Email { get; init; }

    /// <summary>Whether the account has a PRO subscription.</summary>
    public bool IsPro { get; init; }

    /// <summary>The organizations that the account belongs to.</summary>
    public IReadOnlyList<HubOrganization> Organizations { get; init; } = [];

    /// <summary>What the token is and may do.</summary>
    public required AccessTokenInfo Token { get; init; }
}
