namespace Snug.Hub;

/// <summary>What a scan finds wrong or strange in a cache. Nothing of it hides the repository it is found in.</summary>
public enum CacheProblemKind
{
    /// <summary>A snapshot entry or blob is a link whose target is missing; readers treat the file as absent.</summary>
    BrokenLink,

    /// <summary>A snapshot entry or blob is a link to something that is not one of the repository's blobs.</summary>
    LinkOutside,

    /// <summary>A folder of the cache is a link to another place; it is read, but nothing behind it is ever removed.</summary>
    LinkedFolder,

    /// <summary>A ref names a commit that has no snapshot.</summary>
    DanglingRef,

    /// <summary>A ref does not hold a commit id.</summary>
    InvalidRef,

    /// <summary>A folder or file cannot be read.</summary>
    Unreadable,

    /// <summary>A file or folder that no client of the Hub writes here; it is left alone.</summary>
    ForeignEntry,

    /// <summary>A download journal whose partial file is gone.</summary>
    StrayJournal,

    /// <summary>The bytes of a blob or file are not those that its name or the repository's listing promises.</summary>
    WrongContent,

    /// <summary>Something could not be removed.</summary>
    NotRemoved,
}
