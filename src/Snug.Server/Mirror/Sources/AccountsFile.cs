using System.Text.Json.Serialization;

namespace Snug.Server;

/// <summary>The content of a <c>hub.json</c>; see docs/mirror.md.</summary>
internal sealed record AccountsFile
{
    [JsonPropertyName("$comment")]
    public string? Comment { get; set; }

    public IReadOnlyList<AccountsFileUser> Users { get; set; } = [];

    public HubAccounts ToAccounts() => new(Users.Select(user => user.ToAccount()));
}
