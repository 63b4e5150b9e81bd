using Snug.Hub;

namespace Snug.Server;

/// <summary>A commit to be made, with the references that will stand for it.</summary>
internal sealed record PlannedCommit(string Title, string Message, string Author, DateTimeOffset Date, IReadOnlyList<PlannedFile> Files)
{
    public string Branch { get; init; } = Revisions.Default;

    public IReadOnlyList<string> Tags { get; init; } = [];
}
