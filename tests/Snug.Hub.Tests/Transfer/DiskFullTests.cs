using Snug.Server;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>A full disk is a clear error, leaves nothing wrong behind, and the next run with room succeeds.</summary>
public sealed class DiskFullTests
{
    private const string Id = "org/model";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "S2-24")]
    public async Task What_does_not_fit_is_refused_before_the_first_byte()
    {
        await using SmallDisk disk = await SmallDisk.MountAsync(8);
        MemoryRepositorySource source = new();
        await SyntheticRepositories.AddLargeAsync(source, Id, 9_000_000);
        await using TestHub hub = await TestHub.StartAsync(source, cancellationToken: Cancellation);
        using TemporaryCache cache = new(disk.Root);
        using HubClient client = hub.CreateClient(cache);

        HubException e = await Assert.ThrowsAsync<HubException>(() => client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation));

        Assert.Equal(HubErrorKind.InsufficientStorage, e.Kind);
        Assert.Matches("needs 9000000 more bytes in '.*', but only [1-9][0-9]{5,6} are free", e.Message);
        Assert.NotEmpty(e.Advice);
        Assert.Equal(0, hub.Requests.ResolveCount);
        cache.AssertWhole();
    }

    [Theory]
    [InlineData("many small files", 200, 20_000, 0)]
    [InlineData("many small files, room for some", 200, 20_000, 1_000_000)]
    [InlineData("files of some blocks", 4, 1_500_000, 0)]
    [InlineData("files of some blocks, room for some", 4, 1_500_000, 2_000_000)]
    [InlineData("a large file", 1, 9_000_000, 0)]
    [InlineData("a large file, room for some", 1, 9_000_000, 3_000_000)]
    public async Task A_disk_that_others_fill_meanwhile_is_a_clear_error_and_the_next_run_with_room_succeeds(string what, int count, int size, int room)
    {
        await using SmallDisk disk = await SmallDisk.MountAsync(24);
        MemoryRepositorySource source = new();
        HostedCommit commit = await SyntheticRepositories.AddManyAsync(source, Id, count, size);
        await using TestHub hub = await TestHub.StartAsync(source, cancellationToken: Cancellation);
        using TemporaryCache cache = new(disk.Root);
        using HubClient client = hub.CreateClient(cache);
        bool filled = false;
        Reports progress = new(report =>
        {
            // After the plan, which has found room enough.
            if (report.Phase == DownloadPhase.Transferring && !filled)
            {
                filled = true;
                disk.Fill(room);
            }
        });

        HubException e = await Assert.ThrowsAsync<HubException>(() => client.DownloadSnapshotAsync(Id, progress: progress, cancellationToken: Cancellation));

        Assert.True(filled);
        Assert.True(e.Kind == HubErrorKind.InsufficientStorage, $"{what}: {e}");
        Assert.Contains(e.Advice, advice => advice.Contains("prune", StringComparison.Ordinal));
        cache.AssertWhole();

        disk.MakeRoom();
        await client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        cache.AssertSnapshot(Id, commit);
        Assert.Empty(cache.PartialFiles());
    }

    private sealed class Reports(Action<DownloadProgress> handle) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => handle(value);
    }
}
