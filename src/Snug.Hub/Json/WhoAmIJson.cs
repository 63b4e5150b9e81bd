using System.Text.Json;

namespace Snug.Hub;

/// <summary>Reads the answer of <c>whoami-v2</c>.</summary>
internal static class WhoAmIJson
{
    /// <summary>The account, or <see langword="null"/> when the answer names none.</summary>
    /// <exception cref="JsonException">The answer has another form.</exception>
    public static HubIdentity? Read(JsonElement answer)
    {
        if (answer.Text("name") is not { Length: > 0 } name)
        {
            return null;
        }

        List<HubOrganization> organizations = [];
        foreach (JsonElement element in answer.Elements("orgs"))
        {
            if (element.Text("name") is { } organization)
            {
                organizations.Add(new HubOrganization(organization, element.Text("fullname") ?? organization, element.Text("roleInOrg")));
            }
        }

        return new HubIdentity
        {
            Name = name,
            FullName = answer.Text("fullname") is { Length: > 0 } full ? full : name,
            Kind = answer.Text("type") ?? "user",
            Email = answer.Text("email"),
            IsPro = answer.Switch("isPro") ?? false,
            Organizations = organizations,
            Token = ReadToken(answer.Object("auth")),
        };
    }

    private static AccessTokenInfo ReadToken(JsonElement? auth)
    {
        JsonElement? token = auth?.Object("accessToken");
        JsonElement? limits = token?.Object("fineGrained");
        List<AccessTokenScope> scopes = [];
        foreach (JsonElement element in limits?.Elements("scoped") ?? default)
        {
            if (element.Object("entity") is { } entity)
            {
                scopes.Add(new AccessTokenScope(
                    entity.Text("type") ?? "unknown", entity.Text("name") ?? entity.Text("_id") ?? "unknown", ReadTexts(element, "permissions")));
            }
        }

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
            CanReadGatedRepositories = limits?.Switch("canReadGatedRepos"),
            Permissions = limits is { } global ? ReadTexts(global, "global") : [],
            Scopes = scopes,
        };
    }

    private static List<string> ReadTexts(JsonElement element, string name)
    {
        List<string> texts = [];
        foreach (JsonElement value in element.Elements(name))
        {
            if (value.ValueKind == JsonValueKind.String)
            {
                texts.Add(value.Decoded());
            }
        }

        return texts;
    }
}
