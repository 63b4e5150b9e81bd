namespace Snug.Hub;

/// <summary>A file in a repository's listing.</summary>
/// <param name="Path">Its path inside the repository, with <c>/</c> between folders.</param>
/// <param name="Size">Its size in bytes; for LFS files that of the content, not of the pointer.</param>
/// <param name="BlobId">The git blob id; for LFS files that of the pointer.</param>
/// <param name="LfsSha256">The SHA-256 of the content of an LFS or Xet file, otherwise <see langword="null"/>.</param>
/// <param name="XetHash">The Xet hash, if the Hub named one.</param>
public sealed record RepositoryFile(string Path, long Size, string BlobId, string? LfsSha256 = null, string? XetHash = null)
{
    /// <summary>The name of the file's blob in the cache: its SHA-256 for LFS files, else its git blob id.</summary>
    public string Etag => LfsSha256 ?? BlobId;

    /// <summary>Whether the content is stored as a large file.</summary>
    public bool IsLfs => LfsSha256 is not null;

    /// <summary>
    /// Whether a path names a folder that is one model to its users and makes sense only whole: Core ML's <c>.mlpackage</c> and
    /// <c>.mlmodelc</c>.
    /// </summary>
    public static bool IsPackage(ReadOnlySpan<char> path) =>
        path.EndsWith(".mlpackage", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".mlmodelc", StringComparison.OrdinalIgnoreCase);
}
