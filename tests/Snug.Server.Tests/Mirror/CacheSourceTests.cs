using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Snug.Server.Tests;

public sealed class CacheSourceTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private static readonly byte[] Weights = Encoding.ASCII.GetBytes("weights");
    private static readonly string WeightsName = Convert.ToHexStringLower(SHA256.HashData(Weights));
    private static readonly string ConfigName = GitObjects.BlobId("{}"u8);

    private readonly string _root = Files.NewFolder();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task What_is_cached_is_served_under_the_names_of_its_blobs()
    {
        MakeCache();
        await using Mirror mirror = await StartAsync();
        JsonElement info = await mirror.JsonAsync("api/models/org/name");
        Assert.Equal(Commit, info.GetProperty("sha").GetString());
        Assert.Equal(["config.json", "sub/model.safetensors"], info.GetProperty("siblings").EnumerateArray().Select(file => file.GetProperty("rfilename").GetString()));

        using HttpResponseMessage small = await mirror.GetAsync("org/name/resolve/main/config.json", ("Authorization", "Bearer hf_of_another_hub"));
        using HttpResponseMessage large = await mirror.GetAsync($"org/name/resolve/{Commit[..8]}/sub/model.safetensors");
        using HttpResponseMessage stored = await mirror.GetAsync(large.Headers.Location!.OriginalString);
        Assert.Equal($"\"{ConfigName}\"", small.Header("ETag"));
        Assert.Equal(Commit, small.Header("X-Repo-Commit"));
        Assert.Equal($"\"{WeightsName}\"", large.Header("X-Linked-Etag"));
        Assert.Equal(Weights, await stored.BytesAsync());

        JsonElement references = await mirror.JsonAsync("api/models/org/name/refs?include_prs=1");
        Assert.Equal("refs/heads/main", references.GetProperty("branches")[0].GetProperty("ref").GetString());
        Assert.Equal("refs/pr/1", references.GetProperty("pullRequests")[0].GetProperty("ref").GetString());
    }

    [Theory]
    [InlineData("org/name/resolve/main/added_tokens.json", 404, "EntryNotFound")]
    [InlineData("org/name/resolve/main/never-asked-for.json", 503, "OfflineNotCached")]
    [InlineData("org/name/resolve/main/..%2f..%2frefs%2fmain", 404, "EntryNotFound")]
    [InlineData("org/name/resolve/other/config.json", 503, "OfflineNotCached")]
    [InlineData("api/models/org/name/revision/..%2f..%2fx", 503, "OfflineNotCached")]
    [InlineData("api/models/org/unknown", 503, "OfflineNotCached")]
    public async Task What_is_not_cached_is_not_said_to_be_missing(string path, int status, string code)
    {
        MakeCache();
        await using Mirror mirror = await StartAsync();
        using HttpResponseMessage response = await mirror.HeadAsync(path);
        Assert.Equal((status, code), ((int)response.StatusCode, response.Header("X-Error-Code")));
        Assert.Null(response.Header("Retry-After"));
    }

    [Fact]
    public async Task A_stored_listing_tells_what_does_not_exist()
    {
        MakeCache();
        Files.Write(_root, $"models--org--name/trees/{Commit}.json", """{"format_version": 1, "files": {"config.json": {}, "sub/model.safetensors": {}, "not-downloaded.bin": {}}}""");
        await using Mirror mirror = await StartAsync();
        using HttpResponseMessage absent = await mirror.HeadAsync("org/name/resolve/main/never-asked-for.json");
        using HttpResponseMessage unknown = await mirror.HeadAsync("org/name/resolve/main/not-downloaded.bin");
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.ServiceUnavailable), (absent.StatusCode, unknown.StatusCode));
    }

    [Fact]
    public async Task A_snapshot_of_plain_files_is_served_as_well()
    {
        Files.Write(_root, "models--org--plain/refs/main", Commit);
        Files.Write(_root, $"models--org--plain/snapshots/{Commit}/config.json", "{}");
        Files.Write(_root, $"models--org--plain/snapshots/{Commit}/model.safetensors", "weights");
        await using Mirror mirror = await StartAsync();
        using HttpResponseMessage small = await mirror.HeadAsync("org/plain/resolve/main/config.json");
        using HttpResponseMessage large = await mirror.HeadAsync("org/plain/resolve/main/model.safetensors");
        Assert.Equal(($"\"{ConfigName}\"", $"\"{WeightsName}\""), (small.Header("ETag"), large.Header("X-Linked-Etag")));
    }

    [Fact]
    public async Task New_files_appear_and_links_out_of_the_cache_do_not()
    {
        MakeCache();
        string outside = Files.NewFolder();
        Files.Write(outside, "secret.txt", "secret");
        await using Mirror mirror = await StartAsync();
        using HttpResponseMessage before = await mirror.HeadAsync("org/name/resolve/main/late.json");
        string snapshot = Path.Combine(_root, "models--org--name", "snapshots", Commit);
        File.CreateSymbolicLink(Path.Combine(snapshot, "late.json"), Path.Combine("..", "..", "blobs", ConfigName));
        File.CreateSymbolicLink(Path.Combine(snapshot, "leak.txt"), Path.Combine(outside, "secret.txt"));
        using HttpResponseMessage after = await mirror.HeadAsync("org/name/resolve/main/late.json");
        using HttpResponseMessage leak = await mirror.HeadAsync("org/name/resolve/main/leak.txt");
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (before.StatusCode, after.StatusCode, leak.StatusCode));
        Directory.Delete(outside, recursive: true);
    }

    private Task<Mirror> StartAsync() =>
        Mirror.StartAsync(new CacheRepositorySource(_root, new FolderRepositorySourceOptions { RescanInterval = TimeSpan.Zero }));

    private void MakeCache()
    {
        string folder = Path.Combine(_root, "models--org--name");
        Files.Write(_root, "CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55");
        Files.Write(_root, ".locks/models--org--name/x.lock", "");
        Files.Write(folder, "refs/main", Commit);
        Files.Write(folder, "refs/refs/pr/1", Commit);
        Files.Write(folder, $".no_exist/{Commit}/added_tokens.json", "");
        Files.Write(folder, "blobs/" + ConfigName, "{}");
        Files.Write(folder, "blobs/" + WeightsName, "weights");
        Files.Write(folder, "blobs/partial.incomplete", "we");
        string snapshot = Path.Combine(folder, "snapshots", Commit);
        Directory.CreateDirectory(Path.Combine(snapshot, "sub"));
        try
        {
            File.CreateSymbolicLink(Path.Combine(snapshot, "config.json"), Path.Combine("..", "..", "blobs", ConfigName));
            File.CreateSymbolicLink(Path.Combine(snapshot, "sub", "model.safetensors"), Path.Combine("..", "..", "..", "blobs", WeightsName));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && OperatingSystem.IsWindows())
        {
            Assert.Skip("This system does not let this user make links.");
        }
    }
}
