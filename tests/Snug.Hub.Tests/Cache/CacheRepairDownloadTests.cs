namespace Snug.Hub.Tests;

/// <summary>The cache's operations together with real downloads.</summary>
public sealed class CacheRepairDownloadTests : DownloadFixture
{
    [Fact]
    public async Task After_a_repair_the_next_download_fetches_the_damaged_files_and_no_others()
    {
        CachedSnapshot snapshot = await Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        HubCache cache = new(Cache.Root);
        CachedFile[] files = [.. cache.Scan(Cancellation).Find(Id)!.Revisions.Single().Files.DistinctBy(f => f.ContentPath).Where(f => f.SizeInBytes > 0)];
        byte[] bytes = await File.ReadAllBytesAsync(files[0].ContentPath, Cancellation);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(files[0].ContentPath, bytes, Cancellation);
        File.Delete(files[1].ContentPath);

        CacheVerification found = await cache.VerifyAsync(cancellationToken: Cancellation);
        await cache.ExecuteAsync(cache.PlanRepair(found), Cancellation);
        CachedSnapshot again = await Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);

        CachedRevisionGap gap = Assert.Single(found.Gaps);
        Assert.Equal((snapshot.Commit, "main"), (gap.Commit, gap.Refs.Single()));
        Assert.Equal(gap.Files.Count, again.TransferredFiles);
        Assert.True((await cache.VerifyAsync(cancellationToken: Cancellation)).IsSound);
        Assert.Equal(snapshot.Files, cache.TryGetSnapshot(Id)!.Files);
    }

    [Fact]
    public async Task Pruning_and_clearing_while_downloads_run_never_leave_an_entry_without_its_blob()
    {
        HubCache cache = new(Cache.Root);
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task sweeping = Task.Run(
            async () =>
            {
                while (!done.IsCancellationRequested)
                {
                    CacheRemovalResult pruned = await cache.ExecuteAsync(cache.PlanPrune(cancellationToken: Cancellation), Cancellation);
                    Assert.Equal(0, pruned.BytesFreed);
                }
            },
            Cancellation);
        for (int i = 0; i < 5; i++)
        {
            CachedSnapshot snapshot = await Client.DownloadSnapshotAsync(Id, new DownloadOptions { Revision = Commit.Id, Force = true }, cancellationToken: Cancellation);
            Assert.All(snapshot.Files, f => Assert.True(File.Exists(snapshot.GetFile(f))));
        }

        await done.CancelAsync();
        await sweeping;
        Assert.True((await cache.VerifyAsync(cancellationToken: Cancellation)).IsSound);
    }
}
