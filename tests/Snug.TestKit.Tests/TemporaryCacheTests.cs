using System.Security.Cryptography;
using System.Text;
using Snug.Server;

namespace Snug.TestKit.Tests;

/// <summary>The check of a cache finds what is wrong with it, and only that.</summary>
public sealed class TemporaryCacheTests : IDisposable
{
    private const string Text = "{}";
    private static readonly string Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    // The id that `printf '{}' | git hash-object --stdin` prints.
    private const string GitBlob = "9e26dfeeb6e641a33dae4961196235bdb965b21b";

    private readonly TemporaryCache _cache = new();
    private readonly string _repository;

    public TemporaryCacheTests()
    {
        _repository = _cache.RepositoryFolder("org/name");
        _cache.Write($"models--org--name/blobs/{Sha256}", Text);
        _cache.Write($"models--org--name/blobs/{GitBlob}", Text);
        Directory.CreateDirectory(Path.Join(_repository, "snapshots", "commit", "folder"));
        File.CreateSymbolicLink(Path.Join(_repository, "snapshots", "commit", "config.json"), $"../../blobs/{GitBlob}");
        File.CreateSymbolicLink(Path.Join(_repository, "snapshots", "commit", "folder", "model.bin"), $"../../../blobs/{Sha256}");
    }

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void A_good_cache_with_partial_files_is_whole()
    {
        _cache.Write($"models--org--name/blobs/{Sha256}.1a2b.incomplete", "par");
        _cache.Write($"models--org--name/blobs/{Sha256}.1a2b.incomplete.journal", "x");

        _cache.AssertWhole();
        Assert.Single(_cache.PartialFiles());
    }

    [Theory]
    [InlineData("blobs/" + GitBlob, "{} ")]
    [InlineData("blobs/" + GitBlob, "")]
    [InlineData("blobs/something", "")]
    [InlineData("snapshots/commit/model.incomplete", "")]
    [InlineData("snapshots/commit/model.x.tmp", "")]
    public void Wrong_content_and_stray_files_are_found(string path, string content)
    {
        _cache.Write(Path.Join("models--org--name", path), content);

        Assert.Single(_cache.FindDamage());
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(_cache.AssertWhole);
    }

    [Theory]
    [InlineData("../../blobs/" + "0000000000000000000000000000000000000000")]
    [InlineData("../config.json")]
    [InlineData("/etc/hostname")]
    public void A_link_that_leads_to_no_blob_is_found(string target)
    {
        File.CreateSymbolicLink(Path.Join(_repository, "snapshots", "commit", "bad"), target);

        Assert.Single(_cache.FindDamage());
    }

    [Fact]
    public async Task A_snapshot_is_compared_with_the_repository()
    {
        MemoryRepositorySource source = new();
        HostedCommit commit = await SyntheticRepositories.AddAsync(
            source, "org/name", [("config.json", RepositoryContent.FromText(Text)), ("other.json", RepositoryContent.FromText("1"))]);
        Directory.Move(Path.Join(_repository, "snapshots", "commit"), Path.Join(_repository, "snapshots", commit.Id));

        _cache.AssertSnapshot("org/name", commit, path => path == "config.json");
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => _cache.AssertSnapshot("org/name", commit));

        _cache.Write("models--org--name/blobs/da4b9237bacccdf19c0760cab7aec4a8359010b0", "2");
        File.Copy(Path.Join(_repository, "blobs", GitBlob), Path.Join(_repository, "snapshots", commit.Id, "other.json"));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => _cache.AssertSnapshot("org/name", commit));
    }

    [Fact]
    public void The_folder_is_gone_afterwards()
    {
        TemporaryCache other = new();
        other.Write("a/b", "");
        other.Dispose();

        Assert.False(Directory.Exists(other.Root));
    }
}
