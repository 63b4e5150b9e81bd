using System.Text.Json.Serialization;

namespace Snug.Hub;

/// <summary>The answer of <c>whoami-v2</c>, as far as it is used.</summary>
internal sealed record WhoAmIDto
{
    public string? Type { get; init; }

    public string? Name { get; init; }

    public string? Fullname { get; init; }

    public string? Email { get; init; }

    public bool IsPro { get; init; }

    public List<OrganizationDto>? Orgs { get; init; }

    public AuthDto? Auth { get; init; }

    /// <summary>An organization of the account.</summary>
    internal sealed record OrganizationDto(string? Name, string? Fullname, string? RoleInOrg);

    /// <summary>How the request was authenticated.</summary>
    internal sealed record AuthDto(string? Type, DateTimeOffset? ExpiresAt, TokenDto? AccessToken);

    /// <summary>The token.</summary>
    internal sealed record TokenDto(string? DisplayName, string? Role, DateTimeOffset? CreatedAt, FineGrainedDto? FineGrained);

    /// <summary>What a fine-grained token may do.</summary>
    internal sealed record FineGrainedDto(bool CanReadGatedRepos, List<string>? Global, List<ScopeDto>? Scoped);

    /// <summary>What it may do in one place.</summary>
    internal sealed record ScopeDto(EntityDto? Entity, List<string>? Permissions);

    /// <summary>A place.</summary>
    internal sealed record EntityDto([property: JsonPropertyName("_id")] string? Id, string? Name, string? Type);

    public HubIdentity? ToIdentity() => Name is not { Length: > 0 } name ? null : new HubIdentity
    {
        Name = name,
        FullName = Fullname is { Length: > 0 } full ? full : name,
        Kind = Type ?? "user",
        Email = Email,
        IsPro = IsPro,
        Organizations = [.. (Orgs ?? []).Where(o => o.Name is not null).Select(o => new HubOrganization(o.Name!, o.Fullname ?? o.Name!, o.RoleInOrg))],
        Token = new AccessTokenInfo
        {
            Kind = Auth?.Type ?? "access_token",
            Name = Auth?.AccessToken?.DisplayName,
            Role = Auth?.AccessToken?.Role switch
            {
                "read" => AccessTokenRole.Read,
                "write" => AccessTokenRole.Write,
                "fineGrained" => AccessTokenRole.FineGrained,
                _ => AccessTokenRole.Other,
            },
            CreatedAt = Auth?.AccessToken?.CreatedAt,
            ExpiresAt = Auth?.ExpiresAt,
            CanReadGatedRepositories = Auth?.AccessToken?.FineGrained?.CanReadGatedRepos,
            Permissions = [.. Auth?.AccessToken?.FineGrained?.Global ?? []],
            Scopes =
            [
                .. (Auth?.AccessToken?.FineGrained?.Scoped ?? []).Where(s => s.Entity is not null)
                    .Select(s => new AccessTokenScope(s.Entity!.Type ?? "unknown", s.Entity.Name ?? s.Entity.Id ?? "unknown", [.. s.Permissions ?? []])),
            ],
        },
    };
}
