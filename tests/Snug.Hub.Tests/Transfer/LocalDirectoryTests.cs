using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>Downloads into a folder of the user's.</summary>
public sealed class LocalDirectoryTests : DownloadFixture
{
    private readonly TemporaryFolder _folder = new();

    private DownloadOptions Options => new() { LocalDirectory = _folder.Root };

    [Fact]
    public async Task Files_stand_under_their_names_and_are_not_transferred_again()
    {
        CachedSnapshot snapshot = await Client.DownloadSnapshotAsync(Id, Options, cancellationToken: Cancellation);

        Assert.Equal(_folder.Root, snapshot.Directory);
        foreach (string file in snapshot.Files)
        {
            FileInfo info = new(Path.Join(_folder.Root, file));
            string etag = Commit.Tree.Find(file)!.File!.ETag.Trim('"');
            Assert.Null(info.LinkTarget);
            Assert.Equal(etag, BlobHash.Of(info.FullName, etag.Length));
        }

        Assert.Equal("*", await File.ReadAllTextAsync(Path.Join(_folder.Root, ".cache", "huggingface", ".gitignore"), Cancellation));
        Assert.False(Directory.Exists(Path.Join(CacheFolder, "blobs")));
        Hub.Requests.Clear();
        CachedSnapshot again = await Client.DownloadSnapshotAsync(Id, Options, cancellationToken: Cancellation);
        Assert.Equal(0, again.TransferredFiles);
        Assert.Equal(0, Hub.Requests.ResolveCount);
    }

    [Fact]
    public async Task A_file_that_the_user_changed_is_replaced_only_by_a_verified_one()
    {
        await Client.DownloadSnapshotAsync(Id, Options, cancellationToken: Cancellation);
        string file = Path.Join(_folder.Root, "config.json");
        await File.WriteAllTextAsync(file, "[]", Cancellation);
        File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(1));
        Hub.Faults.Add("*/config.json", Fault.FlipByte(0));

        HubException e = await Assert.ThrowsAsync<HubException>(() => Client.DownloadSnapshotAsync(Id, Options, cancellationToken: Cancellation));
        Assert.Equal(HubErrorKind.Corrupted, e.Kind);
        Assert.Equal("[]", await File.ReadAllTextAsync(file, Cancellation));

