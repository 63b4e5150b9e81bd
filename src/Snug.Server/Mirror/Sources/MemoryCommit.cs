using Snug.Hub;

namespace Snug.Server;

/// <summary>A commit to be added to a <see cref="MemoryRepository"/>.</summary>
public sealed record MemoryCommit
{
    /// <summary>The first line of the message.</summary>
    public string Title { get; init; } = "Add files";

    /// <summary>The rest of the message.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary>The name of the author.</summary>
    public string Author { get; init; } = "snug";

    /// <summary>When it was made; a fixed date when missing, so that ids depend on content only.</summary>
    public DateTimeOffset Date { get; init; } = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The branch, or a full reference such as <c>refs/pr/1</c>.</summary>
    public string Branch { get; init; } = Revisions.Default;

    /// <summary>Tags that will stand for the commit.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>All files of the commit, by path.</summary>
    public required IReadOnlyDictionary<string, RepositoryContent> Files { get; init; }
}
