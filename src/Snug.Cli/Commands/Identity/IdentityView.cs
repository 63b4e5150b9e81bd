using System.Text.Json;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>Shows who a token stands for.</summary>
internal static class IdentityView
{
    public static List<SectionRow> Rows(HubIdentity identity, DateTimeOffset now)
    {
        AccessTokenInfo token = identity.Token;
        List<SectionRow> rows =
        [
            new("account", identity.Name, identity.FullName == identity.Name ? null : identity.FullName),
        ];
        if (identity.Organizations.Count > 0)
        {
            rows.Add(new("organizations", string.Join(", ", identity.Organizations.Select(o => o.Role is null ? o.Name : $"{o.Name} ({o.Role})"))));
        }

        rows.Add(new("token", token.Name ?? token.Kind));
        rows.Add(new("role", NameOf(token.Role)));
        if (token.Role == AccessTokenRole.FineGrained)
        {
            rows.Add(new("gated repositories", token.LacksGatedPermission ? "not allowed by the token" : "allowed by the token"));
            foreach (AccessTokenScope scope in token.Scopes)
            {
                rows.Add(new($"{scope.EntityType} {scope.Entity}", string.Join(", ", scope.Permissions)));
            }

            if (token.Permissions.Count > 0)
            {
                rows.Add(new("everywhere", string.Join(", ", token.Permissions)));
            }
        }

        if (token.ExpiresAt is { } expires)
        {
            rows.Add(new("expires", expires.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"), DaysLeft(expires, now)));
        }

        return rows;
    }

    public static void Write(Utf8JsonWriter json, HubIdentity identity)
    {
        json.WriteString("name", identity.Name);
        json.WriteString("fullName", identity.FullName);
        json.WriteString("kind", identity.Kind);
        json.WriteString("email", identity.Email);
        json.WriteBoolean("isPro", identity.IsPro);
        json.WriteStartArray("organizations");
        foreach (HubOrganization organization in identity.Organizations)
        {
            json.WriteStartObject();
            json.WriteString("name", organization.Name);
            json.WriteString("role", organization.Role);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        AccessTokenInfo token = identity.Token;
        json.WriteStartObject("token");
        json.WriteString("name", token.Name);
        json.WriteString("kind", token.Kind);
        json.WriteString("role", CacheJson.Name(token.Role));
        json.WriteTime("createdAt", token.CreatedAt);
        json.WriteTime("expiresAt", token.ExpiresAt);
        json.WriteBoolean("lacksGatedPermission", token.LacksGatedPermission);
        json.WriteStrings("permissions", token.Permissions);
        json.WriteStartArray("scopes");
        foreach (AccessTokenScope scope in token.Scopes)
        {
            json.WriteStartObject();
            json.WriteString("entityType", scope.EntityType);
            json.WriteString("entity", scope.Entity);
            json.WriteStrings("permissions", scope.Permissions);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>What the owner of a token should know before relying on it.</summary>
    public static IEnumerable<string> Warnings(HubIdentity identity, Uri endpoint, DateTimeOffset now)
    {
        if (identity.Token.LacksGatedPermission)
        {
            yield return "This fine-grained token may not read gated repositories. If you need them: open "
                + $"{endpoint.AbsoluteUri.TrimEnd('/')}/settings/tokens, edit the token, and allow it to read the contents of all public gated repositories you can access.";
        }

        if (identity.Token.ExpiresAt is { } expires && expires - now < TimeSpan.FromDays(7))
        {
            yield return $"This token expires {DaysLeft(expires, now)}.";
        }
    }

    public static string NameOf(AccessTokenRole role) => role switch
    {
        AccessTokenRole.Read => "read",
        AccessTokenRole.Write => "write",
        AccessTokenRole.FineGrained => "fine-grained",
        _ => "not told",
    };

    public static string DaysLeft(DateTimeOffset expires, DateTimeOffset now) => (expires - now).TotalDays switch
    {
        <= 0 => "has expired",
        < 1 => "within a day",
        var days => $"in {Text.Count((int)days, "day")}",
    };
}
