namespace Snug.Hub;

/// <summary>A content that is not what its users expect.</summary>
/// <param name="Content">The content.</param>
/// <param name="Blobs">The blobs whose name it does not deserve.</param>
/// <param name="Files">The snapshot entries that show it and should not.</param>
internal sealed record WrongContent(
    CachedContent Content, IReadOnlyList<(CachedRepository Repository, CachedBlob Blob)> Blobs, IReadOnlyList<(CachedRevision Revision, CachedFile File)> Files);
