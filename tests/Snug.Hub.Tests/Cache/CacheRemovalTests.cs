namespace Snug.Hub.Tests;

/// <summary>Removing repositories and revisions: exactly what was asked for, exactly the bytes promised, nothing that others use.</summary>
public sealed class CacheRemovalTests : IDisposable
{
    private static readonly RepositoryId Model = "org/model";
    private static readonly RepositoryId Other = "org/other";

    private readonly CacheFolder _cache = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task A_revision_goes_with_its_refs_listing_negative_entries_and_own_blobs()
    {
        byte[] common = CacheFolder.Content("common", 1000);
        string etag = _cache.AddFile(Model, CacheFolder.Commit1, "common", common);
        _cache.Link(Model, CacheFolder.Commit2, "common", etag);
        _cache.AddFile(Model, CacheFolder.Commit1, "sub/old", CacheFolder.Content("old", 10));
        _cache.AddFile(Model, CacheFolder.Commit2, "new", CacheFolder.Content("new", 20));
        _cache.AddRef(Model, "main", CacheFolder.Commit2);
        _cache.AddRef(Model, "refs/pr/1", CacheFolder.Commit1);
        _cache.AddRef(Model, "old", CacheFolder.Commit1);
        _cache.AddTree(Model, CacheFolder.Commit1, ("common", common, true));
        _cache.AddTree(Model, CacheFolder.Commit2, ("common", common, true));
        _cache.AddNoExist(Model, CacheFolder.Commit1, "missing");
        _cache.AddNoExist(Model, CacheFolder.Commit2, "missing");

        CacheRemovalResult result = await RemoveAsync(1010 - 1000, new RepositoryReference(Model, "refs/pr/1"));

        Assert.Empty(result.Problems);
        CachedRepository repository = _cache.Scan().Repositories.Single();
        Assert.Equal([CacheFolder.Commit2], repository.Revisions.Select(r => r.Commit));
        Assert.Equal(["main"], repository.Refs.Keys);
        Assert.Equal((1020, 0), (repository.SizeInBytes, repository.UnreferencedBytes));
        Assert.DoesNotContain(_cache.Paths(), p => p.Contains(CacheFolder.Commit1, StringComparison.Ordinal) || p.Contains(".snug", StringComparison.Ordinal));
        Assert.True(File.Exists(_cache.Layout.Tree(Model, CacheFolder.Commit2)));
        Assert.True(File.Exists(_cache.Layout.NoExist(Model, CacheFolder.Commit2, "missing")));
    }

    [Fact]
    public async Task The_last_revision_takes_the_whole_folder_with_it()
    {
        _cache.AddFile(Model, CacheFolder.Commit1, "a/b/c", CacheFolder.Content("a", 10));
        _cache.AddBlob(Model, CacheFolder.Content("orphan", 5));
        _cache.AddRef(Model, "main", CacheFolder.Commit1);
        _cache.AddNoExist(Model, CacheFolder.Commit1, "x/y");
        CacheFolder.Write(Path.Join(_cache.Layout.Repository(Model), "note.txt"), new byte[3]);
        Directory.CreateSymbolicLink(Path.Join(_cache.Layout.Repository(Model), "linked"), _cache.Outside);
        CacheFolder.Write(Path.Join(_cache.Outside, "precious"), new byte[9]);

        CacheRemovalResult result = await RemoveAsync(18, new RepositoryReference(Model, CacheFolder.Commit1[..8]));

        Assert.Empty(result.Problems);
        Assert.DoesNotContain(_cache.Paths(), p => p.StartsWith("models--", StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Join(_cache.Outside, "precious")));
    }

    [Fact]
    public async Task Copies_in_a_snapshot_are_freed_with_it()
    {
        _cache.AddCopy(Model, CacheFolder.Commit1, "a", CacheFolder.Content("a", 10));
        _cache.AddCopy(Model, CacheFolder.Commit2, "a", CacheFolder.Content("a", 10));
        _cache.AddCopy(Model, CacheFolder.Commit2, "b/c", CacheFolder.Content("b", 7));

        await RemoveAsync(17, new RepositoryReference(Model, CacheFolder.Commit2));

        Assert.Equal(10, _cache.Scan().TotalBytes);
    }

    [Fact]
    public async Task A_shared_blob_stays_while_another_repository_uses_it()
    {
        byte[] content = CacheFolder.Content("shared", 500);
        _cache.AddSharedFile(Model, CacheFolder.Commit1, "w", content);
        _cache.AddSharedFile(Other, CacheFolder.Commit2, "w", content);

        await RemoveAsync(0, new RepositoryReference(Model));

        Assert.Equal(content, File.ReadAllBytes(_cache.Layout.SnapshotFile(Other, CacheFolder.Commit2, "w")));
        Assert.Empty(_cache.Scan().Problems);

        await RemoveAsync(500, new RepositoryReference(Other));

        Assert.Equal(0, _cache.Scan().TotalBytes);
        Assert.False(File.Exists(_cache.SharedPath(content)));
        Assert.False(File.Exists(_cache.SharedPath(content) + ".refs"));
    }

