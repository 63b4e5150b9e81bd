namespace Snug.Hub;

/// <summary>
/// Bytes on the disk, whoever points at them: one object per real file, so that every sum counts it once.
/// </summary>
internal sealed class CachedContent(string path, long size, DateTimeOffset modified, DateTimeOffset accessed)
{
    public string Path { get; } = path;

    public long Size { get; } = size;

    public DateTimeOffset Modified { get; } = modified;

    public DateTimeOffset Accessed { get; } = accessed;

    /// <summary>Whether a snapshot of any repository leads here.</summary>
    public bool IsReferenced { get; set; }

    /// <summary>Whether a sum over the cache has it already.</summary>
    public bool Counted { get; set; }
}
