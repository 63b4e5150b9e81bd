namespace Snug.Hub;

/// <summary>What an item of a removal plan is. Items are removed in this order, so that nothing ever points at what is gone.</summary>
public enum CacheRemovalKind
{
    /// <summary>A ref, or all refs of a repository.</summary>
    Ref,

    /// <summary>A revision's snapshot folder, with the bytes of the copies in it.</summary>
    Snapshot,

    /// <summary>One entry of a snapshot.</summary>
    SnapshotEntry,

    /// <summary>The stored listing of a commit, or of all commits of a repository.</summary>
    Listing,

    /// <summary>The memory of which files a commit, or all commits of a repository, do not have.</summary>
    NegativeEntries,

    /// <summary>A blob; if it is shared, only the repository's link to it.</summary>
    Blob,

    /// <summary>The bytes of a shared blob, when no repository uses it any more.</summary>
    SharedBlob,

    /// <summary>An unfinished download, with its journal.</summary>
    Partial,

    /// <summary>A temporary file or folder that an interrupted process left.</summary>
    Leftover,

    /// <summary>Something that no client made, in a repository that is removed whole.</summary>
    ForeignEntry,

    /// <summary>The folder of a repository that is removed whole, once it is empty.</summary>
    RepositoryFolder,
}
