namespace Snug.Server;

/// <summary>The <c>access</c> part of a <c>repository.json</c>: user names by what became of their request.</summary>
internal sealed record FolderAccess
{
    public IReadOnlyList<string> Granted { get; set; } = [];

    public IReadOnlyList<string> Pending { get; set; } = [];

    public IReadOnlyList<string> Rejected { get; set; } = [];
}
