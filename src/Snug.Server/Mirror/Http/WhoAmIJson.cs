using System.Text.Json;

namespace Snug.Server;

/// <summary>Writes who a caller is.</summary>
internal static class WhoAmIJson
{
    public static void Write(Utf8JsonWriter writer, HubCaller caller)
    {
        HubAccount account = caller.Account;
        writer.WriteStartObject();
        writer.WriteString("type"u8, "user"u8);
        writer.WriteString("id"u8, RepositoryJson.ObjectId("user " + account.Name));
        writer.WriteString("name"u8, account.Name);
        writer.WriteString("fullname"u8, account.FullName);
        if (account.Email is { } email)
        {
            writer.WriteString("email"u8, email);
            writer.WriteBoolean("emailVerified"u8, value: true);
        }

        writer.WriteBoolean("canPay"u8, value: false);
        writer.WriteNull("periodEnd"u8);
        writer.WriteBoolean("isPro"u8, value: false);
        writer.WriteString("avatarUrl"u8, ""u8);
        writer.WriteStartArray("orgs"u8);
        foreach (string organization in account.Organizations)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "org"u8);
            writer.WriteString("id"u8, RepositoryJson.ObjectId("org " + organization));
            writer.WriteString("name"u8, organization);
            writer.WriteString("fullname"u8, organization);
            writer.WriteNull("email"u8);
            writer.WriteBoolean("canPay"u8, value: false);
            writer.WriteNull("periodEnd"u8);
            writer.WriteString("avatarUrl"u8, ""u8);
            writer.WriteString("roleInOrg"u8, "read"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteToken(writer, caller.Token);
        writer.WriteEndObject();
    }

    private static void WriteToken(Utf8JsonWriter writer, HubToken token)
    {
        writer.WriteStartObject("auth"u8);
        writer.WriteString("type"u8, "access_token"u8);
        if (token.ExpiresAt is { } expires)
        {
            writer.WriteString("expiresAt"u8, Replies.Date(expires));
        }

        writer.WriteStartObject("accessToken"u8);
        writer.WriteString("displayName"u8, token.Name);
        writer.WriteString("role"u8, token.Role switch
        {
            HubTokenRole.Write => "write"u8,
            HubTokenRole.FineGrained => "fineGrained"u8,
            _ => "read"u8,
        });
        writer.WriteString("createdAt"u8, Replies.Date(token.CreatedAt));
        if (token.Role == HubTokenRole.FineGrained)
        {
            WriteScopes(writer, token);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteScopes(Utf8JsonWriter writer, HubToken token)
    {
        writer.WriteStartObject("fineGrained"u8);
        writer.WriteBoolean("canReadGatedRepos"u8, token.CanReadGatedRepositories);
        writer.WriteStartArray("global"u8);
        writer.WriteEndArray();
        writer.WriteStartArray("scoped"u8);
        foreach (HubTokenScope scope in token.Scopes)
        {
            writer.WriteStartObject();
            writer.WriteStartObject("entity"u8);
            writer.WriteString("_id"u8, RepositoryJson.ObjectId($"{scope.EntityType} {scope.Entity}"));
            writer.WriteString("type"u8, scope.EntityType);
            writer.WriteString("name"u8, scope.Entity);
            writer.WriteEndObject();
            writer.WriteStartArray("permissions"u8);
            foreach (string permission in scope.Permissions)
            {
                writer.WriteStringValue(permission);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
