namespace Snug.Hub.Tests;

/// <summary>Verification reads everything and finds what is wrong; repair removes exactly that.</summary>
public sealed class CacheVerifyTests : IDisposable
{
    private static readonly RepositoryId Model = "org/model";
    private static readonly RepositoryId Other = "org/other";

    private readonly CacheFolder _cache = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _cache.Dispose();

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public async Task A_healthy_cache_is_sound_and_every_byte_is_read_once(int seed)
    {
        RandomCache.Fill(_cache, seed);
        Progress progress = new();

        CacheVerification result = await _cache.Open().VerifyAsync(progress: progress, cancellationToken: Cancellation);

        Assert.True(result.IsSound);
        Assert.Empty(result.Problems);
        Assert.Empty(result.Gaps);
        // Copies without a listing cannot be verified; unused shared contents have no name that tells.
        long copies = result.Scan.Repositories.SelectMany(r => r.Revisions).SelectMany(r => r.Files).Where(f => f.IsCopy).Sum(f => f.SizeInBytes);
        Assert.Equal(result.Scan.SizeInBytes + result.Scan.UnreferencedBytes - copies, result.BytesRead);
        Assert.Equal((result.BytesRead, result.BytesRead), (progress.Last!.BytesDone, progress.Last.BytesTotal));
        Assert.All(result.Unverifiable, p => Assert.Contains("snapshots", p, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, "flip")]
    [InlineData(false, "flip")]
    [InlineData(true, "truncate")]
    [InlineData(false, "append")]
    [InlineData(true, "empty")]
    public async Task A_wrong_blob_is_found_and_repaired_with_the_entries_that_show_it(bool lfs, string damage)
    {
        byte[] content = CacheFolder.Content("wrong", 3000);
        string etag = _cache.AddFile(Model, CacheFolder.Commit1, "sub/wrong", content, lfs);
        _cache.Link(Model, CacheFolder.Commit2, "wrong", etag);
        string good = _cache.AddFile(Model, CacheFolder.Commit1, "good", CacheFolder.Content("good", 100), lfs);
        _cache.AddRef(Model, "main", CacheFolder.Commit1);
        byte[] wrong = damage switch
        {
            "flip" => [.. content[..^1], (byte)(content[^1] ^ 1)],
            "truncate" => content[..^1],
            "append" => [.. content, 0],
            _ => [],
        };
        File.WriteAllBytes(_cache.Layout.Blob(Model, etag), wrong);

        CacheVerification result = await _cache.Open().VerifyAsync(cancellationToken: Cancellation);

        Assert.False(result.IsSound);
        Assert.Equal([CacheProblemKind.WrongContent], result.Problems.Select(p => p.Kind));
        Assert.Equal(1, result.FilesVerified);
        Assert.Equal(
            [(CacheFolder.Commit1, "main", "sub/wrong"), (CacheFolder.Commit2, "", "wrong")],
            result.Gaps.Select(g => (g.Commit, string.Join(',', g.Refs), g.Files.Single())));

        await RepairAsync(result, wrong.Length);

        Assert.Equal(["good"], Files(CacheFolder.Commit1));
        Assert.Equal([good], _cache.Scan().Find(Model)!.Blobs.Select(b => b.Name));
    }

    [Fact]
    public async Task A_copy_is_compared_with_the_listing_of_its_commit()
    {
        byte[] good = CacheFolder.Content("good", 100);
        byte[] wrong = CacheFolder.Content("wrong", 50);
        _cache.AddCopy(Model, CacheFolder.Commit1, "good.bin", good);
        _cache.AddCopy(Model, CacheFolder.Commit1, "good.txt", good);
        _cache.AddCopy(Model, CacheFolder.Commit1, "wrong", wrong);
        _cache.AddCopy(Model, CacheFolder.Commit1, "unknown", wrong);
        _cache.AddTree(Model, CacheFolder.Commit1, ("good.bin", good, true), ("good.txt", good, false), ("wrong", good, true));

        CacheVerification result = await _cache.Open().VerifyAsync(cancellationToken: Cancellation);

        Assert.Equal(2, result.FilesVerified);
        Assert.Equal([_cache.Layout.SnapshotFile(Model, CacheFolder.Commit1, "unknown")], result.Unverifiable);
        Assert.Equal(["wrong"], result.Gaps.Single().Files);

        await RepairAsync(result, 50);

        Assert.Equal(["good.bin", "good.txt", "unknown"], Files(CacheFolder.Commit1));
    }

    [Fact]
    public async Task Broken_links_and_refs_that_name_nothing_are_repaired_so_that_other_clients_read_the_repository_again()
    {
        string etag = _cache.AddFile(Model, CacheFolder.Commit1, "a/missing", CacheFolder.Content("a", 10));
        File.Delete(_cache.Layout.Blob(Model, etag));
        string dangling = _cache.AddFile(Model, CacheFolder.Commit1, "b", CacheFolder.Content("b", 10));
        File.Delete(_cache.Layout.Blob(Model, dangling));
        File.CreateSymbolicLink(_cache.Layout.Blob(Model, dangling), "../../blobs/00/nowhere");
        _cache.AddFile(Model, CacheFolder.Commit1, "good", CacheFolder.Content("good", 10));
        _cache.AddRef(Model, "gone", CacheFolder.Commit3);
        _cache.AddRef(Model, "bad", "not a commit");
        _cache.AddRef(Model, "young", CacheFolder.Commit3);
        foreach (string name in (string[])["gone", "bad"])
        {
            File.SetLastWriteTimeUtc(_cache.Layout.Ref(Model, name), DateTime.UnixEpoch);
        }

        CacheVerification result = await _cache.Open().VerifyAsync(cancellationToken: Cancellation);
        await RepairAsync(result, 0, remaining: 1);

        Assert.Equal(["a/missing", "b"], result.Gaps.Single().Files);
        Assert.Equal(["good"], Files(CacheFolder.Commit1));
        // A ref that was written a moment ago may belong to a download whose snapshot is about to appear.
        Assert.Equal([CacheProblemKind.DanglingRef], _cache.Scan().Problems.Select(p => p.Kind));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_wrong_shared_blob_is_wrong_in_every_repository(bool manifest)
    {
        byte[] content = CacheFolder.Content("shared", 500);
        _cache.AddSharedFile(Model, CacheFolder.Commit1, "w", content, manifest);
        _cache.AddSharedFile(Other, CacheFolder.Commit2, "x", content, manifest);
        File.WriteAllBytes(_cache.SharedPath(content), new byte[500]);

        CacheVerification result = await _cache.Open().VerifyAsync([Model], cancellationToken: Cancellation);

        Assert.Equal(["org/model", "org/other"], result.Gaps.Select(g => g.Repository.ToString()));
        Assert.Equal(500, result.BytesRead);

        await RepairAsync(result, 500);

        Assert.False(File.Exists(_cache.SharedPath(content)));
    }

    [Fact]
    public async Task Only_the_selected_repositories_are_read()
    {
        _cache.AddFile(Model, CacheFolder.Commit1, "a", CacheFolder.Content("a", 10));
        string etag = _cache.AddFile(Other, CacheFolder.Commit1, "b", CacheFolder.Content("b", 20));
        File.WriteAllBytes(_cache.Layout.Blob(Other, etag), []);
        File.Delete(_cache.Layout.SnapshotFile(Other, CacheFolder.Commit1, "b"));
        _cache.AddSharedFile(Other, CacheFolder.Commit1, "c", CacheFolder.Content("c", 30));

        CacheVerification result = await _cache.Open().VerifyAsync([Model], cancellationToken: Cancellation);

        Assert.True(result.IsSound);
        Assert.Equal((1, 10L), (result.FilesVerified, result.BytesRead));
    }

    [Fact]
    public async Task A_blob_that_was_downloaded_again_after_the_verification_is_not_removed()
    {
        byte[] content = CacheFolder.Content("wrong", 30);
        string etag = _cache.AddFile(Model, CacheFolder.Commit1, "a", content);
        string blob = _cache.Layout.Blob(Model, etag);
        File.WriteAllBytes(blob, []);
        File.SetLastWriteTimeUtc(blob, DateTime.UnixEpoch);
        HubCache cache = _cache.Open();
        CacheRemovalPlan plan = cache.PlanRepair(await cache.VerifyAsync(cancellationToken: Cancellation));
        File.WriteAllBytes(blob, content);

        CacheRemovalResult result = await cache.ExecuteAsync(plan, Cancellation);

        Assert.Equal(0, result.ItemsRemoved);
        Assert.Equal(content, File.ReadAllBytes(_cache.Layout.SnapshotFile(Model, CacheFolder.Commit1, "a")));
    }

    [Fact]
    public async Task A_blob_named_by_its_xet_hash_is_not_taken_for_wrong()
    {
        byte[] content = CacheFolder.Content("xet", 30);
        string xet = CacheFolder.Sha256([.. "xet"u8, .. content]);
        CacheFolder.Write(_cache.Layout.Blob(Model, xet), content);
        _cache.Link(Model, CacheFolder.Commit1, "a", xet);
        TreeCache.Write(
            _cache.Layout.Tree(Model, CacheFolder.Commit1),
            [new RepositoryFile("a", 30, CacheFolder.GitBlobId(content), CacheFolder.Sha256(content), xet)]);

        Assert.True((await _cache.Open().VerifyAsync(cancellationToken: Cancellation)).IsSound);
    }

    private async Task RepairAsync(CacheVerification verification, long freed, int remaining = 0)
    {
        HubCache cache = _cache.Open();
        CacheRemovalPlan plan = cache.PlanRepair(verification);
        CacheRemovalResult result = await cache.ExecuteAsync(plan, Cancellation);

        Assert.Empty(result.Problems);
        Assert.Equal((freed, freed), (plan.BytesFreed, result.BytesFreed));
        CacheVerification after = await cache.VerifyAsync(cancellationToken: Cancellation);
        Assert.Equal(remaining, after.Problems.Count);
        Assert.Empty(after.Gaps);
    }

    private IEnumerable<string> Files(string commit) =>
        _cache.Scan().Find(Model)!.Revisions.Single(r => r.Commit == commit).Files.Select(f => f.Path);

    private sealed class Progress : IProgress<CacheVerifyProgress>
    {
        public CacheVerifyProgress? Last { get; private set; }

        public void Report(CacheVerifyProgress value)
        {
            Assert.True(Last is null || value.BytesDone >= Last.BytesDone);
            Last = value;
        }
    }
}
