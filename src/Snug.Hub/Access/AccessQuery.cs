namespace Snug.Hub;

/// <summary>A repository whose access is to be checked.</summary>
/// <param name="Repository">The repository.</param>
public sealed record AccessQuery(RepositoryId Repository)
{
    /// <summary>Branch, tag, commit or <c>refs/pr/N</c>. Default: <c>main</c>.</summary>
    public string? Revision { get; init; }

    /// <summary>Whether to ask for sizes too. They come with the same answer, which grows with the number of files.</summary>
    public bool IncludeSizes { get; init; }

    /// <summary>Patterns of the files that count for sizes, as in <see cref="DownloadOptions.Include"/>. Empty: all files.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Patterns of the files that do not count, as in <see cref="DownloadOptions.Exclude"/>.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Whether to ask as somebody without a token would.</summary>
    public bool Anonymous { get; init; }
}
