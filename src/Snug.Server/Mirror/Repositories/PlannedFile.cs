namespace Snug.Server;

/// <summary>A file to be hashed.</summary>
internal sealed record PlannedFile(string Path, RepositoryContent Content, bool IsLfs);
