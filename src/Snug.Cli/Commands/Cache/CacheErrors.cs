using Snug.Hub;

namespace Snug.Cli;

/// <summary>What the commands of the cache fail with.</summary>
internal static class CacheErrors
{
    public static HubException NotCached(RepositoryId repository, string? file, string directory) =>
        new(HubErrorKind.Offline, $"{(file is null ? "" : $"'{file}' of ")}{repository} is not in the cache '{directory}'.")
        {
            Repository = repository,
            File = file,
            Advice = [$"Run 'snug download {repository}' to put it there.", "Run 'snug cache list' to see what is there."],
        };
}
