using Microsoft.Extensions.Logging;

namespace Snug.Server;

/// <summary>How a folder of repositories is read.</summary>
public sealed record FolderRepositorySourceOptions
{
    /// <summary>How long what was seen on disk is believed; zero looks at every request, infinite looks once.</summary>
    public TimeSpan RescanInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A file that keeps the hashes of files between runs, so that large ones are not read again at every start;
    /// <see langword="null"/> keeps them in memory only.
    /// </summary>
    public string? HashIndexFile { get; init; }

    /// <summary>Told of repositories that cannot be read.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