    [Fact]
    public async Task Both_users_of_a_shared_blob_together_free_it_once()
    {
        byte[] content = CacheFolder.Content("shared", 500);
        _cache.AddSharedFile(Model, CacheFolder.Commit1, "w", content);
        _cache.AddSharedFile(Other, CacheFolder.Commit2, "w", content);

        await RemoveAsync(500, new RepositoryReference(Model), new RepositoryReference(Other));

        Assert.Equal(0, _cache.Scan().TotalBytes);
    }

    [Theory]
    [InlineData("no list")]
    [InlineData("unlisted link")]
    [InlineData("link made meanwhile")]
    [InlineData("lock of the python client without flock")]
    public async Task A_shared_blob_with_doubtful_users_stays(string doubt)
    {
        byte[] content = CacheFolder.Content("shared", 500);
        _cache.AddSharedFile(Model, CacheFolder.Commit1, "w", content, manifest: doubt != "no list");
        if (doubt == "unlisted link")
        {
            _cache.AddSharedFile(Other, CacheFolder.Commit2, "w", content, manifest: false);
        }

        CacheRemovalPlan plan = _cache.Open().PlanRemoval([new RepositoryReference(Model)], Cancellation);
        if (doubt == "link made meanwhile")
        {
            _cache.AddSharedFile(Other, CacheFolder.Commit2, "w", content);
        }
        else if (doubt.StartsWith("lock", StringComparison.Ordinal))
        {
            CacheFolder.Write(_cache.SharedPath(content) + ".lock.soft", []);
        }

        CacheRemovalResult result = await _cache.Open().ExecuteAsync(plan, Cancellation);

        Assert.Equal(0, result.BytesFreed);
        Assert.Equal(content, File.ReadAllBytes(_cache.SharedPath(content)));
        Assert.False(Directory.Exists(_cache.Layout.Repository(Model)));
    }

