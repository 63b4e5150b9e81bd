namespace Snug.Hub;

/// <summary>A name for a commit.</summary>
/// <param name="Name">The short name: <c>main</c>, <c>v1.0</c>.</param>
/// <param name="Ref">The full name: <c>refs/heads/main</c>.</param>
/// <param name="Commit">The commit it points at.</param>
public sealed record RepositoryRef(string Name, string Ref, string Commit);
