namespace Snug.Server;

internal sealed record AccountsFileToken
{
    public required string Token { get; set; }

    public string Name { get; set; } = "token";

    public string Role { get; set; } = "read";

    public DateTimeOffset? ExpiresAt { get; set; }

    public bool CanReadGatedRepos { get; set; }

    public IReadOnlyList<AccountsFileScope> Scopes { get; set; } = [];

    public HubToken ToToken() => new(Token, Name)
    {
        Role = Role switch
        {
            "read" => HubTokenRole.Read,
            "write" => HubTokenRole.Write,
            "fineGrained" => HubTokenRole.FineGrained,
            _ => throw new InvalidDataException($"The role of the token '{Name}' must be \"read\", \"write\" or \"fineGrained\"."),
        },
        ExpiresAt = ExpiresAt,
        CanReadGatedRepositories = CanReadGatedRepos,
        Scopes = [.. Scopes.Select(scope => new HubTokenScope(scope.Entity, scope.Type, scope.Permissions))],
    };
}
