namespace Snug.Hub;

/// <summary>A file of a snapshot, present with its content.</summary>
public sealed class CachedFile
{
    internal CachedFile(string path, string localPath, CachedBlob? blob, CachedContent content)
    {
        Path = path;
        LocalPath = localPath;
        Blob = blob;
        Content = content;
    }

    /// <summary>The path inside the repository, with <c>/</c> between folders.</summary>
    public string Path { get; }

    /// <summary>The absolute path in the snapshot's folder.</summary>
    public string LocalPath { get; }

    /// <summary>The blob it points at, or <see langword="null"/> when the entry holds the bytes itself or points elsewhere.</summary>
    public CachedBlob? Blob { get; }

    /// <summary>Whether the entry is a file with bytes of its own, as clients write them where links are not possible.</summary>
    public bool IsCopy => Blob is null && Content.Path == LocalPath;

    /// <summary>The absolute path of the file that holds the bytes.</summary>
    public string ContentPath => Content.Path;

    /// <summary>Size in bytes.</summary>
    public long SizeInBytes => Content.Size;

    /// <summary>When the bytes were last written.</summary>
    public DateTimeOffset LastModified => Content.Modified;

    /// <summary>When the bytes were last read, as far as the file system records it.</summary>
    public DateTimeOffset LastAccessed => Content.Accessed;

    internal CachedContent Content { get; }

    /// <summary>The path inside the repository.</summary>
    public override string ToString() => Path;
}
