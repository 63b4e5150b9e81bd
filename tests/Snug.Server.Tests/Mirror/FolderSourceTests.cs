using System.Net;
using System.Security.Cryptography;
using System.Text;
using Snug.Hub;

namespace Snug.Server.Tests;

public sealed class FolderSourceTests : IDisposable
{
    private readonly string _root = Files.NewFolder();

    private FolderRepositorySource Source => field ??= new FolderRepositorySource(_root, new FolderRepositorySourceOptions { RescanInterval = TimeSpan.Zero });

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_plain_folder_is_one_commit_on_main()
    {
        Files.Write(_root, "models/a/b/config.json", "{}");
        Files.Write(_root, "models/a/b/sub/weights.bin", "binary");
        Files.Write(_root, "models/a/b/.gitattributes", "*.bin filter=lfs");
        Files.Write(_root, "models/a/b/.git/HEAD", "ref");
        Files.Write(_root, "models/a/b/.cache/huggingface/x", "left by a client");
        HostedCommit commit = await ResolveAsync("a/b");
        Assert.Equal([".gitattributes", "config.json", "sub", "sub/weights.bin"], commit.Tree.Entries.Select(entry => entry.Path));
        Assert.True(commit.Tree.Find("sub/weights.bin")!.File!.IsLfs);
        Assert.False(commit.Tree.Find("config.json")!.File!.IsLfs);
    }

