namespace Snug.Hub.Tests;

/// <summary>Asking the cache for files and snapshots, without a request.</summary>
public sealed class CacheLookupTests : IDisposable
{
    private static readonly RepositoryId Model = "org/model";

    private readonly CacheFolder _cache = new();

    public CacheLookupTests()
    {
        _cache.AddFile(Model, CacheFolder.Commit1, "sub/a", CacheFolder.Content("a", 10));
        _cache.AddCopy(Model, CacheFolder.Commit1, "B", CacheFolder.Content("b", 10));
        string missing = _cache.AddFile(Model, CacheFolder.Commit1, "missing", CacheFolder.Content("missing", 10));
        File.Delete(_cache.Layout.Blob(Model, missing));
        _cache.AddRef(Model, "main", CacheFolder.Commit1);
        _cache.AddRef(Model, "refs/pr/7", CacheFolder.Commit1);
        _cache.AddRef(Model, "gone", CacheFolder.Commit2);
        _cache.AddRef(Model, "evil", "../../../outside");
    }

    public void Dispose() => _cache.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("main")]
    [InlineData("refs/pr/7")]
    [InlineData("1111111")]
    [InlineData(CacheFolder.Commit1)]
    public void A_file_is_found_by_every_name_of_its_revision(string? revision)
    {
        HubCache cache = _cache.Open();

        Assert.Equal(_cache.Layout.SnapshotFile(Model, CacheFolder.Commit1, "sub/a"), cache.TryGetFile(Model, "sub/a", revision));
        CachedSnapshot snapshot = cache.TryGetSnapshot(Model, revision)!;
        Assert.Equal((CacheFolder.Commit1, revision ?? "main"), (snapshot.Commit, snapshot.Revision));
        Assert.Equal(["B", "sub/a"], snapshot.Files);
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("evil")]
    [InlineData("v1")]
    [InlineData("111111")]
    [InlineData(CacheFolder.Commit3)]
    public void What_is_not_cached_is_null(string revision)
    {
        Assert.Null(_cache.Open().TryGetFile(Model, "sub/a", revision));
        Assert.Null(_cache.Open().TryGetSnapshot(Model, revision));
        Assert.Null(_cache.Open().TryGetSnapshot("org/other"));
    }

    [Fact]
    public void A_link_that_leads_nowhere_is_no_file() => Assert.Null(_cache.Open().TryGetFile(Model, "missing"));

    [Theory]
    [InlineData("../model", null)]
    [InlineData("/etc/passwd", null)]
    [InlineData("sub/a", "../../x")]
    public void Paths_and_revisions_that_lead_out_are_refused(string path, string? revision)
    {
        HubException e = Assert.Throws<HubException>(() => _cache.Open().TryGetFile(Model, path, revision));

        Assert.Equal(HubErrorKind.InvalidRequest, e.Kind);
    }

    [Fact]
    public void Without_a_folder_the_cache_is_where_the_client_has_it()
    {
        using HubClient client = new();

        Assert.Equal(client.ResolveSettings().CacheDirectory, new HubCache().Directory);
    }
}
