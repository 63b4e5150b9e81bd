namespace Snug.Server;

/// <summary>A name for a commit.</summary>
/// <param name="FullName">The full name, such as <c>refs/heads/main</c>, <c>refs/tags/v1</c> or <c>refs/pr/1</c>.</param>
/// <param name="CommitId">The commit it stands for.</param>
public sealed record HostedReference(string FullName, string CommitId);
