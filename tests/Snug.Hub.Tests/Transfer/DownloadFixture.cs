using Snug.Server;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>A hub with one repository of every kind of file, a client and an empty cache, anew for every test.</summary>
public abstract class DownloadFixture : IAsyncLifetime
{
    protected const string Id = "acme/model";
    protected const int BigSize = 9_000_001;

    private readonly MemoryRepositorySource _source = new();

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected TemporaryCache Cache { get; } = new();

    protected MemoryRepository Repository { get; private set; } = null!;

    protected TestHub Hub { get; private set; } = null!;

    protected HubClient Client { get; private set; } = null!;

    protected HostedCommit Commit { get; private set; } = null!;

    protected string CacheFolder => Cache.RepositoryFolder(Id);

    public async ValueTask InitializeAsync()
    {
        Repository = _source.Add(RepositoryId.Parse(Id));
        Commit = await Repository.CommitAsync(
            ("config.json", RepositoryContent.FromText("{}")),
            ("empty.txt", RepositoryContent.FromText("")),
            ("copy/config.json", RepositoryContent.FromText("{}")),
            ("weights/big.safetensors", RepositoryContent.Pseudorandom(BigSize, 1)),
            ("weights/middle.bin", RepositoryContent.Pseudorandom(300_000, 2)),
            ("net.mlpackage/Manifest.json", RepositoryContent.FromText("{\"a\":1}")),
            ("net.mlpackage/Data/weight.bin", RepositoryContent.Pseudorandom(1_000_000, 3)));
        Hub = await TestHub.StartAsync(_source, cancellationToken: Cancellation);
        Client = Hub.CreateClient(Cache);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Hub.DisposeAsync();
        Cache.Dispose();
        GC.SuppressFinalize(this);
    }

    protected int CountRequests(string method, string part) =>
        Hub.Requests.Snapshot().Count(r => r.Method == method && r.Path.Contains(part, StringComparison.Ordinal));
}
