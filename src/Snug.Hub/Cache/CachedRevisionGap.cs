namespace Snug.Hub;

/// <summary>Files of a cached revision that are damaged or lead nowhere, and have to be downloaded again.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Commit">The revision's commit.</param>
/// <param name="Refs">The refs that point at it.</param>
/// <param name="Files">The files, as paths inside the repository, sorted.</param>
public sealed record CachedRevisionGap(RepositoryId Repository, string Commit, IReadOnlyList<string> Refs, IReadOnlyList<string> Files);
