namespace Snug.Server;

/// <summary>The names of a content.</summary>
/// <param name="BlobId">The git blob id: of the content itself, or of its pointer text when it is in large file storage.</param>
/// <param name="Sha256">The SHA-256 when the content is in large file storage.</param>
internal readonly record struct ContentHashes(string BlobId, string? Sha256);
