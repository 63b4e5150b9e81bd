using Snug.Server;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>Whole snapshots through real HTTP into a temporary cache.</summary>
public sealed class SnapshotDownloadTests : DownloadFixture
{
    [Fact]
    public async Task A_snapshot_arrives_whole_with_one_revision_one_listing_and_one_body_a_content()
    {
        CachedSnapshot snapshot = await Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);

        Cache.AssertSnapshot(Id, Commit);
        Assert.Equal(7, snapshot.Files.Count);
        Assert.Equal(7, snapshot.TransferredFiles);
        Assert.Equal(Commit.Id, await File.ReadAllTextAsync(Path.Join(CacheFolder, "refs", "main"), Cancellation));
        Assert.Equal(1, CountRequests("GET", "/revision/main"));
        Assert.Equal(1, CountRequests("GET", "/tree/"));
        Assert.DoesNotContain(Hub.Requests.Snapshot(), r => r.Method == "HEAD");
        // Five contents need a body: config.json counts twice but comes once, the empty file not at all.
        Assert.Equal(5, Hub.Requests.Snapshot().Where(r => r.IsResolve).Select(r => r.Path).Distinct().Count());
    }

    [Fact]
    public async Task A_second_download_asks_once_and_a_pinned_one_never()
    {
        CachedSnapshot first = await Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        Hub.Requests.Clear();

        CachedSnapshot second = await Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        Assert.Equal(1, Hub.Requests.Count);
        CachedSnapshot pinned = await Client.DownloadSnapshotAsync(Id, new DownloadOptions { Revision = Commit.Id }, cancellationToken: Cancellation);

        Assert.Equal(1, Hub.Requests.Count);
        Assert.Equal((0, 0L), (second.TransferredFiles, second.TransferredBytes));
        Assert.Equal(first.Directory, pinned.Directory);
        Assert.Equal(first.Files, pinned.Files);
    }

    [Fact]
    public async Task Patterns_select_and_what_was_left_out_comes_later()
    {
        CachedSnapshot some = await Client.DownloadSnapshotAsync(
            Id, new DownloadOptions { Include = ["*.json", "weights/"], Exclude = ["*.safetensors"] }, cancellationToken: Cancellation);
        Assert.Equal(["config.json", "copy/config.json", "net.mlpackage/Manifest.json", "weights/middle.bin"], some.Files);
        Assert.Throws<HubException>(() => some.GetFile("weights/big.safetensors"));

        CachedSnapshot all = await Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);

        Assert.Equal(3, all.TransferredFiles);
        Cache.AssertSnapshot(Id, Commit);
    }

    [Fact]
    public async Task A_new_commit_transfers_only_what_changed()
    {
        await Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        HostedCommit next = await Repository.CommitAsync(
            ("config.json", RepositoryContent.FromText("{\"new\":true}")),
            ("weights/big.safetensors", RepositoryContent.Pseudorandom(BigSize, 1)));

        CachedSnapshot snapshot = await Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);

        Assert.Equal(next.Id, snapshot.Commit);
        Assert.Equal(12, snapshot.TransferredBytes);
        Cache.AssertSnapshot(Id, next);
        Cache.AssertSnapshot(Id, Commit);
    }

    [Fact]
    public async Task Force_transfers_everything_again()
    {
        await Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        CachedSnapshot again = await Client.DownloadSnapshotAsync(Id, new DownloadOptions { Force = true }, cancellationToken: Cancellation);

        Assert.Equal(7, again.TransferredFiles);
        Assert.True(again.TransferredBytes >= BigSize);
        Cache.AssertSnapshot(Id, Commit);
    }

    [Fact]
    public async Task A_damaged_blob_of_another_length_is_replaced()
    {
        CachedSnapshot first = await Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        string blob = new FileInfo(first.GetFile("weights/big.safetensors")).ResolveLinkTarget(true)!.FullName;
        await File.WriteAllTextAsync(blob, "cut", Cancellation);

        CachedSnapshot second = await Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);

        Assert.Equal(1, second.TransferredFiles);
        Cache.AssertSnapshot(Id, Commit);
    }

    [Fact]
    public async Task Without_links_the_snapshot_holds_the_files_themselves_and_nothing_is_transferred_twice()
    {
        using HubClient client = Hub.CreateClient(Cache, o => o.DisableSymlinks = true);
        CachedSnapshot snapshot = await client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);

        Assert.All(snapshot.Files, f => Assert.Null(new FileInfo(snapshot.GetFile(f)).LinkTarget));
        Assert.Equal(BigSize, new FileInfo(snapshot.GetFile("weights/big.safetensors")).Length);
        CachedSnapshot again = await client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        Assert.Equal(0, again.TransferredFiles);
    }

    [Fact]
    [Trait("Requirement", "S2-23")]
    public async Task A_changed_byte_is_found_by_the_checksum_and_the_file_is_fetched_again_or_never_appears()
    {
        FaultRule once = Hub.Faults.Add(new FaultRule { Listener = HubListener.Storage, Fault = Fault.FlipByte(1234), Times = 1 });
        CachedSnapshot mended = await Client.DownloadSnapshotAsync(Id, new DownloadOptions { Include = ["weights/middle.bin"] }, cancellationToken: Cancellation);
        FaultRule always = Hub.Faults.Add(new FaultRule { Listener = HubListener.Storage, Fault = Fault.FlipByte(1234) });
        HubException e = await Assert.ThrowsAsync<HubException>(() => Client.DownloadFileAsync(Id, "weights/big.safetensors", cancellationToken: Cancellation));

        Assert.Equal((1, HubErrorKind.Corrupted), (once.Hits, e.Kind));
        Assert.True(always.Hits > 0);
        Cache.AssertSnapshot(Id, Commit, file => file == "weights/middle.bin");
        Assert.False(File.Exists(Path.Join(mended.Directory, "weights", "big.safetensors")));
    }

    [Fact]
    public async Task A_package_appears_only_when_it_is_whole()
    {
        Hub.Faults.Add(new FaultRule { Path = "*weight.bin", Fault = Fault.Status(404) });
        Task<CachedSnapshot> download = Client.DownloadSnapshotAsync(Id, new DownloadOptions { Include = ["net.mlpackage/*"] }, cancellationToken: Cancellation);
        await Assert.ThrowsAsync<HubException>(() => download);
        Assert.False(Directory.Exists(Path.Join(CacheFolder, "snapshots", Commit.Id, "net.mlpackage")));

        Hub.Faults.Clear();
        string folder = await Client.DownloadFileAsync(Id, "net.mlpackage", cancellationToken: Cancellation);

        Assert.Equal(1_000_000, new FileInfo(Path.Join(folder, "Data", "weight.bin")).ResolveLinkTarget(true) is FileInfo file ? file.Length : 0);
        Assert.True(File.Exists(Path.Join(folder, "Manifest.json")));
        Cache.AssertWhole();
    }

    [Fact]
    public async Task A_refused_download_leaves_no_file_behind()
    {
        Hub.Faults.Add(new FaultRule { Path = "*/resolve/*", Fault = Fault.Status(403) });
        DownloadOptions weights = new() { Include = ["weights/*"] };
        await Assert.ThrowsAsync<HubException>(() => Client.DownloadSnapshotAsync(Id, weights, cancellationToken: Cancellation));
        Assert.Empty(Directory.GetFiles(CacheFolder, "*", SearchOption.AllDirectories));
        Assert.False(Directory.Exists(Path.Join(CacheFolder, "snapshots")));
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_an_entry_not_found()
    {
        HubException e = await Assert.ThrowsAsync<HubException>(
            () => Client.DownloadDirectoryAsync(Id, "nothing/here", cancellationToken: Cancellation));
        Assert.Equal(HubErrorKind.EntryNotFound, e.Kind);
    }

    [Fact]
    public async Task Progress_never_goes_back_and_ends_at_the_total()
    {
        List<DownloadProgress> reports = [];
        await Client.DownloadSnapshotAsync(Id, progress: new Recorder(reports), cancellationToken: Cancellation);

        Assert.Equal(DownloadPhase.Resolving, reports[0].Phase);
        DownloadProgress last = reports[^1];
        Assert.Equal((DownloadPhase.Finished, 7, 7), (last.Phase, last.FilesDone, last.FilesTotal));
        Assert.Equal(last.BytesTotal, last.BytesDone);
        Assert.All(reports.Zip(reports.Skip(1)), pair =>
        {
            Assert.True(pair.First.BytesDone <= pair.Second.BytesDone);
            Assert.True(pair.First.FilesDone <= pair.Second.FilesDone);
            Assert.True(pair.First.Phase <= pair.Second.Phase);
        });
        Assert.Contains(reports, r => r is { File: "weights/big.safetensors", FileState: DownloadFileState.Completed, FileBytesDone: BigSize });
    }

    [Fact]
    public async Task A_plan_says_what_is_there_and_what_is_missing_and_transfers_nothing()
    {
        await Client.DownloadSnapshotAsync(Id, new DownloadOptions { Include = ["*.json"] }, cancellationToken: Cancellation);
        Hub.Requests.Clear();

        DownloadPlan plan = await Client.PlanDownloadAsync(Id, cancellationToken: Cancellation);

        Assert.Equal(0, Hub.Requests.ResolveCount);
        Assert.Equal(7, plan.Files.Count);
        Assert.Equal(4, plan.FilesToFetch);
        Assert.Equal(BigSize + 300_000 + 1_000_000, plan.BytesToFetch);
        Assert.Equal(PlannedFileState.Present, plan.Files.Single(f => f.Path == "copy/config.json").State);
        Assert.True(plan.FreeBytes > 0);
    }

    [Fact]
    public async Task Two_clients_at_once_share_the_work()
    {
        using HubClient other = Hub.CreateClient(Cache);
        CachedSnapshot[] snapshots = await Task.WhenAll(
            Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation), other.DownloadSnapshotAsync(Id, cancellationToken: Cancellation));

        Cache.AssertSnapshot(Id, Commit);
        Assert.Equal(snapshots[0].Directory, snapshots[1].Directory);
        Assert.InRange(snapshots.Sum(s => s.TransferredBytes), BigSize, (long)((BigSize + 1_300_020) * 1.3));
    }

    private sealed class Recorder(List<DownloadProgress> reports) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            lock (reports)
            {
                reports.Add(value);
            }
        }
    }
}
