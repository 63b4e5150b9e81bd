namespace Snug.Hub;

/// <summary>What <see cref="HubCache.PlanPrune"/> removes.</summary>
public sealed class CachePruneOptions
{
    /// <summary>Whether revisions go to which no branch or tag points. Default: yes, as the Python client does it.</summary>
    public bool DetachedRevisions { get; set; } = true;

    /// <summary>Whether blobs go that no revision uses, in the store that all repositories share too. Default: yes.</summary>
    public bool UnreferencedBlobs { get; set; } = true;

    /// <summary>Whether unfinished downloads and temporary files go whose process is gone. Default: yes.</summary>
    public bool Abandoned { get; set; } = true;

    /// <summary>
    /// How long an unfinished download must have been quiet before it counts as abandoned, when it cannot be known whether its
    /// process lives: it runs on another machine, or is another client's. Default: 3 hours.
    /// </summary>
    public TimeSpan AbandonedAfter { get; set; } = TimeSpan.FromHours(3);
}
