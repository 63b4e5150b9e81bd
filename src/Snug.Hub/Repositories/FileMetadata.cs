namespace Snug.Hub;

/// <summary>What the Hub says about one file without sending it.</summary>
/// <param name="Commit">The commit that the revision resolved to.</param>
/// <param name="Etag">The name of its blob: SHA-256 for LFS files, else the git blob id.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Location">Where the content comes from: the endpoint, or the storage it redirects to.</param>
/// <param name="XetHash">The Xet hash, if the Hub named one.</param>
public sealed record FileMetadata(string Commit, string Etag, long Size, Uri Location, string? XetHash);
