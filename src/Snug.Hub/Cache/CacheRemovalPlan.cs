namespace Snug.Hub;

/// <summary>What a removal would remove and free. Making a plan changes nothing; <see cref="HubCache.ExecuteAsync"/> carries it out.</summary>
public sealed class CacheRemovalPlan
{
    internal CacheRemovalPlan(string directory, IReadOnlyList<CacheRemovalItem> items)
    {
        Directory = directory;
        Items = items;
        BytesFreed = items.Sum(i => i.SizeInBytes);
    }

    /// <summary>The cache root.</summary>
    public string Directory { get; }

    /// <summary>Everything that is removed, in order.</summary>
    public IReadOnlyList<CacheRemovalItem> Items { get; }

    /// <summary>The exact bytes of content that are freed, each content counted once. What others still use frees nothing.</summary>
    public long BytesFreed { get; }

    /// <summary>The repositories that are removed whole.</summary>
    public IReadOnlyList<RepositoryId> Repositories { get; internal init; } = [];

    /// <summary>The revisions that are removed, those of <see cref="Repositories"/> included.</summary>
    public IReadOnlyList<CachedRevision> Revisions { get; internal init; } = [];

    /// <summary>What is left in place although it was asked for, running downloads for example.</summary>
    public IReadOnlyList<CacheSpared> Spared { get; internal init; } = [];

    /// <summary>What was asked for and is not in the cache.</summary>
    public IReadOnlyList<RepositoryReference> NotFound { get; internal init; } = [];

    /// <summary>Whether there is nothing to remove.</summary>
    public bool IsEmpty => Items.Count == 0;
}
