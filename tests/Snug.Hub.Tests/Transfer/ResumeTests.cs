using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>Interrupted downloads go on where they stopped, whoever interrupted them.</summary>
public sealed class ResumeTests : DownloadFixture
{
    private const int Block = 256 * 1024;

    private static readonly DownloadOptions Big = new() { Include = ["weights/big.safetensors"] };

    [Fact]
    public async Task A_cancelled_download_goes_on_with_what_it_had()
    {
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Hub.Faults.Add(new FaultRule { Listener = HubListener.Storage, Fault = Fault.StallBody(1_500_000) });
        Task<CachedSnapshot> download = Client.DownloadSnapshotAsync(Id, Big, cancellationToken: cancel.Token);
        while (!Cache.PartialFiles().Any(f => new FileInfo(f + ".journal") is { Exists: true, Length: >= 512 + (4 * 8) }))
        {
            await Task.Delay(10, Cancellation);
        }

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => download);
        Cache.AssertWhole();
        long kept = Cache.PartialFiles().Sum(f => (new FileInfo(f + ".journal").Length - 512) / 8 * Block);
        Hub.Faults.Clear();

        DownloadPlan plan = await Client.PlanDownloadAsync(Id, Big, Cancellation);
        Assert.Equal((PlannedFileState.Partial, BigSize - kept), (plan.Files[0].State, plan.BytesToFetch));
        // One connection: several would race for the last blocks on a busy machine.
        using HubClient single = Hub.CreateClient(Cache, o => o.MaxConnections = 1);
        CachedSnapshot snapshot = await single.DownloadSnapshotAsync(Id, Big, cancellationToken: Cancellation);

        // The last block is shorter than the others, so the journal's length may count too much.
        Assert.InRange(snapshot.TransferredBytes, 1, BigSize - kept + Block);
        Assert.Empty(Cache.PartialFiles());
        Assert.Empty(Directory.GetFiles(Path.Join(CacheFolder, "blobs"), "*.journal"));
        Cache.AssertSnapshot(Id, Commit, f => f == "weights/big.safetensors");
    }

    [Fact]
    public async Task Another_clients_partial_file_is_adopted_and_verified()
    {
        byte[] content = await ContentAsync();
        string partial = WritePartial(content.AsSpan(0, 5 * Block));

        using HubClient single = Hub.CreateClient(Cache, o => o.MaxConnections = 1);
        CachedSnapshot snapshot = await single.DownloadSnapshotAsync(Id, Big, cancellationToken: Cancellation);

        Assert.False(File.Exists(partial));
        Assert.Equal(BigSize - (5 * Block), snapshot.TransferredBytes);
        Cache.AssertSnapshot(Id, Commit, f => f == "weights/big.safetensors");
    }

    [Fact]
    public async Task Another_clients_wrong_partial_file_costs_time_but_never_correctness()
    {
        byte[] content = await ContentAsync();
        content[Block + 7] ^= 1;
        WritePartial(content.AsSpan(0, 5 * Block));

        await Client.DownloadSnapshotAsync(Id, Big, cancellationToken: Cancellation);

        Cache.AssertSnapshot(Id, Commit, f => f == "weights/big.safetensors");
        Assert.Empty(Cache.PartialFiles());
    }

    [Fact]
    public async Task A_block_that_is_not_what_its_record_says_is_fetched_again_alone()
    {
        // Not a reset: that drops what has arrived and was not read yet.
        Hub.Faults.Add(new FaultRule { Listener = HubListener.Storage, Fault = Fault.TruncateBody(2_500_000) });
        using (HubClient impatient = Hub.CreateClient(Cache, o => (o.MaxRetries, o.MaxConnections) = (0, 1)))
        {
            await Assert.ThrowsAsync<HubException>(() => impatient.DownloadSnapshotAsync(Id, Big, cancellationToken: Cancellation));
        }

        string partial = Assert.Single(Cache.PartialFiles());
        long blocks = (new FileInfo(partial + ".journal").Length - 512) / 8;
        Assert.InRange(blocks, 2, 100);
        await using (FileStream stream = new(partial, FileMode.Open, FileAccess.ReadWrite))
        {
            // The second recorded block never reached the disk.
            stream.Position = Block;
            stream.Write(new byte[Block]);
        }

        Hub.Faults.Clear();
        using HubClient single = Hub.CreateClient(Cache, o => o.MaxConnections = 1);
        CachedSnapshot snapshot = await single.DownloadSnapshotAsync(Id, Big, cancellationToken: Cancellation);

        Assert.Equal(BigSize - ((blocks - 1) * Block), snapshot.TransferredBytes);
        Cache.AssertSnapshot(Id, Commit, f => f == "weights/big.safetensors");
    }

    private async Task<byte[]> ContentAsync()
    {
        using TemporaryCache other = new();
        using HubClient client = Hub.CreateClient(other);
        return await File.ReadAllBytesAsync(await client.DownloadFileAsync(Id, "weights/big.safetensors", cancellationToken: Cancellation), Cancellation);
    }

    private string WritePartial(ReadOnlySpan<byte> content)
    {
        string blobs = Path.Join(CacheFolder, "blobs");
        Directory.CreateDirectory(blobs);
        string etag = Commit.Tree.Find("weights/big.safetensors")!.File!.ETag.Trim('"');
        string path = Path.Join(blobs, $"{etag}.0123abcd.incomplete");
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-5));
        return path;
    }
}
