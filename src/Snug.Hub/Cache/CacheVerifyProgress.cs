namespace Snug.Hub;

/// <summary>How far a verification has come.</summary>
/// <param name="FilesDone">How many contents have been read.</param>
/// <param name="FilesTotal">How many there are.</param>
/// <param name="BytesDone">The bytes read.</param>
/// <param name="BytesTotal">The bytes to read.</param>
/// <param name="ProblemsFound">How many of the contents were wrong.</param>
public sealed record CacheVerifyProgress(int FilesDone, int FilesTotal, long BytesDone, long BytesTotal, int ProblemsFound);
