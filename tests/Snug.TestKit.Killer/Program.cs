using Snug.Hub;
using Snug.TestKit.Killer;

// A download in a process of its own, to be killed: ENDPOINT CACHE REPOSITORY COUNTERS [MAX-CONNECTIONS].
using TransferCounters counters = new(args[3]);
HubClientOptions options = new()
{
    Endpoint = new Uri(args[0]),
    CacheDirectory = args[1],
    Offline = false,
    UseImplicitToken = false,
    RetryBaseDelay = TimeSpan.FromMilliseconds(20),
};
if (args.Length > 4)
{
    options.MaxConnections = int.Parse(args[4]);
}

using HttpClient http = new(new CountingHandler(counters, HubClient.CreateHandler(options))) { Timeout = Timeout.InfiniteTimeSpan };
using HubClient client = new(options, http);
try
{
    CachedSnapshot snapshot = await client.DownloadSnapshotAsync(RepositoryId.Parse(args[2]));
    Console.WriteLine($"{snapshot.Commit} {snapshot.TransferredFiles} {snapshot.TransferredBytes}");
    return 0;
}
catch (HubException e)
{
    Console.Error.WriteLine($"{e.Kind}: {e}");
    return 1;
}
