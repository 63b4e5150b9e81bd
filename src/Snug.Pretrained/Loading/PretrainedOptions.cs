using Snug.Hub;

namespace Snug.Pretrained;

/// <summary>Where something of a repository comes from, and how it gets here.</summary>
public record PretrainedOptions
{
    /// <summary>Branch, tag, commit or <c>refs/pr/N</c>; wins over a revision in the name. Unset: that of the name, else <c>main</c>.</summary>
    public string? Revision { get; init; }

    /// <summary>Whether to send no request and take everything from the cache. Unset: the client's setting.</summary>
    public bool? Offline { get; init; }

    /// <summary>Token, cache folder, time-outs and all else of the client that is made for the call. Not looked at where <see cref="Client"/> is set.</summary>
    public HubClientOptions Hub { get; init; } = new();

    /// <summary>A client to use; it is not disposed. Unset: one of its own for the call.</summary>
    public HubClient? Client { get; init; }

    /// <summary>Receives reports while the large files are downloaded.</summary>
    public IProgress<DownloadProgress>? Progress { get; init; }
}
