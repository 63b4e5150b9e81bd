using System.Globalization;
using System.Text;

namespace Snug.Server.Tests;

public sealed class GitTests
{
    private static readonly (string Path, byte[] Content)[] Tree =
    [
        ("README.md", "# Title\n"u8.ToArray()),
        ("a", "file a"u8.ToArray()),
        ("a-b/x.txt", "x"u8.ToArray()),
        ("a.b", "sorts between a and a/"u8.ToArray()),
        ("ab/deep/er/y.bin", [0, 1, 2, 255]),
        ("empty", []),
        ("ünï/çödé.txt", "text"u8.ToArray()),
    ];

    [Fact]
    public async Task Commits_trees_and_blobs_have_the_ids_that_git_gives_them()
    {
        await Programs.RequireAsync("git");
        MemoryRepositorySource source = new();
        MemoryRepository repository = source.Add("a/b");
        repository.IsLfs = (path, _) => path == "large.bin";
        byte[] large = [.. Enumerable.Range(0, 5000).Select(i => (byte)i)];
        DateTimeOffset date = new(2025, 3, 4, 5, 6, 7, TimeSpan.FromHours(2));
        Dictionary<string, RepositoryContent> files = Tree.ToDictionary(
            file => file.Path, file => RepositoryContent.FromBytes(file.Content), StringComparer.Ordinal);
        HostedCommit first = await repository.CommitAsync(
            new MemoryCommit { Title = "First", Author = "carol", Date = date, Files = new Dictionary<string, RepositoryContent>(files, StringComparer.Ordinal) },
            TestContext.Current.CancellationToken);
        files["large.bin"] = RepositoryContent.FromBytes(large);
        HostedCommit second = await repository.CommitAsync(
            new MemoryCommit { Title = "Sécond", Message = "With text.\n\nAnd more.", Author = "carol", Date = date.AddDays(1), Files = files },
            TestContext.Current.CancellationToken);

        string folder = Files.NewFolder();
        await GitAsync("init", "--quiet", "--initial-branch=main");
        await GitAsync("config", "core.autocrlf", "false");
        foreach ((string path, byte[] content) in Tree)
        {
            string file = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, content, TestContext.Current.CancellationToken);
            Assert.Equal(await GitAsync("hash-object", path), first.Tree.Find(path)!.ObjectId);
        }

        string firstId = await CommitAsync(null, "First\n", date);
        string pointer = second.Tree.Find("large.bin")!.File!.Sha256!;
        await File.WriteAllTextAsync(Path.Combine(folder, "large.bin"), GitObjects.LfsPointer(pointer, large.Length), TestContext.Current.CancellationToken);
        string secondId = await CommitAsync(firstId, "Sécond\n\nWith text.\n\nAnd more.\n", date.AddDays(1));
        Assert.Equal((firstId, secondId), (first.Id, second.Id));
        Assert.Equal(await GitAsync("rev-parse", $"{secondId}:ab/deep"), second.Tree.Find("ab/deep")!.ObjectId);
        Directory.Delete(folder, recursive: true);

        async Task<string> CommitAsync(string? parent, string message, DateTimeOffset when)
        {
            await GitAsync("add", "--all");
            string tree = await GitAsync("write-tree");
            string stamp = string.Create(CultureInfo.InvariantCulture, $"{when.ToUnixTimeSeconds()} +0000");
            return await Programs.RunAsync(
                folder, "git", parent is null ? ["commit-tree", tree] : ["commit-tree", tree, "-p", parent], message,
                ("GIT_AUTHOR_NAME", "carol"), ("GIT_AUTHOR_EMAIL", "carol@users.noreply"), ("GIT_AUTHOR_DATE", stamp),
                ("GIT_COMMITTER_NAME", "carol"), ("GIT_COMMITTER_EMAIL", "carol@users.noreply"), ("GIT_COMMITTER_DATE", stamp));
        }

        Task<string> GitAsync(params string[] arguments) => Programs.RunAsync(folder, "git", arguments);
    }

    [Fact]
    public void The_empty_blob_and_the_empty_tree_have_their_famous_ids()
    {
        Assert.Equal("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", GitObjects.BlobId([]));
        Assert.Equal("4b825dc642cb6eb9a060e54bf8d69288fbee4904", HostedTree.Create([]).Id);
    }

    [Theory]
    [InlineData("a", "a/b")]
    [InlineData("a", "a")]
    public void A_path_cannot_be_two_things(string first, string second)
    {
        HostedFile File(string path) => new(path, RepositoryContent.FromText(path), GitObjects.BlobId(Encoding.UTF8.GetBytes(path)), sha256: null);
        Assert.Throws<ArgumentException>(() => HostedTree.Create([File(first), File(second)]));
    }

    [Fact]
    public void Generated_content_is_the_same_from_any_position()
    {
        RepositoryContent content = RepositoryContent.Pseudorandom(1000, seed: 3);
        byte[] whole = new byte[1000];
        new SplitMix(3).Fill(0, whole);
        Random random = new(5);
        for (int i = 0; i < 500; i++)
        {
            int start = random.Next(1000);
            byte[] part = new byte[random.Next(1000 - start)];
            new SplitMix(3).Fill(start, part);
            Assert.True(whole.AsSpan(start, part.Length).SequenceEqual(part));
        }

        Assert.Equal(1000, content.Length);
    }
}