        Hub.Faults.Clear();
        await Client.DownloadSnapshotAsync(Id, Options, cancellationToken: Cancellation);
        Assert.Equal("{}", await File.ReadAllTextAsync(file, Cancellation));
    }

    [Fact]
    public async Task Right_files_without_notes_are_recognized_by_their_hash()
    {
        await Client.DownloadSnapshotAsync(Id, Options, cancellationToken: Cancellation);
        Directory.Delete(Path.Join(_folder.Root, ".cache"), recursive: true);

        CachedSnapshot again = await Client.DownloadSnapshotAsync(Id, Options, cancellationToken: Cancellation);

        Assert.Equal(0, again.TransferredFiles);
        Assert.True(File.Exists(Path.Join(_folder.Root, ".cache", "huggingface", "download", "weights", "big.safetensors.metadata")));
    }

    [Fact]
    public async Task A_package_appears_only_when_it_is_whole()
    {
        DownloadOptions package = Options with { Include = ["net.mlpackage/*"] };
        Hub.Faults.Add(new FaultRule { Path = "*weight.bin", Fault = Fault.Status(404) });
        await Assert.ThrowsAsync<HubException>(() => Client.DownloadSnapshotAsync(Id, package, cancellationToken: Cancellation));
        Assert.False(Directory.Exists(Path.Join(_folder.Root, "net.mlpackage")));

        Hub.Faults.Clear();
        CachedSnapshot whole = await Client.DownloadSnapshotAsync(Id, package, cancellationToken: Cancellation);

        Assert.Equal(1_000_000, new FileInfo(whole.GetFile("net.mlpackage/Data/weight.bin")).Length);
        Assert.Equal("{\"a\":1}", await File.ReadAllTextAsync(whole.GetFile("net.mlpackage/Manifest.json"), Cancellation));
        Assert.False(Directory.Exists(Path.Join(_folder.Root, ".cache", "huggingface", "packages")));
        Hub.Requests.Clear();
        Assert.Equal(0, (await Client.DownloadSnapshotAsync(Id, package, cancellationToken: Cancellation)).TransferredFiles);
        Assert.Equal(0, Hub.Requests.ResolveCount);
    }

    [Fact]
    public async Task What_waits_for_a_package_is_left_alone_by_other_downloads()
    {
        DownloadOptions package = Options with { Include = ["net.mlpackage/*"] };
        Hub.Faults.Add(new FaultRule { Path = "*weight.bin", Fault = Fault.Status(404) });
        await Assert.ThrowsAsync<HubException>(() => Client.DownloadSnapshotAsync(Id, package, cancellationToken: Cancellation));
        Hub.Faults.Clear();
        string waiting = Path.Join(_folder.Root, ".cache", "huggingface", "packages", Commit.Id, "net.mlpackage", "Manifest.json");
        Directory.CreateDirectory(Path.GetDirectoryName(waiting)!);
        await File.WriteAllTextAsync(waiting, "{\"a\":1}", Cancellation);

        await Client.DownloadFileAsync(Id, "config.json", Options, cancellationToken: Cancellation);

        Assert.True(File.Exists(waiting));
        CachedSnapshot whole = await Client.DownloadSnapshotAsync(Id, package, cancellationToken: Cancellation);
        Assert.Equal(1, whole.TransferredFiles);
        Assert.True(File.Exists(whole.GetFile("net.mlpackage/Manifest.json")));
        Assert.False(Directory.Exists(Path.Join(_folder.Root, ".cache", "huggingface", "packages")));
    }

    [Fact]
    public async Task A_package_that_stands_gets_its_new_files_together_and_keeps_what_else_is_in_it()
    {
        DownloadOptions package = Options with { Include = ["net.mlpackage/*"] };
        CachedSnapshot first = await Client.DownloadSnapshotAsync(Id, package, cancellationToken: Cancellation);
        string manifest = first.GetFile("net.mlpackage/Manifest.json");
        string own = Path.Join(_folder.Root, "net.mlpackage", "notes.txt");
        await File.WriteAllTextAsync(own, "mine", Cancellation);
        await File.WriteAllTextAsync(manifest, "old", Cancellation);
        await File.WriteAllTextAsync(first.GetFile("net.mlpackage/Data/weight.bin"), "old", Cancellation);
        Hub.Faults.Add(new FaultRule { Path = "*weight.bin", Fault = Fault.Status(404) });

        await Assert.ThrowsAsync<HubException>(() => Client.DownloadSnapshotAsync(Id, package, cancellationToken: Cancellation));
        Assert.Equal("old", await File.ReadAllTextAsync(manifest, Cancellation));

        Hub.Faults.Clear();
        await Client.DownloadSnapshotAsync(Id, package, cancellationToken: Cancellation);
        Assert.Equal("{\"a\":1}", await File.ReadAllTextAsync(manifest, Cancellation));
        Assert.Equal(1_000_000, new FileInfo(first.GetFile("net.mlpackage/Data/weight.bin")).Length);
        Assert.Equal("mine", await File.ReadAllTextAsync(own, Cancellation));
    }

    [Fact]
    public async Task What_the_shared_cache_has_is_copied()
    {
        await Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        Hub.Requests.Clear();

        CachedSnapshot local = await Client.DownloadSnapshotAsync(Id, Options, cancellationToken: Cancellation);

        Assert.Equal((0, 0), (local.TransferredFiles, Hub.Requests.ResolveCount));
        Assert.Equal(BigSize, new FileInfo(local.GetFile("weights/big.safetensors")).Length);
        Assert.Empty(Directory.GetFiles(_folder.Root, "*.incomplete", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task One_file_and_offline_work_as_well()
    {
        string file = await Client.DownloadFileAsync(Id, "weights/middle.bin", Options, cancellationToken: Cancellation);
        Assert.Equal(Path.Join(_folder.Root, "weights", "middle.bin"), file);

        using HubClient offline = Hub.CreateClient(Cache, o => o.Offline = true);
        Assert.Equal(file, await offline.DownloadFileAsync(Id, "weights/middle.bin", Options, cancellationToken: Cancellation));
        CachedSnapshot snapshot = await offline.DownloadSnapshotAsync(Id, Options, cancellationToken: Cancellation);
        Assert.Equal(["weights/middle.bin"], snapshot.Files);
    }
}
