namespace Snug.Hub;

/// <summary>Something that a removal plan leaves in place although it was asked for.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="SizeInBytes">The bytes that would have been freed.</param>
/// <param name="Reason">Why, as the rest of a sentence that begins with the path: <c>it is being downloaded</c>.</param>
/// <param name="Repository">The repository concerned, if one is.</param>
public sealed record CacheSpared(string Path, long SizeInBytes, string Reason, RepositoryId? Repository);
