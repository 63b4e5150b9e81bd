using Snug.Hub;

namespace Snug.Cli;

/// <summary>A model, or any other repository, that a project uses.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Revision">Branch, tag, commit or <c>refs/pr/N</c>; <see langword="null"/> for <c>main</c>.</param>
internal sealed record ManifestModel(RepositoryId Repository, string? Revision)
{
    /// <summary>Patterns of the files that are wanted; empty for all.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Patterns of the files that are not wanted.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>The folder of the project that gets the files instead of the cache, relative to the project.</summary>
    public string? Directory { get; init; }

    /// <summary>How it is called: the repository, and the revision unless it is the usual one.</summary>
    public string Name => Revision is null or Revisions.Default ? Repository.ToString() : $"{Repository} at {Revision}";

    /// <summary>What tells it from the same repository with other files or in another place.</summary>
    public string Key => string.Join('\n', [Repository.ToString(), Revision ?? Revisions.Default, Directory ?? "", "+", .. Include, "-", .. Exclude]);

    public AccessQuery ToQuery() => new(Repository) { Revision = Revision, IncludeSizes = true, Include = Include, Exclude = Exclude };

    /// <summary>What a download of it is told.</summary>
    /// <param name="project">The folder of the project.</param>
    public DownloadOptions ToDownload(string project) => new()
    {
        Revision = Revision,
        Include = Include,
        Exclude = Exclude,
        LocalDirectory = Directory is null ? null : Path.GetFullPath(Directory, project),
    };
}
