namespace Snug.Hub;

/// <summary>A file that a download has begun and not finished.</summary>
public sealed class CachedPartial
{
    internal CachedPartial(RepositoryId repository, string path, string etag, long size, DateTimeOffset modified, string? journal)
    {
        Repository = repository;
        Path = path;
        Etag = etag;
        SizeInBytes = size;
        LastModified = modified;
        JournalPath = journal;
    }

    /// <summary>The repository it belongs to.</summary>
    public RepositoryId Repository { get; }

    /// <summary>The absolute path; that of the journal if only a journal is left.</summary>
    public string Path { get; }

    /// <summary>The name that the finished blob will have.</summary>
    public string Etag { get; }

    /// <summary>Size in bytes, that of its journal included.</summary>
    public long SizeInBytes { get; }

    /// <summary>When it, or its journal, last grew.</summary>
    public DateTimeOffset LastModified { get; }

    /// <summary>The journal that lets a later download go on from here, if there is one.</summary>
    public string? JournalPath { get; }

    /// <summary>Whether the journal is all that is left.</summary>
    public bool IsStrayJournal => JournalPath == Path;

    /// <summary>The absolute path.</summary>
    public override string ToString() => Path;
}
