namespace Snug.Hub;

/// <summary>One file of a <see cref="DownloadPlan"/>.</summary>
/// <param name="Path">The path inside the repository.</param>
/// <param name="Size">The size in bytes.</param>
/// <param name="Etag">The name of its content: SHA-256 for LFS files, else the git blob id.</param>
/// <param name="State">What is there already.</param>
/// <param name="BytesToFetch">The bytes still to be transferred for it; 0 when another file of the plan brings the same content.</param>
public sealed record PlannedFile(string Path, long Size, string Etag, PlannedFileState State, long BytesToFetch);
