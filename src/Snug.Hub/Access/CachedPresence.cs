namespace Snug.Hub;

/// <summary>What the cache has of a revision.</summary>
/// <param name="Commit">The commit, which may be older than the Hub's.</param>
/// <param name="Files">How many of the files asked for are present, with the length that the listing tells.</param>
/// <param name="Bytes">Their size, in bytes.</param>
/// <param name="IsWhole">
/// Whether these are all files asked for; <see langword="null"/> where the cache holds no listing of the commit to compare with.
/// </param>
public sealed record CachedPresence(string Commit, int Files, long Bytes, bool? IsWhole);
