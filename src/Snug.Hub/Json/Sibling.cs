namespace Snug.Hub;

/// <summary>A file in the <c>siblings</c> of a repository's info.</summary>
/// <param name="Path">Its path in the repository.</param>
/// <param name="Size">The content's bytes; there only when sizes were asked for.</param>
internal readonly record struct Sibling(string Path, long? Size);
