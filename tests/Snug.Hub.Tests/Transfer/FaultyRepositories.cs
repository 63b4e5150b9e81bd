using Snug.Server;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>Three repositories with one file each, and a client with short patience: faults happen to small and large files, from both listeners.</summary>
public sealed class FaultyRepositories
{
    private readonly MemoryRepositorySource _source = new();
    private readonly Dictionary<string, HostedCommit> _commits = [];

    private FaultyRepositories()
    {
    }

    /// <summary>A small file from the Hub itself, a small one from the storage, and one that comes in ranges.</summary>
    public static IReadOnlyList<string> Sizes { get; } = ["small", "stored", "large"];

    public static async Task<FaultyRepositories> CreateAsync()
    {
        FaultyRepositories repositories = new();
        await repositories.AddAsync("small", "config.json", 3_000);
        await repositories.AddAsync("stored", "tiny.safetensors", 100_000);
        await repositories.AddAsync("large", "model.safetensors", 9_000_001);
        return repositories;
    }

    public static RepositoryId Id(string size) => RepositoryId.Parse("org/" + size);

    public HostedCommit Commit(string size) => _commits[size];

    public Task<TestHub> StartAsync() => TestHub.StartAsync(_source, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Plays a fault on the requests that carry the file's content.</summary>
    public static FaultRule OnContent(TestHub hub, string size, Fault fault, int? times) => hub.Faults.Add(
        size == "small"
            ? new FaultRule { Fault = fault, Times = times, Listener = HubListener.Endpoint, Path = "*/resolve/*" }
            : new FaultRule { Fault = fault, Times = times, Listener = HubListener.Storage });

    public static HubClient CreateClient(TestHub hub, TemporaryCache cache) => hub.CreateClient(cache, options =>
    {
        options.MaxRetries = 3;
        options.ConnectTimeout = TimeSpan.FromMilliseconds(250);
        options.HeaderTimeout = TimeSpan.FromMilliseconds(250);
        options.IdleTimeout = TimeSpan.FromMilliseconds(400);
        options.MinimumThroughput = 50_000;
        options.MinimumThroughputWindow = TimeSpan.FromMilliseconds(600);
        options.MaxRetryDelay = TimeSpan.FromSeconds(5);
    });

    private async Task AddAsync(string size, string file, long length) => _commits.Add(
        size, await SyntheticRepositories.AddAsync(_source, Id(size), [(file, RepositoryContent.Pseudorandom(length, seed: (int)length))]));
}
