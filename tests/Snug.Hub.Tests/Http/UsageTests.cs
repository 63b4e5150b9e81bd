using System.Net;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>What a client has asked of the Hub is counted as the Hub itself counts it.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly TemporaryCache _cache = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task Requests_and_bytes_are_those_that_the_hub_has_seen()
    {
        await using TestHub hub = await StartAsync();
        HubClient client = hub.CreateClient(_cache, options =>
        {
            options.Token = AccessToken.Parse(AccessHub.Tokens["alice"]);

            // Connections that race for the same content are cut with bytes on their way, which only the server has counted.
            options.MaxConnections = 1;
        });
        Assert.Empty(client.GetUsage());

        await client.WhoAmIAsync(Cancellation);
        await client.CheckConnectionAsync(Cancellation);
        CachedSnapshot snapshot = await client.DownloadSnapshotAsync(AccessHub.Tiny, cancellationToken: Cancellation);
        client.Dispose();

        await hub.Requests.SettleAsync(Cancellation);
        HubUsage usage = Assert.Single(client.GetUsage());
        Assert.Equal((hub.Endpoint, AccessToken.Parse(AccessHub.Tokens["alice"])), (usage.Endpoint, usage.Token));
        RequestRecord[] seen = hub.Requests.Snapshot();
        Assert.Equal(
            (seen.Count(r => r.Listener == HubListener.Endpoint), seen.Where(r => r.Status is 200 or 206).Sum(r => r.BytesSent), 0),
            (usage.Requests, usage.BytesReceived, usage.RefusedRequests));
        Assert.True(usage.BytesReceived > snapshot.Files.Sum(f => new FileInfo(Path.Join(snapshot.Directory, f)).Length));
        Assert.Equal([("api", 1000L), ("resolvers", 5000L)], usage.Quotas.Select(q => (q.Name, q.Limit ?? 0)));
        Assert.All(usage.Quotas, q => Assert.True(q.ResetsAt > q.SeenAt));
        Assert.DoesNotContain(AccessHub.Tokens["alice"], usage.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_are_counted_apart_and_the_anonymous_too()
    {
        await using TestHub hub = await StartAsync();
        using HubClient client = hub.CreateClient(_cache, options => options.Token = AccessToken.Parse(AccessHub.Tokens["bob"]));

        await client.CheckAccessAsync([new AccessQuery(AccessHub.Tiny), new AccessQuery(AccessHub.Tiny) { Anonymous = true }], Cancellation);

        IReadOnlyList<HubUsage> usage = client.GetUsage();
        Assert.Equal(2, usage.Count);
        Assert.Single(usage, u => u.Token is null);
        Assert.All(usage, u => Assert.Equal(2, u.Requests));
    }

    [Fact]
    public async Task Requests_that_the_limit_turned_away_are_told_with_what_is_left()
    {
        await using TestHub hub = await StartAsync(options => options with { ApiQuota = 1 });
        using HubClient client = hub.CreateClient(_cache, options =>
        {
            options.MaxRetries = 0;
            options.MaxRetryDelay = TimeSpan.Zero;
        });
        using HubClient second = hub.CreateClient(_cache, options =>
        {
            options.MaxRetries = 0;
            options.MaxRetryDelay = TimeSpan.Zero;
        });

        await client.GetRepositoryInfoAsync(AccessHub.Tiny, cancellationToken: Cancellation);
        await Assert.ThrowsAsync<HubException>(() => second.GetRepositoryInfoAsync(AccessHub.Tiny, cancellationToken: Cancellation));

        HubUsage usage = Assert.Single(second.GetUsage());
        Assert.Equal((1, 1), (usage.Requests, usage.RefusedRequests));
        HubQuota quota = Assert.Single(usage.Quotas);
        Assert.Equal(("api", 0, 1), (quota.Name, quota.Remaining, quota.Limit));
    }

    [Theory]
    [InlineData("\"api\";r=499;t=120", "\"fixed window\";\"api\";q=500;w=300", "api", 499, 500L)]
    [InlineData("\"api\";r=0;t=0.5", null, "api", 0, null)]
    [InlineData("resolvers ; r=7 ; t=1", "q=x", "resolvers", 7, null)]
    [InlineData("\"api\";r=5", null, null, 0, null)]
    [InlineData(";r=5;t=5", null, null, 0, null)]
    [InlineData("\"<b>\";r=5;t=5", null, null, 0, null)]
    [InlineData(null, "\"fixed window\";\"api\";q=500;w=300", null, 0, null)]
    public void Announcements_are_read_and_nonsense_is_not(string? limit, string? policy, string? name, long remaining, long? all)
    {
        DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        HubQuota? quota = HubQuota.TryParse(limit, policy, now);

        Assert.Equal((name, remaining, all), (quota?.Name, quota?.Remaining ?? 0, quota?.Limit));
        Assert.True(quota is null || (quota.SeenAt == now && quota.ResetsAt >= now));
    }

    [Fact]
    public void Names_without_end_are_not_remembered_without_end()
    {
        UsageCounter counter = new(new Uri("http://127.0.0.1"), null);
        counter.Sent();
        for (int i = 0; i < 100; i++)
        {
            using HttpResponseMessage message = new(HttpStatusCode.OK);
            message.Headers.TryAddWithoutValidation("RateLimit", $"\"n{i}\";r=1;t=1");
            counter.Answered(message, DateTimeOffset.UnixEpoch);
        }

        Assert.Equal(UsageMeter.MaxQuotas, counter.Read().Quotas.Count);
    }

    private static Task<TestHub> StartAsync(Func<HubServerOptions, HubServerOptions>? configure = null) =>
        TestHub.StartAsync(new FolderRepositorySource(Checkout.Samples), configure: configure, cancellationToken: Cancellation);
}
