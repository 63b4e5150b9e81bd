using System.Text.Json;

namespace Snug.Hub;

/// <summary>Reads the answer of <c>GET /api/whoami-v2</c>, as far as it is used.</summary>
internal static class WhoAmIJson
{
    /// <returns>The identity, or <see langword="null"/> when the answer names no account.</returns>
    /// <exception cref="JsonException">The answer has another form.</exception>
    public static HubIdentity? Read(JsonElement answer) => answer.Text("name") is not { Length: > 0 } name
        ? null
        : new HubIdentity
        {
            Name = name,
            FullName = answer.Text("fullname") is { Length: > 0 } full ? full : name,
            Kind = answer.Text("type") ?? "user",
            Email = answer.Text("email"),
            IsPro = answer.Switch("isPro") ?? false,
            Organizations = [.. Organizations(answer)],
            Token = ReadToken(answer.Object("auth")),
        };

    private static IEnumerable<HubOrganization> Organizations(JsonElement answer)
    {
        foreach (JsonElement organization in answer.Elements("orgs"))
        {
            if (organization.Text("name") is { } name)
            {
                yield return new HubOrganization(name, organization.Text("fullname") ?? name, organization.Text("roleInOrg"));
            }
        }
    }

    private static AccessTokenInfo ReadToken(JsonElement? auth)
    {
        JsonElement? token = auth?.Object("accessToken");
        JsonElement? fine = token?.Object("fineGrained");
        return new AccessTokenInfo
        {
            Kind = auth?.Text("type") ?? "access_token",
            Name = token?.Text("displayName"),
            Role = token?.Text("role") switch
            {
                "read" => AccessTokenRole.Read,
                "write" => AccessTokenRole.Write,
                "fineGrained" => AccessTokenRole.FineGrained,
                _ => AccessTokenRole.Other,
            },
            CreatedAt = token?.Time("createdAt"),
            ExpiresAt = auth?.Time("expiresAt"),
            CanReadGatedRepositories = fine is { } rights ? rights.Switch("canReadGatedRepos") ?? false : null,
            Permissions = fine is { } all ? [.. all.Texts("global")] : [],
            Scopes = fine is { } places ? [.. Scopes(places)] : [],
        };
    }

    private static IEnumerable<AccessTokenScope> Scopes(JsonElement fine)
    {
        foreach (JsonElement scope in fine.Elements("scoped"))
        {
            if (scope.Object("entity") is { } entity)
            {
                string name = entity.Text("name") ?? entity.Text("_id") ?? "unknown";
                yield return new AccessTokenScope(entity.Text("type") ?? "unknown", name, [.. scope.Texts("permissions")]);
            }
        }
    }
}
