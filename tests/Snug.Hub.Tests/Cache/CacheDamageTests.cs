namespace Snug.Hub.Tests;

/// <summary>Every kind of damage is reported by name and hides nothing but itself.</summary>
public sealed class CacheDamageTests : IDisposable
{
    private static readonly RepositoryId Model = "org/model";
    private static readonly RepositoryId Healthy = "org/healthy";

    private readonly CacheFolder _cache = new();

    public CacheDamageTests()
    {
        _cache.AddFile(Healthy, CacheFolder.Commit1, "a", CacheFolder.Content("healthy", 1000));
        _cache.AddRef(Healthy, "main", CacheFolder.Commit1);
        _cache.AddFile(Model, CacheFolder.Commit1, "good", CacheFolder.Content("good", 100));
        _cache.AddFile(Model, CacheFolder.Commit1, "bad", CacheFolder.Content("bad", 10));
        _cache.AddRef(Model, "main", CacheFolder.Commit1);
    }

    public static TheoryData<string, CacheProblemKind?, int> Damages => new()
    {
        { "blob missing", CacheProblemKind.BrokenLink, 1 },
        { "blob is a broken link", CacheProblemKind.BrokenLink, 1 },
        { "blob is a loop", CacheProblemKind.BrokenLink, 1 },
        { "blob is a folder", CacheProblemKind.BrokenLink, 1 },
        { "entry points outside", CacheProblemKind.LinkOutside, 2 },
        { "entry points at another repository", CacheProblemKind.LinkOutside, 2 },
        { "entry is a loop", CacheProblemKind.BrokenLink, 1 },
        { "folder in a snapshot is a link", CacheProblemKind.LinkedFolder, 2 },
        { "snapshot is a loop of links", CacheProblemKind.LinkedFolder, 2 },
        { "file among snapshots", CacheProblemKind.ForeignEntry, 2 },
        { "file in the repository", CacheProblemKind.ForeignEntry, 2 },
        { "folder among blobs", CacheProblemKind.ForeignEntry, 2 },
        { "ref to a missing snapshot", CacheProblemKind.DanglingRef, 2 },
        { "empty ref", CacheProblemKind.InvalidRef, 2 },
        { "binary ref", CacheProblemKind.InvalidRef, 2 },
        { "ref that leads out", CacheProblemKind.InvalidRef, 2 },
        { "huge ref", CacheProblemKind.InvalidRef, 2 },
        { "refs is a file", CacheProblemKind.ForeignEntry, 2 },
        { "blobs is gone", CacheProblemKind.BrokenLink, 0 },
        { "journal alone", CacheProblemKind.StrayJournal, 2 },
        { "file at the root", CacheProblemKind.ForeignEntry, 2 },
        { "unknown folder at the root", CacheProblemKind.ForeignEntry, 2 },
        { "file instead of a repository", CacheProblemKind.ForeignEntry, 2 },
        { "system files", null, 2 },
    };

    public void Dispose() => _cache.Dispose();

    [Theory]
    [MemberData(nameof(Damages))]
    public void Damage_is_named_and_hides_only_itself(string damage, CacheProblemKind? expected, int filesLeft)
    {
        Inflict(damage);

        CacheScan scan = _cache.Scan();

        Assert.Equal(1000, scan.Find(Healthy)!.SizeInBytes);
        CachedRevision revision = scan.Find(Model)!.Revisions.Single(r => r.Commit == CacheFolder.Commit1);
        Assert.Equal(filesLeft, revision.Files.Count);
        Assert.Equal(2 - filesLeft, revision.BrokenFiles.Count);
        if (expected is null)
        {
            Assert.Empty(scan.Problems);
        }
        else
        {
            Assert.Contains(scan.Problems, p => p.Kind == expected);
            Assert.All(scan.Problems, p => Assert.False(string.IsNullOrEmpty(p.Message) || string.IsNullOrEmpty(p.Advice)));
        }
    }

