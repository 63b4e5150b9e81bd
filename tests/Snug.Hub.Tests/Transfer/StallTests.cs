using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>A Hub that accepts connections and says nothing: patience with it ends, however many retries are left.</summary>
public sealed class StallTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "S3-19")]
    public void Patience_is_thirty_seconds()
    {
        HubSettings settings = Resolve(new HubClientOptions());

        Assert.Equal(TimeSpan.FromSeconds(30), settings.StallTimeout);
        Assert.Equal("30 s", settings.All.Single(setting => setting.Name == "stall time-out").Value);
    }

    [Fact]
    public void Who_allows_a_longer_wait_gets_it() =>
        Assert.Equal(TimeSpan.FromSeconds(90), Resolve(new HubClientOptions(), ("HF_HUB_DOWNLOAD_TIMEOUT", "90")).StallTimeout);

    [Fact]
    public void No_single_wait_is_longer_than_all_of_them()
    {
        HubSettings settings = Resolve(new HubClientOptions { StallTimeout = TimeSpan.FromSeconds(2) }, ("HF_HUB_DOWNLOAD_TIMEOUT", "90"));

        Assert.Equal(TimeSpan.FromSeconds(2), settings.StallTimeout);
        Assert.Equal(TimeSpan.FromSeconds(2), settings.HeaderTimeout);
        Assert.Equal(TimeSpan.FromSeconds(2), settings.IdleTimeout);
    }

    [Theory]
    [Trait("Requirement", "S3-19")]
    [InlineData("/api/models/*", "headers")]
    [InlineData("/api/models/*", "body")]
    [InlineData("*/resolve/*", "headers")]
    [InlineData("*/resolve/*", "body")]
    public async Task A_silent_hub_fails_the_call_after_the_given_time(string path, string part)
    {
        FaultyRepositories repositories = await FaultyRepositories.CreateAsync();
        await using TestHub hub = await repositories.StartAsync();
        using TemporaryCache cache = new();
        hub.Faults.Add(path, part == "headers" ? Fault.StallHeaders() : Fault.StallBody(0));
        using HubClient client = hub.CreateClient(cache, options =>
        {
            // Without an end to patience this would take a hundred seconds.
            options.MaxRetries = 1000;
            options.HeaderTimeout = TimeSpan.FromMilliseconds(100);
            options.IdleTimeout = TimeSpan.FromMilliseconds(100);
            options.RetryBaseDelay = TimeSpan.FromMilliseconds(1);
            options.StallTimeout = TimeSpan.FromMilliseconds(500);
        });

        HubException e = await Assert.ThrowsAsync<HubException>(
            () => client.DownloadSnapshotAsync(FaultyRepositories.Id("small"), cancellationToken: Cancellation));

        Assert.Equal(HubErrorKind.Timeout, e.Kind);
        Assert.InRange(hub.Requests.Count, 1, 50);
        cache.AssertWhole();
    }

    /// <summary>Who says that it will answer later is not silent, and the answer after the wait has its full time.</summary>
    [Theory]
    [InlineData("/api/models/*", "revision")]
    [InlineData("*/resolve/*", "resolve")]
    public async Task A_wait_that_the_hub_asks_for_is_no_silence(string path, string part)
    {
        FaultyRepositories repositories = await FaultyRepositories.CreateAsync();
        await using TestHub hub = await repositories.StartAsync();
        using TemporaryCache cache = new();
        FaultRule busy = hub.Faults.Add(path, Fault.TooManyRequests(retryAfterSeconds: 1), times: 1);
        hub.Faults.Add(path, Fault.SlowHeaders(TimeSpan.FromMilliseconds(100)));
        using HubClient client = hub.CreateClient(cache, options => options.StallTimeout = TimeSpan.FromMilliseconds(900));

        await client.DownloadSnapshotAsync(FaultyRepositories.Id("small"), cancellationToken: Cancellation);

        Assert.Equal(1, busy.Hits);
        Assert.Equal(2, hub.Requests.Snapshot().Count(request => request.Path.Contains($"/{part}/", StringComparison.Ordinal)));
        cache.AssertSnapshot(FaultyRepositories.Id("small"), repositories.Commit("small"));
    }

    private static HubSettings Resolve(HubClientOptions options, params (string Name, string Value)[] variables)
    {
        options.ReadVariable = name => variables.FirstOrDefault(variable => variable.Name == name).Value;
        options.UseDotEnv = false;
        using HubClient client = new(options);
        return client.ResolveSettings();
    }
}
