using System.Security.Cryptography;
using Snug.Server;

namespace Snug.Hub.Tests;

/// <summary>Whole downloads through real HTTP into a temporary cache.</summary>
public sealed class SnapshotDownloadTests : IAsyncLifetime
{
    private const string Id = "acme/model";

    private readonly string _cache = Directory.CreateTempSubdirectory("snug-test-").FullName;
    private readonly MemoryRepositorySource _source = new();
    private MemoryRepository _repository = null!;
    private HubServer _server = null!;
    private int _requests;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _repository = _source.Add(RepositoryId.Parse(Id));
        await _repository.CommitAsync(
            ("config.json", RepositoryContent.FromText("{}")),
            ("empty.txt", RepositoryContent.FromText("")),
            ("copy/config.json", RepositoryContent.FromText("{}")),
            ("weights/big.safetensors", RepositoryContent.Pseudorandom(20_000_001, 1)),
            ("weights/middle.bin", RepositoryContent.Pseudorandom(300_000, 2)),
            ("net.mlpackage/Manifest.json", RepositoryContent.FromText("{\"a\":1}")),
            ("net.mlpackage/Data/weight.bin", RepositoryContent.Pseudorandom(1_000_000, 3)));
        _server = await HubServer.StartAsync(
            new HubServerOptions
            {
                Source = _source,
                Configure = app => app.Use(next => context =>
                {
                    Interlocked.Increment(ref _requests);
                    return next(context);
                }),
            },
            Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_cache, recursive: true);
    }

    [Fact]
    public async Task A_snapshot_arrives_whole_and_is_not_requested_twice()
    {
        using HubClient client = Client();
        CachedSnapshot snapshot = await client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);

        Assert.Equal(7, snapshot.Files.Count);
        Assert.Equal(20_000_001, new FileInfo(snapshot.GetFile("weights/big.safetensors")).ResolveLinkTarget(true) is FileInfo f ? f.Length : -1);
        foreach (string blob in Directory.GetFiles(Path.Join(_cache, "models--acme--model", "blobs")).Where(b => Path.GetFileName(b).Length == 64))
        {
            await using FileStream stream = File.OpenRead(blob);
            Assert.Equal(Path.GetFileName(blob), Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, Cancellation)));
        }

        Assert.Equal(snapshot.Commit, await File.ReadAllTextAsync(Path.Join(_cache, "models--acme--model", "refs", "main"), Cancellation));
        int before = _requests;
        CachedSnapshot again = await client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        Assert.Equal(1, _requests - before);
        Assert.Equal(0, again.TransferredFiles);
        CachedSnapshot pinned = await client.DownloadSnapshotAsync(Id, new DownloadOptions { Revision = snapshot.Commit }, cancellationToken: Cancellation);
        Assert.Equal(1, _requests - before);
        Assert.Equal(snapshot.Directory, pinned.Directory);
    }

    private HubClient Client() => new(new HubClientOptions { Endpoint = _server.Endpoint, CacheDirectory = _cache, UseImplicitToken = false });
}
