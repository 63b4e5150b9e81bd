using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>Single files: as few requests as possible, and the cache when the Hub is away.</summary>
public sealed class FileDownloadTests : DownloadFixture
{
    [Fact]
    public async Task A_file_costs_one_lookup_and_one_body_then_one_lookup_then_nothing()
    {
        string path = await Client.DownloadFileAsync(Id, "config.json", cancellationToken: Cancellation);
        Assert.Equal("{}", await File.ReadAllTextAsync(path, Cancellation));
        Assert.Equal(2, Hub.Requests.Count);

        Assert.Equal(path, await Client.DownloadFileAsync(Id, "config.json", cancellationToken: Cancellation));
        Assert.Equal(3, Hub.Requests.Count);

        Assert.Equal(path, await Client.DownloadFileAsync(Id, "config.json", new DownloadOptions { Revision = Commit.Id }, cancellationToken: Cancellation));
        Assert.Equal(3, Hub.Requests.Count);
        Cache.AssertWhole();
    }

    [Fact]
    public async Task A_missing_file_is_remembered_for_its_commit()
    {
        HubException e = await Assert.ThrowsAsync<HubException>(
            () => Client.DownloadFileAsync(Id, "nope.json", new DownloadOptions { Revision = Commit.Id }, cancellationToken: Cancellation));
        Assert.Equal((HubErrorKind.EntryNotFound, "nope.json"), (e.Kind, e.File));
        Assert.True(File.Exists(Path.Join(CacheFolder, ".no_exist", Commit.Id, "nope.json")));
        Hub.Requests.Clear();

        e = await Assert.ThrowsAsync<HubException>(
            () => Client.DownloadFileAsync(Id, "nope.json", new DownloadOptions { Revision = Commit.Id }, cancellationToken: Cancellation));
        Assert.Equal(HubErrorKind.EntryNotFound, e.Kind);
        Assert.Equal(0, Hub.Requests.Count);
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("a\\b")]
    [InlineData("a//b")]
    public async Task A_path_that_leaves_the_repository_is_refused_before_any_request(string path)
    {
        HubException e = await Assert.ThrowsAsync<HubException>(() => Client.DownloadFileAsync(Id, path, cancellationToken: Cancellation));
        Assert.Equal(HubErrorKind.InvalidRequest, e.Kind);
        Assert.Equal(0, Hub.Requests.Count);
    }

    [Fact]
    public async Task While_the_hub_fails_a_cached_file_and_a_cached_snapshot_are_served()
    {
        string path = await Client.DownloadFileAsync(Id, "config.json", cancellationToken: Cancellation);
        await Client.DownloadSnapshotAsync(Id, new DownloadOptions { Include = ["*.json"] }, cancellationToken: Cancellation);
        Hub.Faults.Add("*", Fault.Status(503));
        Hub.Requests.Clear();

        Assert.Equal(path, await Client.DownloadFileAsync(Id, "config.json", cancellationToken: Cancellation));
        Assert.Equal(1, Hub.Requests.Count);
        CachedSnapshot snapshot = await Client.DownloadSnapshotAsync(Id, new DownloadOptions { Include = ["*.json"] }, cancellationToken: Cancellation);
        Assert.Equal(3, snapshot.Files.Count);

        // What is not there cannot be served: then the failure is told.
        HubException e = await Assert.ThrowsAsync<HubException>(() => Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation));
        Assert.Equal((HubErrorKind.ServerError, 503), (e.Kind, e.StatusCode));
    }

    [Fact]
    public async Task Offline_serves_what_is_there_and_says_what_is_missing()
    {
        await Client.DownloadSnapshotAsync(Id, new DownloadOptions { Include = ["*.json"] }, cancellationToken: Cancellation);
        Hub.Requests.Clear();
        using HubClient offline = Hub.CreateClient(Cache, o => o.Offline = true);

        CachedSnapshot snapshot = await offline.DownloadSnapshotAsync(Id, new DownloadOptions { Include = ["*.json"] }, cancellationToken: Cancellation);
        Assert.Equal(3, snapshot.Files.Count);
        Assert.True(File.Exists(await offline.DownloadFileAsync(Id, "config.json", cancellationToken: Cancellation)));

        HubException all = await Assert.ThrowsAsync<HubException>(() => offline.DownloadSnapshotAsync(Id, cancellationToken: Cancellation));
        Assert.Equal(HubErrorKind.Offline, all.Kind);
        Assert.Contains("4 of 7 files", all.Message, StringComparison.Ordinal);
        Assert.Contains("weights/big.safetensors", all.Message, StringComparison.Ordinal);
        Assert.Contains(all.Advice, a => a.Contains("config.json", StringComparison.Ordinal));

        HubException one = await Assert.ThrowsAsync<HubException>(
            () => offline.DownloadFileAsync(Id, "weights/middle.bin", cancellationToken: Cancellation));
        Assert.Equal((HubErrorKind.Offline, "weights/middle.bin"), (one.Kind, one.File));
        HubException other = await Assert.ThrowsAsync<HubException>(() => offline.DownloadSnapshotAsync("acme/other", cancellationToken: Cancellation));
        Assert.Equal(HubErrorKind.Offline, other.Kind);
        Assert.Equal(0, Hub.Requests.Count);
    }

    [Fact]
    public async Task The_offline_switch_can_be_set_for_one_call()
    {
        HubException e = await Assert.ThrowsAsync<HubException>(
            () => Client.DownloadSnapshotAsync(Id, new DownloadOptions { Offline = true }, cancellationToken: Cancellation));
        Assert.Equal(HubErrorKind.Offline, e.Kind);
        Assert.Equal(0, Hub.Requests.Count);
    }

    [Fact]
    public async Task A_transfer_that_breaks_and_goes_on_is_logged_without_the_token()
    {
        Hub.Faults.Add(new FaultRule { Path = "*/resolve/*", Fault = Fault.Status(503), Times = 1 });
        ListLogger logger = new();
        using HubClient client = new(
            new HubClientOptions
            {
                Endpoint = Hub.Endpoint,
                CacheDirectory = Cache.Root,
                Token = AccessToken.Parse("hf_xxx"),
                RetryBaseDelay = TimeSpan.FromMilliseconds(5),
            },
            logger: logger);

        await client.DownloadSnapshotAsync(Id, new DownloadOptions { Include = ["config.json"] }, cancellationToken: Cancellation);

        Assert.Contains(logger.Lines, l => l.Contains("config.json", StringComparison.Ordinal) && l.Contains("503", StringComparison.Ordinal));
        Assert.DoesNotContain(logger.Lines, l => l.Contains("hf_xxx", StringComparison.Ordinal));
    }

    private sealed class ListLogger : Microsoft.Extensions.Logging.ILogger<HubClient>
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = new();

        public IEnumerable<string> Lines => _lines;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(
            Microsoft.Extensions.Logging.LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => _lines.Enqueue(formatter(state, exception));
    }
}
