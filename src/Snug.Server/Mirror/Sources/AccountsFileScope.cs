namespace Snug.Server;

internal sealed record AccountsFileScope
{
    public required string Entity { get; set; }

    public required string Type { get; set; }

    public IReadOnlyList<string> Permissions { get; set; } = [];
}
