using Snug.Server;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>What a snapshot costs in requests: one for the revision, one a page of the listing, one a file, and nothing else.</summary>
public sealed class RequestCountTests
{
    private const string Id = "org/model";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_snapshot_of_N_files_costs_one_revision_one_listing_and_N_bodies_then_one_then_none()
    {
        const int Count = 300;
        MemoryRepositorySource source = new();
        HostedCommit commit = await SyntheticRepositories.AddManyAsync(source, Id, Count);
        await using TestHub hub = await TestHub.StartAsync(source, cancellationToken: Cancellation);
        using TemporaryCache cache = new();
        using HubClient client = hub.CreateClient(cache);

        await client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        await hub.Requests.SettleAsync(Cancellation);

        RequestRecord[] requests = hub.Requests.Snapshot();
        Assert.Equal(["/api/models/org/model/revision/main", $"/api/models/org/model/tree/{commit.Id}"], requests.Take(2).Select(r => r.Path));
        Assert.Equal(Count, requests.Skip(2).Select(r => r.Path).Distinct().Count());
        Assert.All(requests.Skip(2), r => Assert.True(r is { IsResolve: true, Method: "GET", Status: 200, IsWhole: true, BytesSent: 4096 }, r.ToString()));
        Assert.Equal(2 + Count, requests.Length);
        cache.AssertSnapshot(Id, commit);

        hub.Requests.Clear();
        await client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        Assert.Equal(1, hub.Requests.Count);

        hub.Requests.Clear();
        await client.DownloadSnapshotAsync(Id, new DownloadOptions { Revision = commit.Id }, cancellationToken: Cancellation);
        Assert.Equal(0, hub.Requests.Count);
    }

    [Fact]
    public async Task A_file_in_storage_costs_one_redirect_however_many_ranges_it_comes_in_at_once()
    {
        MemoryRepositorySource source = new();
        HostedCommit commit = await SyntheticRepositories.AddLargeAsync(source, Id, 40_000_000);
        await using TestHub hub = await TestHub.StartAsync(source, cancellationToken: Cancellation);
        using TemporaryCache cache = new();
        using HubClient client = hub.CreateClient(cache);

        await client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        await hub.Requests.SettleAsync(Cancellation);

        Assert.Equal(1, hub.Requests.ResolveCount);
        Assert.True(hub.Requests.StorageCount >= hub.Requests.ResolveCount, hub.Requests.ToString());
        Assert.DoesNotContain(hub.Requests.Snapshot(), r => r.Method != "GET");
        cache.AssertSnapshot(Id, commit);
    }

    [Fact]
    public async Task A_first_range_that_does_not_come_holds_up_no_other()
    {
        MemoryRepositorySource source = new();
        HostedCommit commit = await SyntheticRepositories.AddLargeAsync(source, Id, 40_000_000);
        await using TestHub hub = await TestHub.StartAsync(source, cancellationToken: Cancellation);
        using TemporaryCache cache = new();
        using HubClient client = hub.CreateClient(cache, options => (options.HeaderTimeout, options.StallTimeout) = (TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5)));
        hub.Faults.Add(new FaultRule { Fault = Fault.StallHeaders(), Times = 1, Listener = HubListener.Storage });

        await client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation).WaitAsync(TimeSpan.FromMinutes(1), Cancellation);

        cache.AssertSnapshot(Id, commit);
    }

    [Fact]
    public async Task Connections_that_break_at_the_same_time_have_failed_once_each()
    {
        const int Connections = 4;
        MemoryRepositorySource source = new();
        HostedCommit commit = await SyntheticRepositories.AddLargeAsync(source, Id, 40_000_000);
        await using TestHub hub = await TestHub.StartAsync(source, cancellationToken: Cancellation);
        using TemporaryCache cache = new();
        using HubClient client = hub.CreateClient(cache, options => (options.MaxConnections, options.MaxRetries) = (Connections, 1));
        int asked = 0;
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Fault together = Fault.Custom("all connections break", async (context, _) =>
        {
            if (Interlocked.Increment(ref asked) == Connections)
            {
                all.SetResult();
            }

            await all.Task;
            context.Abort();
        });
        hub.Faults.Add(new FaultRule { Fault = together, Times = Connections, Listener = HubListener.Storage });

        await client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);

        Assert.Equal(Connections, asked);
        cache.AssertSnapshot(Id, commit);
    }

    [Fact]
    public async Task An_address_that_expires_during_the_download_is_asked_for_anew()
    {
        MemoryRepositorySource source = new();
        HostedCommit commit = await SyntheticRepositories.AddLargeAsync(source, Id, 16_000_000);
        await using TestHub hub = await TestHub.StartAsync(
            source, new LinkShape { BytesPerSecond = 3e6 }, options => options with { StorageUrlLifetime = TimeSpan.FromSeconds(1) }, Cancellation);
        using TemporaryCache cache = new();
        using HubClient client = hub.CreateClient(cache, options => options.MaxConnections = 2);

        await client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);

        Assert.Contains(hub.Requests.Snapshot(), r => r is { Listener: HubListener.Storage, Status: 403 });
        cache.AssertSnapshot(Id, commit);
    }

    [Fact]
    public async Task Ten_thousand_files_are_listed_in_pages_and_planned_without_a_request_a_file()
    {
        MemoryRepositorySource source = new();
        await SyntheticRepositories.AddManyAsync(source, Id, 10_000, size: 16);
        await using TestHub hub = await TestHub.StartAsync(source, cancellationToken: Cancellation);
        using TemporaryCache cache = new();
        using HubClient client = hub.CreateClient(cache);

        DownloadPlan plan = await client.PlanDownloadAsync(Id, cancellationToken: Cancellation);

        Assert.Equal((10_000, 160_000L), (plan.FilesToFetch, plan.BytesToFetch));
        Assert.Equal(0, hub.Requests.ResolveCount);
        Assert.InRange(hub.Requests.Count, 2, 20);
    }
}
