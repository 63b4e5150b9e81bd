namespace Snug.Hub;

/// <summary>What a verification found.</summary>
public sealed class CacheVerification
{
    internal CacheVerification(CacheScan scan, IReadOnlySet<RepositoryId>? selected)
    {
        Scan = scan;
        Selected = selected;
    }

    /// <summary>The cache as it was when the verification began.</summary>
    public CacheScan Scan { get; }

    /// <summary>Everything wrong with the verified repositories: what the scan found, and content that is not what it should be.</summary>
    public IReadOnlyList<CacheProblem> Problems { get; internal init; } = [];

    /// <summary>
    /// The files that readers miss, or will miss after a repair, by revision: download them to make the cache whole again.
    /// Files that were never downloaded are not among them.
    /// </summary>
    public IReadOnlyList<CachedRevisionGap> Gaps { get; internal init; } = [];

    /// <summary>How many contents were read and are what they should be.</summary>
    public int FilesVerified { get; internal init; }

    /// <summary>The bytes that were read.</summary>
    public long BytesRead { get; internal init; }

    /// <summary>
    /// Absolute paths of contents of which nothing says what they should be: copies without a stored listing, and blobs whose
    /// name is no hash.
    /// </summary>
    public IReadOnlyList<string> Unverifiable { get; internal init; } = [];

    /// <summary>Whether nothing is wrong that a repair would mend.</summary>
    public bool IsSound => Wrong.Count == 0 && Gaps.Count == 0 && !Problems.Any(p => CacheProblems.IsRepairable(p.Kind));

    /// <summary>The repositories that were verified, or <see langword="null"/> for all.</summary>
    internal IReadOnlySet<RepositoryId>? Selected { get; }

    /// <summary>The contents that are wrong.</summary>
    internal IReadOnlyList<WrongContent> Wrong { get; init; } = [];
}