    [Fact]
    public void A_folder_that_may_not_be_read_is_reported()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "permissions do not bind this user");
        string folder = _cache.Layout.Snapshot(Model, CacheFolder.Commit1);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, UnixFileMode.None);
        }

        CacheScan scan = _cache.Scan();

        Assert.Contains(scan.Problems, p => p.Kind == CacheProblemKind.Unreadable && p.Path == folder);
        Assert.Equal(1000, scan.Find(Healthy)!.SizeInBytes);
    }

    [Fact]
    public void A_repository_whose_folder_is_a_link_is_read_through_it()
    {
        string real = Path.Join(_cache.Outside, "moved");
        Directory.Move(_cache.Layout.Repository(Model), real);
        Directory.CreateSymbolicLink(_cache.Layout.Repository(Model), real);

        CacheScan scan = _cache.Scan();

        Assert.True(scan.Find(Model)!.IsLinkedFolder);
        Assert.Equal(110, scan.Find(Model)!.SizeInBytes);
        Assert.Equal([CacheProblemKind.LinkedFolder], scan.Problems.Select(p => p.Kind));
    }

    [Fact]
    public void Blobs_on_another_disk_behind_a_linked_folder_are_read_through_it()
    {
        string real = Path.Join(_cache.Outside, "blobs");
        Directory.Move(_cache.Layout.Blobs(Model), real);
        Directory.CreateSymbolicLink(_cache.Layout.Blobs(Model), real);
        File.Delete(_cache.Layout.SnapshotFile(Model, CacheFolder.Commit1, "bad"));
        string etag = Directory.EnumerateFiles(real).Select(Path.GetFileName).First()!;
        File.CreateSymbolicLink(_cache.Layout.SnapshotFile(Model, CacheFolder.Commit1, "absolute"), Path.Join(real, etag));

        CachedRepository repository = _cache.Scan().Find(Model)!;

        Assert.All(repository.Revisions[0].Files, f => Assert.NotNull(f.Blob));
        Assert.Equal(["absolute", "good"], repository.Revisions[0].Files.Select(f => f.Path));
    }

    private void Inflict(string damage)
    {
        string bad = _cache.Layout.SnapshotFile(Model, CacheFolder.Commit1, "bad");
        string blob = Path.Join(Path.GetDirectoryName(bad), new FileInfo(bad).LinkTarget!);
        string outside = Path.Join(_cache.Outside, "file");
        File.WriteAllBytes(outside, new byte[77]);
        switch (damage)
        {
            case "blob missing":
                File.Delete(blob);
                break;
            case "blob is a broken link":
                Relink(blob, "nowhere");
                break;
            case "blob is a loop":
                Relink(blob, Path.GetFileName(blob));
                break;
            case "blob is a folder":
                File.Delete(blob);
                Directory.CreateDirectory(blob);
                break;
            case "entry points outside":
                Relink(bad, outside);
                break;
            case "entry points at another repository":
                Relink(bad, _cache.Layout.Blob(Healthy, CacheFolder.Sha256(CacheFolder.Content("healthy", 1000))));
                break;
            case "entry is a loop":
                Relink(bad, "bad");
                break;
            case "folder in a snapshot is a link":
                Directory.CreateSymbolicLink(_cache.Layout.SnapshotFile(Model, CacheFolder.Commit1, "folder"), _cache.Outside);
                break;
            case "snapshot is a loop of links":
                Directory.CreateSymbolicLink(_cache.Layout.Snapshot(Model, CacheFolder.Commit2), _cache.Layout.Snapshots(Model));
                break;
            case "file among snapshots":
                CacheFolder.Write(Path.Join(_cache.Layout.Snapshots(Model), "file"), [1]);
                break;
            case "file in the repository":
                CacheFolder.Write(Path.Join(_cache.Layout.Repository(Model), "file"), [1]);
                break;
            case "folder among blobs":
                CacheFolder.Write(Path.Join(_cache.Layout.Blobs(Model), "folder", "file"), [1]);
                break;
            case "ref to a missing snapshot":
                _cache.AddRef(Model, "gone", CacheFolder.Commit3);
                break;
            case "empty ref":
                _cache.AddRef(Model, "empty", "");
                break;
            case "binary ref":
                CacheFolder.Write(_cache.Layout.Ref(Model, "binary"), [0, 255, 1, 254]);
                break;
            case "ref that leads out":
                _cache.AddRef(Model, "out", "../../../outside");
                break;
            case "huge ref":
                _cache.AddRef(Model, "huge", new string('a', 5_000_000));
                break;
            case "refs is a file":
                Directory.Delete(_cache.Layout.Refs(Model), recursive: true);
                File.WriteAllText(_cache.Layout.Refs(Model), "");
                break;
            case "blobs is gone":
                Directory.Delete(_cache.Layout.Blobs(Model), recursive: true);
                break;
            case "journal alone":
                CacheFolder.Write(Path.Join(_cache.Layout.Blobs(Model), "x.01234567.incomplete.journal"), [1]);
                break;
            case "file at the root":
                CacheFolder.Write(Path.Join(_cache.Root, "file"), [1]);
                break;
            case "unknown folder at the root":
                CacheFolder.Write(Path.Join(_cache.Root, "kernels--org--kernel", "file"), [1]);
                break;
            case "file instead of a repository":
                CacheFolder.Write(Path.Join(_cache.Root, "models--org--file"), [1]);
                break;
            case "system files":
                foreach (string folder in (string[])[_cache.Root, _cache.Layout.Repository(Model), _cache.Layout.Blobs(Model), _cache.Layout.Refs(Model), _cache.Layout.Snapshots(Model)])
                {
                    CacheFolder.Write(Path.Join(folder, ".DS_Store"), [1]);
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(damage), damage, "unknown");
        }
    }

    private static void Relink(string path, string target)
    {
        File.Delete(path);
        File.CreateSymbolicLink(path, target);
    }
}
