namespace Snug.Hub;

/// <summary>One thing that a removal plan removes.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Path">The absolute path.</param>
/// <param name="SizeInBytes">The bytes that its removal frees.</param>
/// <param name="Repository">The repository it belongs to; <see langword="null"/> for a shared blob.</param>
public sealed record CacheRemovalItem(CacheRemovalKind Kind, string Path, long SizeInBytes, RepositoryId? Repository)
{
    /// <summary>What it was when the plan was made; something else by the same name is not removed.</summary>
    internal DateTimeOffset? Modified { get; init; }

    /// <summary>Where the link pointed when the plan was made.</summary>
    internal string? LinkTarget { get; init; }

    /// <summary>The blob name whose lock is held during the removal.</summary>
    internal string? Etag { get; init; }

    /// <summary>Whether a shared blob without a list of users is removed all the same.</summary>
    internal bool EvenWithoutList { get; init; }
}
