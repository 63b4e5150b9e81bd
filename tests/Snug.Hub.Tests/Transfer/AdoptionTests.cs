using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>What another client began survives interruptions of ours.</summary>
public sealed class AdoptionTests : DownloadFixture
{
    private const int Block = 256 * 1024;
    private const int Found = 20;
    private const string File = "weights/big.safetensors";

    private static readonly DownloadOptions Big = new() { Include = [File] };

    [Fact]
    public async Task Bytes_of_another_client_are_still_there_after_two_interruptions()
    {
        Server.HostedFile file = Commit.Tree.Find(File)!.File!;
        byte[] content = await file.Content.ToArrayAsync(Cancellation);
        string partial = Cache.Write($"{Path.GetFileName(CacheFolder)}/blobs/{file.ETag.Trim('"')}.0123abcd.incomplete", "");
        await System.IO.File.WriteAllBytesAsync(partial, content.AsMemory(0, Found * Block), Cancellation);
        System.IO.File.SetLastWriteTimeUtc(partial, TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-5));
        Hub.Faults.Add(new FaultRule { Listener = HubListener.Storage, Fault = Fault.StallBody(100) });
        for (int run = 0; run < 2; run++)
        {
            using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            Task<CachedSnapshot> download = Client.DownloadSnapshotAsync(Id, Big, cancellationToken: cancel.Token);
            while (!download.IsCompleted && KilledDownload.KeptBytes(Cache, Id, Commit) < Found * Block)
            {
                await Task.Delay(10, Cancellation);
            }

            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => download);
        }

        Hub.Faults.Clear();
        DownloadPlan plan = await Client.PlanDownloadAsync(Id, Big, Cancellation);
        Assert.Equal(BigSize - (Found * Block), plan.BytesToFetch);
        CachedSnapshot snapshot = await Client.DownloadSnapshotAsync(Id, Big, cancellationToken: Cancellation);

        // A race for the last blocks may bring some twice.
        Assert.InRange(snapshot.TransferredBytes, BigSize - (Found * Block), BigSize - (Found * Block) + (8 * Block));
        Cache.AssertSnapshot(Id, Commit, path => path == File);
    }
}