    [Fact]
    public async Task A_folder_with_files_right_under_its_type_has_an_id_of_one_part()
    {
        Files.Write(_root, "models/gpt2/config.json", "{}");
        Files.Write(_root, "models/org/.DS_Store", "not a repository's file");
        Files.Write(_root, "models/org/name/config.json", "{}");
        Files.Write(_root, "models/not--valid/name/config.json", "{}");
        IReadOnlyList<HostedRepository> all = await Source.ListAsync(RepositoryType.Model, TestContext.Current.CancellationToken);
        Assert.Equal(["gpt2", "org/name"], all.Select(repository => repository.Id.FullName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Changes_on_disk_are_seen()
    {
        Files.Write(_root, "models/a/b/config.json", "{}");
        HostedCommit first = await ResolveAsync("a/b");
        Assert.Same(first, await ResolveAsync("a/b"));
        Files.Write(_root, "models/a/b/more.json", "{}");
        HostedCommit second = await ResolveAsync("a/b");
        Assert.NotEqual(first.Id, second.Id);
        Files.Write(_root, "models/a/new/config.json", "{}");
        Assert.NotNull(await Source.FindAsync("a/new", TestContext.Current.CancellationToken));
        Files.Write(_root, "models/a/b/repository.json", """{"private": true}""");
        Assert.True((await Source.FindAsync("a/b", TestContext.Current.CancellationToken))!.Settings.IsPrivate);
        Assert.Equal(second.Id, (await ResolveAsync("a/b")).Id);
        Directory.Delete(Path.Combine(_root, "models", "a", "new"), recursive: true);
        Assert.Null(await Source.FindAsync("a/new", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("""{"privat": true}""")]
    [InlineData("""{"private": "yes"}""")]
    [InlineData("""{"gated": "always"}""")]
    [InlineData("""{"gated": true}""")]
    [InlineData("""{"access": null}""")]
    [InlineData("""{""")]
    [InlineData("")]
    public async Task A_repository_whose_settings_cannot_be_read_is_not_served(string settings)
    {
        Files.Write(_root, "models/a/b/config.json", "{}");
        Files.Write(_root, "models/a/b/repository.json", settings);
        Assert.Null(await Source.FindAsync("a/b", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("""{"users": [{"name": "x", "tokens": [{"token": "short"}]}]}""")]
    [InlineData("""{"users": [{"name": "x", "tokens": [{"token": "hf_0000000000000000000000000000000000", "role": "admin"}]}]}""")]
    [InlineData("""{"users": [{"name": "x"}, {"name": "x"}]}""")]
    [InlineData("""{"users": [{}]}""")]
    [InlineData("""[]""")]
    public void Broken_accounts_stop_the_start_without_showing_a_token(string accounts)
    {
        Files.Write(_root, "hub.json", accounts);
        InvalidDataException problem = Assert.Throws<InvalidDataException>(() => Source);
        Assert.DoesNotContain("hf_0", problem.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("short'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_accounts_tokens_are_not_looked_at()
    {
        Files.Write(_root, "models/a/b/config.json", "{}");
        await using Mirror mirror = await Mirror.StartAsync(Source);
        using HttpResponseMessage file = await mirror.GetAsync("a/b/resolve/main/config.json", ("Authorization", "Bearer hf_of_another_hub"));
        Assert.Equal(HttpStatusCode.OK, file.StatusCode);
    }

    [Fact]
    public async Task Thresholds_and_patterns_decide_on_large_file_storage()
    {
        Files.Write(_root, "models/a/b/repository.json", """{"lfsThreshold": 10, "lfs": ["*.weights", "data/*"]}""");
        Files.Write(_root, "models/a/b/small.bin", "123");
        Files.Write(_root, "models/a/b/large.txt", "12345678901");
        Files.Write(_root, "models/a/b/x.weights", "1");
        Files.Write(_root, "models/a/b/data/x", "1");
        HostedCommit commit = await ResolveAsync("a/b");
        Assert.Equal(["data/x", "large.txt", "x.weights"], commit.Tree.Entries.Where(entry => entry.File?.IsLfs == true).Select(entry => entry.Path));
    }

    [Fact]
    public async Task Links_that_leave_the_root_are_left_out()
    {
        string outside = Files.NewFolder();
        Files.Write(outside, "secret.txt", "secret");
        Files.Write(_root, "models/a/b/config.json", "{}");
        string folder = Path.Combine(_root, "models", "a", "b");
        try
        {
            File.CreateSymbolicLink(Path.Combine(folder, "leak.txt"), Path.Combine(outside, "secret.txt"));
            Directory.CreateSymbolicLink(Path.Combine(folder, "leak"), outside);
            Directory.CreateSymbolicLink(Path.Combine(folder, "circle"), folder);
            File.CreateSymbolicLink(Path.Combine(folder, "nowhere.txt"), "missing");
            File.CreateSymbolicLink(Path.Combine(folder, "same.json"), "config.json");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && OperatingSystem.IsWindows())
        {
            Assert.Skip("This system does not let this user make links.");
        }

        HostedCommit commit = await ResolveAsync("a/b");
        Assert.Equal(["config.json", "same.json"], commit.Tree.Entries.Select(entry => entry.Path));
        Directory.Delete(outside, recursive: true);
    }

    [Theory]
    [InlineData("""{"revisions": [{"folder": "../other"}]}""")]
    [InlineData("""{"revisions": [{"folder": "missing"}]}""")]
    [InlineData("""{"revisions": [{"folder": "one", "tags": ["../x"]}]}""")]
    public async Task Revisions_that_make_no_sense_are_an_error(string settings)
    {
        Files.Write(_root, "models/a/b/repository.json", settings);
        Files.Write(_root, "models/a/b/one/x.txt", "x");
        Files.Write(_root, "models/a/other/x.txt", "x");
        await Assert.ThrowsAsync<InvalidDataException>(() => ResolveAsync("a/b"));
    }

    [Fact]
    public async Task Hashes_can_be_kept_between_runs()
    {
        Files.Write(_root, "models/a/b/x.bin", "first");
        string file = Path.Combine(_root, "models", "a", "b", "x.bin");
        FolderRepositorySourceOptions options = new() { HashIndexFile = Path.Combine(_root, "index.tsv") };
        await new FolderRepositorySource(_root, options).PreloadAsync(TestContext.Current.CancellationToken);
        await File.AppendAllTextAsync(options.HashIndexFile, "cut sh", TestContext.Current.CancellationToken);

        // Same size and time: believed to be the same file, which shows that it was not read again.
        DateTime time = File.GetLastWriteTimeUtc(file);
        await File.WriteAllTextAsync(file, "other", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(file, time);
        Assert.Equal(Sha256("first"), await HashAsync());
        File.SetLastWriteTimeUtc(file, time.AddSeconds(1));
        Assert.Equal(Sha256("other"), await HashAsync());

        async Task<string?> HashAsync()
        {
            HostedRepository? repository = await new FolderRepositorySource(_root, options).FindAsync("a/b", TestContext.Current.CancellationToken);
            return (await repository!.ResolveAsync("main", TestContext.Current.CancellationToken))!.Tree.Find("x.bin")!.File!.Sha256;
        }

        static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public async Task Ids_depend_on_content_only()
    {
        Files.Write(_root, "models/a/b/x.txt", "x");
        Files.Write(_root, "models/c/d/x.txt", "x");
        File.SetLastWriteTimeUtc(Path.Combine(_root, "models/c/d/x.txt"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal((await ResolveAsync("a/b")).Id, (await ResolveAsync("c/d")).Id);
    }

    [Fact]
    public async Task Many_requests_at_once_hash_a_file_once()
    {
        Files.Write(_root, "models/a/b/x.bin", new string('x', 100_000));
        HostedRepository repository = (await Source.FindAsync("a/b", TestContext.Current.CancellationToken))!;
        HostedCommit?[] commits = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ =>
            Task.Run(async () => await repository.ResolveAsync("main", TestContext.Current.CancellationToken), TestContext.Current.CancellationToken)));
        Assert.Single(commits.Distinct());
    }

    private async Task<HostedCommit> ResolveAsync(string id)
    {
        HostedRepository? repository = await Source.FindAsync(id, TestContext.Current.CancellationToken);
        Assert.NotNull(repository);
        HostedCommit? commit = await repository.ResolveAsync("main", TestContext.Current.CancellationToken);
        Assert.NotNull(commit);
        return commit;
    }
}
