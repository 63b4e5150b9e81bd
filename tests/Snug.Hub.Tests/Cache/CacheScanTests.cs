namespace Snug.Hub.Tests;

/// <summary>What a scan says about healthy caches.</summary>
public sealed class CacheScanTests : IDisposable
{
    private static readonly RepositoryId Model = "org/model";
    private static readonly RepositoryId Other = "org/other";

    private readonly CacheFolder _cache = new();

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void A_missing_folder_is_an_empty_cache()
    {
        CacheScan scan = new HubCache(Path.Join(_cache.Root, "missing")).Scan(TestContext.Current.CancellationToken);

        Assert.Empty(scan.Repositories);
        Assert.Empty(scan.Problems);
        Assert.Equal(0, scan.TotalBytes);
    }

    [Fact]
    public void A_root_that_is_a_file_is_an_error()
    {
        string file = Path.Join(_cache.Root, "file");
        File.WriteAllText(file, "");

        HubException e = Assert.Throws<HubException>(() => new HubCache(file).Scan(TestContext.Current.CancellationToken));

        Assert.Equal(HubErrorKind.CacheAccess, e.Kind);
    }

    [Fact]
    public void Repositories_revisions_files_and_refs_are_found()
    {
        byte[] shared = CacheFolder.Content("weights", 1000);
        string etag = _cache.AddFile(Model, CacheFolder.Commit1, "model.safetensors", shared);
        _cache.AddFile(Model, CacheFolder.Commit1, "sub/config.json", CacheFolder.Content("old", 10), lfs: false);
        _cache.AddFile(Model, CacheFolder.Commit2, "sub/config.json", CacheFolder.Content("new", 30), lfs: false);
        _cache.Link(Model, CacheFolder.Commit2, "model.safetensors", etag);
        _cache.AddRef(Model, "main", CacheFolder.Commit2);
        _cache.AddRef(Model, "v1", CacheFolder.Commit2);
        _cache.AddRef(Model, "refs/pr/1", CacheFolder.Commit1);
        _cache.AddFile(RepositoryId.Create(RepositoryType.Dataset, "squad"), CacheFolder.Commit3, "data.csv", CacheFolder.Content("data", 7));

        CacheScan scan = _cache.Scan();

        Assert.Empty(scan.Problems);
        Assert.Equal(["datasets/squad", "org/model"], scan.Repositories.Select(r => r.Id.ToString()));
        CachedRepository repository = scan.Find(Model)!;
        Assert.Equal([CacheFolder.Commit1, CacheFolder.Commit2], repository.Revisions.Select(r => r.Commit));
        Assert.Equal((1010, 1030, 1040), (repository.Revisions[0].SizeInBytes, repository.Revisions[1].SizeInBytes, repository.SizeInBytes));
        Assert.Equal(3, repository.ContentCount);
        Assert.Equal(["refs/pr/1"], repository.Revisions[0].Refs);
        Assert.Equal(["main", "v1"], repository.Revisions[1].Refs);
        CachedFile file = repository.Revisions[1].Files.Single(f => f.Path == "model.safetensors");
        Assert.Equal((etag, 1000L, false), (file.Blob!.Name, file.SizeInBytes, file.IsCopy));
        Assert.True(scan.Find(RepositoryId.Create(RepositoryType.Dataset, "squad"))!.Revisions[0].IsDetached);
        Assert.Equal(1047, scan.SizeInBytes);
        Assert.Equal(1047, scan.TotalBytes);
    }

    [Fact]
    public void A_file_with_bytes_of_its_own_is_a_copy_and_counted_for_itself()
    {
        _cache.AddCopy(Model, CacheFolder.Commit1, "a", CacheFolder.Content("a", 11));
        _cache.AddCopy(Model, CacheFolder.Commit2, "a", CacheFolder.Content("a", 11));

        CacheScan scan = _cache.Scan();

        Assert.Empty(scan.Problems);
        Assert.All(scan.Repositories.Single().Revisions.SelectMany(r => r.Files), f => Assert.True(f.IsCopy));
        Assert.Equal(22, scan.SizeInBytes);
    }

    [Fact]
    public void A_shared_blob_is_counted_once_in_the_cache_and_in_full_in_each_repository()
    {
        byte[] content = CacheFolder.Content("shared", 500);
        _cache.AddSharedFile(Model, CacheFolder.Commit1, "w", content);
        _cache.AddSharedFile(Other, CacheFolder.Commit2, "w", content);

        CacheScan scan = _cache.Scan();

        Assert.Empty(scan.Problems);
        Assert.All(scan.Repositories, r => Assert.Equal(500, r.SizeInBytes));
        Assert.All(scan.Repositories, r => Assert.True(r.Blobs.Single().IsShared));
        Assert.Equal(500, scan.SizeInBytes);
        Assert.Equal(0, scan.UnreferencedBytes);
        Assert.True(scan.SharedBlobs.Single().IsReferenced);
    }

