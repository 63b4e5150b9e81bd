using Snug.Hub;

namespace Snug.Bench;

/// <summary>Downloads a repository as a program with Snug would, and prints the folder.</summary>
internal static class ClientCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        Arguments arguments = new(args, "endpoint", "repository", "cache");
        using HubClient hub = new(new HubClientOptions
        {
            Endpoint = new Uri(arguments.Required("endpoint")),
            CacheDirectory = arguments.Required("cache"),
            UseImplicitToken = false,
        });
        CachedSnapshot snapshot = await hub.DownloadSnapshotAsync(RepositoryId.Parse(arguments.Required("repository")));
        Console.WriteLine(snapshot.Directory);
        return 0;
    }
}
