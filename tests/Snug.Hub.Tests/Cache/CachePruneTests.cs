using System.Diagnostics;

namespace Snug.Hub.Tests;

/// <summary>Pruning removes what nobody needs and nothing that a running download may need.</summary>
public sealed class CachePruneTests : IDisposable
{
    private static readonly RepositoryId Model = "org/model";
    private static readonly RepositoryId Other = "org/other";
    private static readonly string Etag = CacheFolder.Sha256([42]);

    private readonly CacheFolder _cache = new();
    private Process? _sleeper;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _sleeper?.Kill();
        _sleeper?.Dispose();
        _cache.Dispose();
    }

    [Fact]
    public async Task Detached_revisions_unused_blobs_and_leftovers_go()
    {
        _cache.AddFile(Model, CacheFolder.Commit1, "kept", CacheFolder.Content("kept", 1000));
        _cache.AddFile(Model, CacheFolder.Commit2, "detached", CacheFolder.Content("detached", 100));
        _cache.AddTree(Model, CacheFolder.Commit2);
        _cache.AddRef(Model, "main", CacheFolder.Commit1);
        _cache.AddBlob(Model, CacheFolder.Content("orphan", 10));
        CacheFolder.Write(Path.Join(_cache.Layout.Private(Model), "staging-01234567", "x"), new byte[1]);
        CacheFolder.Write(Path.Join(_cache.Layout.Blobs(Model), "tmp_0f8fad5b-d9cb-469f-a165-70867728950e"), []);
        _cache.AddFile(Other, CacheFolder.Commit3, "all/detached", CacheFolder.Content("other", 5));
        _cache.AddSharedFile("gpt2", CacheFolder.Commit3, "shared", CacheFolder.Content("shared", 500));
        Directory.Delete(_cache.Layout.Repository("gpt2"), recursive: true);

        CacheRemovalPlan plan = Later(TimeSpan.FromDays(1)).PlanPrune(cancellationToken: Cancellation);
        CacheRemovalResult result = await _cache.Open().ExecuteAsync(plan, Cancellation);

        Assert.Empty(plan.Spared);
        Assert.Empty(result.Problems);
        Assert.Equal((616, 616), (plan.BytesFreed, result.BytesFreed));
        Assert.Equal([Other], plan.Repositories);
        Assert.Equal(1000, _cache.Scan().TotalBytes);
        Assert.DoesNotContain(_cache.Paths(), p => p.Contains("models--org--other/", StringComparison.Ordinal) && !p.StartsWith(".locks", StringComparison.Ordinal));
        Assert.True(Later(TimeSpan.FromDays(1)).PlanPrune(cancellationToken: Cancellation).IsEmpty);
    }

    [Fact]
    public void Each_kind_can_be_left_out()
    {
        _cache.AddFile(Model, CacheFolder.Commit1, "kept", CacheFolder.Content("kept", 1000));
        _cache.AddFile(Model, CacheFolder.Commit2, "detached", CacheFolder.Content("detached", 100));
        _cache.AddRef(Model, "main", CacheFolder.Commit1);
        _cache.AddBlob(Model, CacheFolder.Content("orphan", 10));
        CacheFolder.Write(Path.Join(_cache.Layout.Blobs(Model), Etag + ".incomplete"), new byte[3]);

        long[] freed =
        [
            .. new CachePruneOptions[]
            {
                new(), new() { DetachedRevisions = false }, new() { UnreferencedBlobs = false }, new() { Abandoned = false },
            }.Select(o => Later(TimeSpan.FromDays(1)).PlanPrune(o, Cancellation).BytesFreed),
        ];

        Assert.Equal([113, 13, 103, 110], freed);
    }

    [Fact]
    public void A_download_that_just_finished_is_not_taken_apart()
    {
        _cache.AddFile(Model, CacheFolder.Commit1, "a", CacheFolder.Content("a", 100));
        _cache.AddBlob(Model, CacheFolder.Content("about to be linked", 10));
        CacheFolder.Write(Path.Join(_cache.Layout.Private(Other), "staging-01234567", "x"), new byte[1]);

        CacheRemovalPlan plan = Later(TimeSpan.FromSeconds(30)).PlanPrune(cancellationToken: Cancellation);

        Assert.True(plan.IsEmpty);
        Assert.Equal([1, 10, 100], plan.Spared.Select(s => s.SizeInBytes).Order());
    }

    [Theory]
    [InlineData("ours, process lives", false)]
    [InlineData("ours, process died", true)]
    [InlineData("ours, process id reused", true)]
    [InlineData("ours, on another machine, quiet for an hour", false)]
    [InlineData("ours, on another machine, quiet for a day", true)]
    [InlineData("ours, of this process, lock free", true)]
    [InlineData("ours, of this process, lock held", false)]
    [InlineData("another client's, quiet for an hour", false)]
    [InlineData("another client's, quiet for a day", true)]
    [InlineData("another client's, quiet for a day, lock held", false)]
    [InlineData("another client's, quiet for a day, lock file there", true)]
    [InlineData("journal alone", true)]
    public async Task Partial_files_of_running_downloads_are_spared_and_so_is_their_repository(string what, bool abandoned)
    {
        string partial = Path.Join(_cache.Layout.Blobs(Model), Etag + ".01234567.incomplete");
        string journal = partial + ".journal";
        _sleeper = what == "ours, process lives" ? StartSleeper() : null;
        if (what != "journal alone")
        {
            CacheFolder.Write(partial, new byte[7]);
        }

        long own = PartialOwner.Started;
        byte[]? header = what switch
        {
            "ours, process lives" => Header(_sleeper!.Id, PartialOwner.Host, new DateTimeOffset(_sleeper.StartTime).ToUnixTimeSeconds()),
            "ours, process died" => Header(999_999_999, PartialOwner.Host, own),
            "ours, process id reused" => Header(1, PartialOwner.Host, 17),
            _ when what.StartsWith("ours, on another", StringComparison.Ordinal) => Header(1, "elsewhere", own),
            _ when what.StartsWith("ours, of this", StringComparison.Ordinal) => Header(PartialOwner.Pid, PartialOwner.Host, own),
            "journal alone" => Header(999_999_999, PartialOwner.Host, own),
            _ => null,
        };
        if (header is not null)
        {
            CacheFolder.Write(journal, header);
        }

        using FileLock? held = what.EndsWith("lock held", StringComparison.Ordinal) ? FileLock.TryAcquire(_cache.Layout.Lock(Model, Etag)) : null;
        if (what.EndsWith("lock file there", StringComparison.Ordinal))
        {
            CacheFolder.Write(_cache.Layout.Lock(Model, Etag), []);
        }

        _cache.AddFile(Model, CacheFolder.Commit1, "detached", CacheFolder.Content("detached", 100));
        _cache.AddBlob(Model, CacheFolder.Content("orphan", 10));
        HubCache cache = Later(what.Contains("hour", StringComparison.Ordinal) ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1));

        CacheRemovalPlan plan = cache.PlanPrune(cancellationToken: Cancellation);
        CacheRemovalResult result = await cache.ExecuteAsync(plan, Cancellation);

        Assert.Empty(result.Problems);
        Assert.Equal(!abandoned, File.Exists(partial));
        Assert.Equal(!abandoned && header is not null, File.Exists(journal));
        Assert.Equal(!abandoned, Directory.Exists(_cache.Layout.Snapshot(Model, CacheFolder.Commit1)));
        Assert.Equal(abandoned, plan.Spared.Count == 0);
        Assert.Equal(abandoned, !Directory.Exists(_cache.Layout.Repository(Model)));
    }

    [Fact]
    public async Task A_partial_file_that_grows_after_the_plan_was_made_stays()
    {
        string partial = Path.Join(_cache.Layout.Blobs(Model), Etag + ".01234567.incomplete");
        CacheFolder.Write(partial, new byte[7]);
        File.SetLastWriteTimeUtc(partial, DateTime.UnixEpoch);
        CacheRemovalPlan plan = _cache.Open().PlanPrune(cancellationToken: Cancellation);
        File.AppendAllText(partial, "more");

        CacheRemovalResult result = await _cache.Open().ExecuteAsync(plan, Cancellation);

        Assert.Single(plan.Items);
        Assert.True(File.Exists(partial));
        Assert.Single(result.Problems);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(34)]
    public async Task After_pruning_any_cache_every_file_with_a_ref_still_resolves(int seed)
    {
        RandomCache.Fill(_cache, seed);
        CacheScan before = _cache.Scan();
        HubCache cache = Later(TimeSpan.FromDays(1));

        CacheRemovalPlan plan = cache.PlanPrune(cancellationToken: Cancellation);
        CacheRemovalResult result = await cache.ExecuteAsync(plan, Cancellation);

        CacheScan after = _cache.Scan();
        Assert.Empty(result.Problems);
        Assert.Empty(after.Problems);
        Assert.Equal(before.TotalBytes - plan.BytesFreed, after.TotalBytes);
        Assert.Equal(after.TotalBytes, after.SizeInBytes);
        CachedFile[] kept = [.. before.Repositories.SelectMany(r => r.Revisions).Where(r => !r.IsDetached).SelectMany(r => r.Files)];
        Assert.NotEmpty(kept);
        Assert.All(kept, f => Assert.Equal(f.SizeInBytes, File.ReadAllBytes(f.LocalPath).Length));
        Assert.All(after.Repositories.SelectMany(r => r.Revisions), r => Assert.False(r.IsDetached));
        Assert.True((await cache.VerifyAsync(cancellationToken: Cancellation)).IsSound);
    }

    [Fact]
    public async Task An_interrupted_removal_leaves_nothing_that_prune_does_not_finish()
    {
        RandomCache.Fill(_cache, 41);
        CacheRemovalPlan plan = Later(TimeSpan.FromDays(1)).PlanClear(Cancellation);
        for (int stop = 1; stop < plan.Items.Count; stop += 1 + (plan.Items.Count / 12))
        {
            using CacheFolder cache = new();
            RandomCache.Fill(cache, 41);
            HubCache later = cache.Open(new ShiftedTime(TimeSpan.FromDays(1)));
            CacheRemovalPlan whole = later.PlanClear(Cancellation);
            CacheRemovalPlan part = new(cache.Root, [.. whole.Items.Take(stop)]);

            await later.ExecuteAsync(part, Cancellation);

            Assert.DoesNotContain(cache.Scan().Problems, p => p.Kind is CacheProblemKind.BrokenLink or CacheProblemKind.DanglingRef);
            await later.ExecuteAsync(later.PlanClear(Cancellation), Cancellation);
            Assert.Equal(0, cache.Scan().TotalBytes);
        }
    }

    private HubCache Later(TimeSpan shift) => _cache.Open(new ShiftedTime(shift));

    private static byte[] Header(int pid, string host, long started)
    {
        byte[] header = new byte[512];
        header.AsSpan().Fill((byte)' ');
        new JournalHeader { Format = 1, Etag = Etag, Size = 7, BlockSize = BlockPool.BlockSize, Pid = pid, Host = host, Started = started }
            .ToJson().CopyTo(header, 0);
        return header;
    }

    private static Process StartSleeper() => OperatingSystem.IsWindows()
        ? Process.Start(new ProcessStartInfo("ping", "-n 60 127.0.0.1") { RedirectStandardOutput = true, UseShellExecute = false })!
        : Process.Start("sleep", "60");

    private sealed class ShiftedTime(TimeSpan shift) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + shift;
    }
}
