namespace Snug.Hub;

/// <summary>The branches, tags, conversions and pull requests of a repository.</summary>
/// <param name="Branches">Branches.</param>
/// <param name="Tags">Tags.</param>
/// <param name="Converts">Automatic conversions (<c>refs/convert/…</c>).</param>
/// <param name="PullRequests">Pull requests (<c>refs/pr/…</c>), listed only when asked for.</param>
public sealed record RepositoryRefs(
    IReadOnlyList<RepositoryRef> Branches,
    IReadOnlyList<RepositoryRef> Tags,
    IReadOnlyList<RepositoryRef> Converts,
    IReadOnlyList<RepositoryRef> PullRequests);
