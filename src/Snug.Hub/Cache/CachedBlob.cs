namespace Snug.Hub;

/// <summary>A file of a repository's <c>blobs</c> folder: content under the name that the Hub gave it.</summary>
public sealed class CachedBlob
{
    internal CachedBlob(string name, string path, CachedContent content, bool isShared)
    {
        Name = name;
        Path = path;
        Content = content;
        IsShared = isShared;
    }

    /// <summary>Its name: the SHA-256 for large files, the git blob id for others.</summary>
    public string Name { get; }

    /// <summary>The absolute path in the repository's <c>blobs</c> folder; a link if the blob is shared.</summary>
    public string Path { get; }

    /// <summary>The absolute path of the file that holds the bytes.</summary>
    public string ContentPath => Content.Path;

    /// <summary>Whether the bytes lie in the store that all repositories of the cache share.</summary>
    public bool IsShared { get; }

    /// <summary>Whether a snapshot of the repository points at it.</summary>
    public bool IsReferenced { get; internal set; }

    /// <summary>Size in bytes.</summary>
    public long SizeInBytes => Content.Size;

    /// <summary>When the bytes were last written.</summary>
    public DateTimeOffset LastModified => Content.Modified;

    /// <summary>When the bytes were last read, as far as the file system records it.</summary>
    public DateTimeOffset LastAccessed => Content.Accessed;

    internal CachedContent Content { get; }

    /// <summary>The blob's name.</summary>
    public override string ToString() => Name;
}
