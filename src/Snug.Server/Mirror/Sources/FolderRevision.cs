using Snug.Hub;

namespace Snug.Server;

/// <summary>One of the <c>revisions</c> of a <c>repository.json</c>: a folder that holds the whole tree of a commit.</summary>
internal sealed record FolderRevision
{
    public required string Folder { get; set; }

    public string? Title { get; set; }

    public string Message { get; set; } = string.Empty;

    public string? Author { get; set; }

    public DateTimeOffset? Date { get; set; }

    public string Branch { get; set; } = Revisions.Default;

    public IReadOnlyList<string> Tags { get; set; } = [];
}
