namespace Snug.Hub;

/// <summary>A temporary file or folder that an interrupted process left in a repository's folder.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="SizeInBytes">The bytes of all files in it; links count nothing.</param>
/// <param name="LastModified">When it was last changed.</param>
public sealed record CacheLeftover(string Path, long SizeInBytes, DateTimeOffset LastModified);
