using Snug.Hub;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Hosting.Tests;

/// <summary>A hub on loopback with a public model, a gated one and a large one, and a cache for an application.</summary>
internal sealed class ModelHub : IAsyncDisposable
{
    public const string Model = "org/model";
    public const string Gated = "org/gated";
    public const string Other = "org/other";
    public const int WeightBytes = 1_500_000;

    private ModelHub(TestHub hub, MemoryRepositorySource source, TemporaryCache cache, HostedCommit commit) =>
        (Hub, Source, Cache, Commit) = (hub, source, cache, commit);

    public TestHub Hub { get; }

    /// <summary>The repositories, to which more may be added.</summary>
    public MemoryRepositorySource Source { get; }

    public TemporaryCache Cache { get; }

    /// <summary>The commit of <see cref="Model"/>.</summary>
    public HostedCommit Commit { get; }

    public FaultPlan Faults => Hub.Faults;

    public static async Task<ModelHub> StartAsync(string? cacheParent = null)
    {
        MemoryRepositorySource source = new();
        HostedCommit commit = await source.Add(Model).CommitAsync(Files(1));
        await source.Add(Other).CommitAsync(Files(2));
        await source.Add(Gated, new RepositorySettings { Gate = RepositoryGate.Manual }).CommitAsync(Files(3));
        TestHub hub = await TestHub.StartAsync(source, cancellationToken: TestContext.Current.CancellationToken);
        return new ModelHub(hub, source, new TemporaryCache(cacheParent), commit);
    }

    /// <summary>Settings that know nothing of the environment and do not wait long.</summary>
    public void Configure(SnugOptions options)
    {
        HubClientOptions hub = options.Hub;
        hub.Endpoint = Hub.Endpoint;
        hub.CacheDirectory = Cache.Root;
        hub.Offline ??= false;
        hub.DisableSymlinks = false;
        hub.UseImplicitToken = false;
        hub.ReadVariable = _ => null;
        hub.RetryBaseDelay = TimeSpan.FromMilliseconds(5);
        hub.MaxRetries = 1;

        // Tests hold answers back; how long depends on how busy the machine is.
        hub.HeaderTimeout ??= TimeSpan.FromMinutes(2);
        hub.IdleTimeout ??= TimeSpan.FromMinutes(2);
    }

    /// <summary>Every request is refused, as by a network that is down.</summary>
    public void GoDown() => Faults.Add("*", Fault.Refuse());

    public async Task FillCacheAsync(string model = Model)
    {
        using HubClient client = Hub.CreateClient(Cache);
        await client.DownloadSnapshotAsync(model, cancellationToken: TestContext.Current.CancellationToken);
        Hub.Requests.Clear();
    }

    /// <summary>How often each file's content was sent.</summary>
    public int[] TransfersByFile() =>
        [.. Hub.Requests.Snapshot().Where(request => request.IsResolve && request.Method == "GET").GroupBy(request => request.Path).Select(group => group.Count())];

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        Cache.Dispose();
    }

    private static (string Path, RepositoryContent Content)[] Files(int seed) =>
    [
        ("config.json", RepositoryContent.FromText($$"""{"model_type":"whisper","seed":{{seed}}}""")),
        ("README.md", RepositoryContent.FromText("# A model\n")),
        ("model.safetensors", RepositoryContent.Pseudorandom(WeightBytes, seed)),
    ];
}
