namespace Snug.Hub;

/// <summary>What to download and where to put it.</summary>
public sealed record DownloadOptions
{
    /// <summary>Branch, tag, commit or <c>refs/pr/N</c>. Default: <c>main</c>.</summary>
    public string? Revision { get; init; }

    /// <summary>
    /// Patterns of the files wanted, with the meaning of Python's <c>fnmatch</c>: case-sensitive, <c>*</c> also crosses <c>/</c>,
    /// <c>[seq]</c> and <c>?</c> work, a trailing <c>/</c> means everything beneath. Empty: all files.
    /// </summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Patterns of files left out, with the same meaning; they win over <see cref="Include"/>.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>A folder that receives the files under their names instead of the cache.</summary>
    public string? LocalDirectory { get; init; }

    /// <summary>Whether to transfer files that are present already. The old copy stays until the new one is verified.</summary>
    public bool Force { get; init; }

    /// <summary>Whether to send no request for this call. Unset: the client's setting.</summary>
    public bool? Offline { get; init; }
}
