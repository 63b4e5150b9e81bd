namespace Snug.Hub;

/// <summary>One content to read, with what its users take it for.</summary>
internal sealed class VerifyJob(CachedContent content)
{
    public CachedContent Content { get; } = content;

    /// <summary>Blobs, which promise the hash in their name.</summary>
    public List<(CachedRepository Repository, CachedBlob Blob)> Blobs { get; } = [];

    /// <summary>Snapshot entries with the hash that they should have: that of their blob's name, or of the commit's listing.</summary>
    public List<(CachedRevision Revision, CachedFile File, string Expected)> Files { get; } = [];

    /// <summary>The different hashes that are expected.</summary>
    public IEnumerable<string> Expected =>
        Blobs.Select(b => b.Blob.Name).Where(IsHash).Concat(Files.Select(f => f.Expected)).Distinct(StringComparer.Ordinal);

    /// <summary>Whether a name is the hash of the content that bears it.</summary>
    public static bool IsHash(string name) => Hashes.IsSha256(name) || Hashes.IsGitBlob(name);
}
