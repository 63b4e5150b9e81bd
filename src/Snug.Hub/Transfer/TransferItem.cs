namespace Snug.Hub;

/// <summary>One content to fetch, whatever number of paths share it.</summary>
internal sealed record TransferItem
{
    public required RepositoryId Repository { get; init; }

    public required string Commit { get; init; }

    /// <summary>One path of the content at the commit; requests name it.</summary>
    public required string Path { get; init; }

    /// <summary>The exact size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>The blob name: the content's hash.</summary>
    public required string Etag { get; init; }

    /// <summary>The folder of partial files; on the same volume as <see cref="FinalPath"/>.</summary>
    public required string PartialFolder { get; init; }

    /// <summary>The beginning of partial file names; <c>STEM.RANDOM.incomplete</c> and older <c>STEM.incomplete</c> belong to this content.</summary>
    public required string PartialStem { get; init; }

    /// <summary>Where the verified content goes.</summary>
    public required string FinalPath { get; init; }

    /// <summary>Another place where the content may stand: where links are not to be had, blobs move into their snapshot.</summary>
    public string? OtherPath { get; init; }

    /// <summary>The lock shared with other processes.</summary>
    public required string LockPath { get; init; }

    /// <summary>Whether present content is replaced.</summary>
    public bool Force { get; init; }

    public RequestContext Context => new("downloading", Repository, Commit, Path);
}