    [Fact]
    public void Content_of_the_shared_store_that_nobody_uses_is_unreferenced()
    {
        _cache.AddSharedFile(Model, CacheFolder.Commit1, "w", CacheFolder.Content("shared", 500));
        Directory.Delete(_cache.Layout.Repository(Model), recursive: true);

        CacheScan scan = _cache.Scan();

        Assert.False(scan.SharedBlobs.Single().IsReferenced);
        Assert.Equal((0, 500), (scan.SizeInBytes, scan.UnreferencedBytes));
    }

    [Fact]
    public void A_blobs_folder_without_the_marker_is_no_shared_store()
    {
        _cache.AddSharedFile(Model, CacheFolder.Commit1, "w", CacheFolder.Content("shared", 500));
        File.Delete(Path.Join(_cache.Root, "blobs", CacheLayout.SharedBlobsMarker));

        CacheScan scan = _cache.Scan();

        Assert.Empty(scan.SharedBlobs);
        Assert.Contains(scan.Problems, p => p.Kind == CacheProblemKind.ForeignEntry && p.Path == Path.Join(_cache.Root, "blobs"));
        Assert.Contains(scan.Problems, p => p.Kind == CacheProblemKind.LinkOutside);
    }

    [Fact]
    public void Unfinished_downloads_orphans_and_leftovers_have_sums_of_their_own()
    {
        _cache.AddFile(Model, CacheFolder.Commit1, "a", CacheFolder.Content("a", 100));
        _cache.AddBlob(Model, CacheFolder.Content("orphan", 200));
        string blobs = _cache.Layout.Blobs(Model);
        string sha = CacheFolder.Sha256([1]);
        CacheFolder.Write(Path.Join(blobs, sha + ".0a1b2c3d.incomplete"), new byte[30]);
        CacheFolder.Write(Path.Join(blobs, sha + ".0a1b2c3d.incomplete.journal"), new byte[512]);
        CacheFolder.Write(Path.Join(blobs, sha + ".incomplete"), new byte[5]);
        CacheFolder.Write(Path.Join(blobs, "tmp_0f8fad5b-d9cb-469f-a165-70867728950e"), []);
        CacheFolder.Write(Path.Join(_cache.Layout.Private(Model), "staging-01234567", "deep", "x"), new byte[9]);
        CacheFolder.Write(_cache.Layout.Ref(Model, "main.01234567.tmp"), new byte[40]);

        CacheScan scan = _cache.Scan();
        CachedRepository repository = scan.Repositories.Single();

        Assert.Empty(scan.Problems);
        Assert.Equal((100, 200, 547, 49), (scan.SizeInBytes, scan.UnreferencedBytes, scan.PartialBytes, scan.LeftoverBytes));
        Assert.Equal(896, scan.TotalBytes);
        Assert.Equal([true, false], repository.Partials.Select(p => p.JournalPath is not null));
        Assert.All(repository.Partials, p => Assert.Equal(sha, p.Etag));
        Assert.Equal(3, repository.Leftovers.Count);
    }

    [Fact]
    public void A_file_that_the_listing_names_is_no_leftover_whatever_it_is_called()
    {
        byte[] content = CacheFolder.Content("odd", 10);
        _cache.AddCopy(Model, CacheFolder.Commit1, "odd.01234567.tmp", content);
        _cache.AddCopy(Model, CacheFolder.Commit1, "left.01234567.tmp", content);
        _cache.AddTree(Model, CacheFolder.Commit1, ("odd.01234567.tmp", content, false));

        CachedRepository repository = _cache.Scan().Repositories.Single();

        Assert.Equal(["odd.01234567.tmp"], repository.Revisions[0].Files.Select(f => f.Path));
        Assert.Single(repository.Leftovers, l => l.Path.EndsWith("left.01234567.tmp", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_bytes_of_any_cache_are_the_sum_of_its_different_files(int seed)
    {
        RandomCache.Fill(_cache, seed);

        CacheScan scan = _cache.Scan();

        Dictionary<string, long> files = [];
        foreach (string path in _cache.Paths().Select(p => Path.Join(_cache.Root, p)))
        {
            if (new FileInfo(path) is { Exists: true, LinkTarget: null } file && IsContent(Path.GetRelativePath(_cache.Root, path)))
            {
                files.Add(path, file.Length);
            }
        }

        Assert.Empty(scan.Problems);
        Assert.Equal(files.Values.Sum(), scan.TotalBytes);
        Assert.Equal(scan.SizeInBytes, scan.Repositories.SelectMany(r => r.Revisions).SelectMany(r => r.Files).Select(f => f.ContentPath).Distinct().Sum(p => files[p]));
    }

    // Refs, listings, negative entries, locks, manifests and the marker are not content.
    private static bool IsContent(string path)
    {
        string[] parts = path.Split(Path.DirectorySeparatorChar);
        return parts[0] == "blobs" ? parts.Length == 3 && Hashes.IsSha256(parts[2]) : parts[1] is "blobs" or "snapshots";
    }
}
