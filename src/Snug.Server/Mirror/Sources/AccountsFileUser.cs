namespace Snug.Server;

internal sealed record AccountsFileUser
{
    public required string Name { get; set; }

    public string? Fullname { get; set; }

    public string? Email { get; set; }

    public IReadOnlyList<string> Orgs { get; set; } = [];

    public IReadOnlyList<AccountsFileToken> Tokens { get; set; } = [];

    public HubAccount ToAccount() => new(Name)
    {
        FullName = Fullname ?? Name,
        Email = Email,
        Organizations = Orgs,
        Tokens = [.. Tokens.Select(token => token.ToToken())],
    };
}
