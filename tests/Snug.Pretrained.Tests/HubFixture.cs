using Snug.Hub;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Pretrained.Tests;

/// <summary>A hub on loopback with one repository of given files, and an empty cache.</summary>
internal sealed class HubFixture : IAsyncDisposable
{
    public const string Id = "snug/tiny";

    private HubFixture(TestHub hub) => Hub = hub;

    public TestHub Hub { get; }

    public TemporaryCache Cache { get; } = new();

    /// <summary>Paths of the files that content was asked for, without what is before the name.</summary>
    public string[] Fetched =>
        [.. Hub.Requests.Snapshot().Where(request => request.IsResolve).Select(request => request.Path[(request.Path.IndexOf("/resolve/", StringComparison.Ordinal) + "/resolve/".Length + 41)..]).Distinct().Order(StringComparer.Ordinal)];

    public static async Task<HubFixture> StartAsync(Dictionary<string, byte[]> files, RepositorySettings? settings = null)
    {
        MemoryRepositorySource source = new();
        await source.Add(Id, settings).CommitAsync([.. files.Select(file => (file.Key, RepositoryContent.FromBytes(file.Value)))]);
        return new HubFixture(await TestHub.StartAsync(source, cancellationToken: TestContext.Current.CancellationToken));
    }

    public PretrainedModelOptions Options(bool offline = false) => new()
    {
        Hub = new HubClientOptions
        {
            Endpoint = Hub.Endpoint,
            CacheDirectory = Cache.Root,
            Offline = offline,
            UseImplicitToken = false,
            RetryBaseDelay = TimeSpan.FromMilliseconds(5),
        },
        Model = new() { Threads = 1 },
    };

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        Cache.Dispose();
    }
}