    [Fact]
    public async Task What_lies_behind_links_out_of_the_cache_is_never_touched()
    {
        _cache.AddFile(Model, CacheFolder.Commit1, "a", CacheFolder.Content("a", 10));
        _cache.AddFile(Other, CacheFolder.Commit1, "a", CacheFolder.Content("a", 10));
        string movedRepository = Path.Join(_cache.Outside, "repository");
        string movedBlobs = Path.Join(_cache.Outside, "blobs");
        Directory.Move(_cache.Layout.Repository(Model), movedRepository);
        Directory.CreateSymbolicLink(_cache.Layout.Repository(Model), movedRepository);
        Directory.Move(_cache.Layout.Blobs(Other), movedBlobs);
        Directory.CreateSymbolicLink(_cache.Layout.Blobs(Other), movedBlobs);
        Directory.CreateSymbolicLink(_cache.Layout.Snapshot(Other, CacheFolder.Commit2), _cache.Outside);
        File.CreateSymbolicLink(_cache.Layout.SnapshotFile(Other, CacheFolder.Commit1, "out"), Path.Join(movedRepository, "refs"));
        string[] before = Directory.GetFileSystemEntries(_cache.Outside, "*", SearchOption.AllDirectories);

        CacheRemovalPlan plan = _cache.Open().PlanClear(Cancellation);
        await _cache.Open().ExecuteAsync(plan, Cancellation);

        Assert.Equal(0, plan.BytesFreed);
        Assert.Equal([Other], plan.Repositories);
        Assert.NotEmpty(plan.Spared);
        Assert.Equal(before, Directory.GetFileSystemEntries(_cache.Outside, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_folder_swapped_for_a_link_after_the_plan_was_made_is_not_followed()
    {
        _cache.AddFile(Model, CacheFolder.Commit1, "a", CacheFolder.Content("a", 10));
        CacheRemovalPlan plan = _cache.Open().PlanRemoval([new RepositoryReference(Model)], Cancellation);
        string moved = Path.Join(_cache.Outside, "repository");
        Directory.Move(_cache.Layout.Repository(Model), moved);
        Directory.CreateSymbolicLink(_cache.Layout.Repository(Model), moved);

        CacheRemovalResult result = await _cache.Open().ExecuteAsync(plan, Cancellation);

        Assert.Equal(0, result.BytesFreed);
        Assert.NotEmpty(result.Problems);
        Assert.True(File.Exists(Path.Join(moved, "snapshots", CacheFolder.Commit1, "a")));
    }

    [Fact]
    public async Task A_blob_that_a_snapshot_uses_again_stays()
    {
        string etag = _cache.AddFile(Model, CacheFolder.Commit1, "a", CacheFolder.Content("a", 10));
        _cache.AddFile(Model, CacheFolder.Commit2, "b", CacheFolder.Content("b", 20));
        CacheRemovalPlan plan = _cache.Open().PlanRemoval([new RepositoryReference(Model, CacheFolder.Commit1)], Cancellation);
        _cache.Link(Model, CacheFolder.Commit3, "a", etag);

        CacheRemovalResult result = await _cache.Open().ExecuteAsync(plan, Cancellation);

        Assert.Equal(0, result.BytesFreed);
        Assert.Single(result.Problems, p => p.Kind == CacheProblemKind.NotRemoved && p.Path == _cache.Layout.Blob(Model, etag));
        Assert.Empty(_cache.Scan().Problems);
    }

    [Fact]
    public async Task A_blob_whose_lock_a_download_holds_stays()
    {
        string etag = _cache.AddFile(Model, CacheFolder.Commit1, "a", CacheFolder.Content("a", 10));
        CacheRemovalPlan plan = _cache.Open().PlanRemoval([new RepositoryReference(Model)], Cancellation);
        using FileLock held = FileLock.TryAcquire(_cache.Layout.Lock(Model, etag))!;

        CacheRemovalResult result = await _cache.Open().ExecuteAsync(plan, Cancellation);

        Assert.Contains(result.Problems, p => p.Path == _cache.Layout.Blob(Model, etag));
        Assert.True(File.Exists(_cache.Layout.Blob(Model, etag)));
        Assert.Single(_cache.Open().PlanClear(Cancellation).Spared);
    }

    [Fact]
    public void What_is_not_cached_is_said()
    {
        _cache.AddFile(Model, CacheFolder.Commit1, "a", CacheFolder.Content("a", 10));
        RepositoryReference[] targets = [new(Other), new(Model, "main"), new(Model, CacheFolder.Commit3)];

        CacheRemovalPlan plan = _cache.Open().PlanRemoval(targets, Cancellation);

        Assert.True(plan.IsEmpty);
        Assert.Equal(targets, plan.NotFound);
    }

    [Fact]
    public async Task A_plan_of_another_cache_is_refused()
    {
        using CacheFolder other = new();
        CacheRemovalPlan plan = other.Open().PlanClear(Cancellation);

        await Assert.ThrowsAsync<ArgumentException>(() => _cache.Open().ExecuteAsync(plan, Cancellation));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public async Task Removing_anything_from_any_cache_frees_the_promised_bytes_and_breaks_nothing(int seed)
    {
        RandomCache.Fill(_cache, seed);
        Random random = new(seed);
        while (_cache.Scan() is { Repositories.Count: > 0 } scan)
        {
            CachedRevision[] revisions = [.. scan.Repositories.SelectMany(r => r.Revisions).Where(_ => random.Next(3) == 0)];
            CachedRepository[] repositories = [.. scan.Repositories.Where(r => random.Next(6) == 0 || r.Revisions.Count == 0)];
            CacheRemovalPlan plan = _cache.Open().PlanRemoval(scan, repositories, revisions);

            CacheRemovalResult result = await _cache.Open().ExecuteAsync(plan, Cancellation);

            CacheScan after = _cache.Scan();
            Assert.Empty(plan.Spared);
            Assert.Empty(result.Problems);
            Assert.Empty(after.Problems);
            Assert.Equal(plan.BytesFreed, result.BytesFreed);
            Assert.Equal(scan.TotalBytes - plan.BytesFreed, after.TotalBytes);
            HashSet<string> gone = [.. plan.Revisions.Select(r => r.Directory)];
            Assert.Equal(
                scan.Repositories.SelectMany(r => r.Revisions).Where(r => !gone.Contains(r.Directory)).SelectMany(r => r.Files).Select(f => f.LocalPath),
                after.Repositories.SelectMany(r => r.Revisions).SelectMany(r => r.Files).Select(f => f.LocalPath));
        }

        Assert.Equal(0, _cache.Scan().TotalBytes);
    }

    private async Task<CacheRemovalResult> RemoveAsync(long expectedBytes, params RepositoryReference[] targets)
    {
        long before = _cache.Scan().TotalBytes;
        CacheRemovalPlan plan = _cache.Open().PlanRemoval(targets, Cancellation);
        CacheRemovalResult result = await _cache.Open().ExecuteAsync(plan, Cancellation);

        Assert.Empty(plan.Spared);
        Assert.Equal(expectedBytes, plan.BytesFreed);
        Assert.Equal(expectedBytes, result.BytesFreed);
        Assert.Equal(plan.Items.Count, result.ItemsRemoved);
        // Bytes of foreign entries are not among the cache's.
        Assert.InRange(before - _cache.Scan().TotalBytes, expectedBytes - 3, expectedBytes);
        return result;
    }
}
