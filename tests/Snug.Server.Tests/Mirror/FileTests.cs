using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace Snug.Server.Tests;

public sealed class FileTests(SampleMirror samples) : IClassFixture<SampleMirror>
{
    private const string Small = "snug/tiny-model/resolve/main/config.json";
    private const string Large = "snug/tiny-model/resolve/main/model.safetensors";
    private static readonly string SmallFile = Files.Sample("models/snug/tiny-model/second/config.json");
    private static readonly string LargeFile = Files.Sample("models/snug/tiny-model/second/model.safetensors");

    private readonly Mirror _mirror = samples.Mirror;

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task A_small_file_comes_with_its_commit_its_git_id_and_its_length(string method)
    {
        byte[] expected = await File.ReadAllBytesAsync(SmallFile, TestContext.Current.CancellationToken);
        using HttpResponseMessage response = await _mirror.SendAsync(new HttpMethod(method), Small);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(GitObjects.BlobId(expected), response.Header("ETag")!.Trim('"'));
        Assert.True(Hub.Revisions.IsCommit(response.Header("X-Repo-Commit")));
        Assert.Equal("bytes", response.Header("Accept-Ranges"));
        Assert.Equal(expected.Length, response.Content.Headers.ContentLength);
        Assert.Equal("inline; filename*=UTF-8''config.json; filename=\"config.json\";", response.Header("Content-Disposition"));
        Assert.Equal("nosniff", response.Header("X-Content-Type-Options"));
        Assert.Null(response.Header("Content-Encoding"));
        Assert.Null(response.Header("Server"));
        Assert.Null(response.Header("X-Xet-Hash"));
        Assert.StartsWith("Root=1-", response.Header("X-Request-Id"), StringComparison.Ordinal);
        Assert.Equal(method == "GET" ? expected : [], await response.BytesAsync());
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task A_large_file_is_a_redirect_to_the_storage_listener(string method)
    {
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(LargeFile, TestContext.Current.CancellationToken)));
        using HttpResponseMessage response = await _mirror.SendAsync(new HttpMethod(method), Large);

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal(_mirror.Storage!.Port, response.Headers.Location!.Port);
        Assert.True(response.Headers.Location.IsAbsoluteUri);
        Assert.Equal($"\"{sha256}\"", response.Header("X-Linked-Etag"));
        Assert.Equal(new FileInfo(LargeFile).Length.ToString(CultureInfo.InvariantCulture), response.Header("X-Linked-Size"));
        Assert.True(Hub.Revisions.IsCommit(response.Header("X-Repo-Commit")));
        string body = "Found. Redirecting to " + response.Headers.Location.OriginalString;
        Assert.Equal(body.Length, response.Content.Headers.ContentLength);
        Assert.Equal(method == "GET" ? body : "", await response.TextAsync());
    }

    [Fact]
    public async Task The_storage_listener_needs_no_token_and_reads_none()
    {
        using HttpResponseMessage redirect = await _mirror.GetAsync(Large);
        string location = redirect.Headers.Location!.OriginalString;
        using HttpResponseMessage plain = await _mirror.GetAsync(location);
        using HttpResponseMessage wrong = await _mirror.GetAsync(location, ("Authorization", "Bearer nonsense"));

        byte[] expected = await File.ReadAllBytesAsync(LargeFile, TestContext.Current.CancellationToken);
        Assert.Equal(expected, await plain.BytesAsync());
        Assert.Equal(expected, await wrong.BytesAsync());
        Assert.Null(plain.Header("X-Repo-Commit"));
        Assert.Null(plain.Header("X-Linked-Etag"));
        Assert.NotEqual(redirect.Header("X-Linked-Etag"), plain.Header("ETag"));
        Assert.Equal(redirect.Header("X-Linked-Etag")!.Length, plain.Header("ETag")!.Length);
    }

    [Fact]
    public async Task A_storage_address_cannot_be_changed()
    {
        using HttpResponseMessage redirect = await _mirror.GetAsync(Large);
        string location = redirect.Headers.Location!.OriginalString;
        string[] forged =
        [
            location.Replace("model.safetensors", "config.json", StringComparison.Ordinal),
            location.Replace("Expires=1", "Expires=2", StringComparison.Ordinal),
            location[..^1] + (location[^1] == '0' ? '1' : '0'),
            location[..location.IndexOf('?', StringComparison.Ordinal)],
            new Uri(_mirror.Storage!, "/").AbsoluteUri,
            new Uri(_mirror.Storage!, "/" + Small).AbsoluteUri,
        ];
        foreach (string address in forged)
        {
            using HttpResponseMessage response = await _mirror.GetAsync(address);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }
    }

    [Fact]
    public async Task A_storage_address_expires()
    {
        ManualTime time = new();
        await using Mirror mirror = await Mirror.OfSamplesAsync(options => options with { TimeProvider = time, StorageUrlLifetime = TimeSpan.FromMinutes(5) });
        using HttpResponseMessage redirect = await mirror.GetAsync(Large);
        string location = redirect.Headers.Location!.OriginalString;

        time.Now += TimeSpan.FromMinutes(4);
        using HttpResponseMessage before = await mirror.HeadAsync(location);
        time.Now += TimeSpan.FromMinutes(1);
        using HttpResponseMessage after = await mirror.HeadAsync(location);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (before.StatusCode, after.StatusCode));
    }

    [Fact]
    public async Task Without_a_storage_listener_large_files_come_directly()
    {
        await using Mirror mirror = await Mirror.OfSamplesAsync(options => options with { StorageUrl = null });
        using HttpResponseMessage response = await mirror.GetAsync(Large);

        byte[] expected = await File.ReadAllBytesAsync(LargeFile, TestContext.Current.CancellationToken);
        Assert.Null(mirror.Storage);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal($"\"{Convert.ToHexStringLower(SHA256.HashData(expected))}\"", response.Header("ETag"));
        Assert.Equal(expected, await response.BytesAsync());
    }

    [Fact]
    public async Task The_raw_form_of_a_large_file_is_its_pointer()
    {
        using HttpResponseMessage response = await _mirror.GetAsync("snug/tiny-model/raw/main/model.safetensors");
        string text = await response.TextAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith("version https://git-lfs.github.com/spec/v1\noid sha256:", text, StringComparison.Ordinal);
        Assert.EndsWith($"\nsize {new FileInfo(LargeFile).Length}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Small_files_can_be_served_through_a_relative_redirect()
    {
        await using Mirror mirror = await Mirror.OfSamplesAsync(options => options with { RedirectSmallFiles = true, PathPrefix = "hub/" });
        using HttpResponseMessage response = await mirror.GetAsync(Small);
        Assert.Equal(HttpStatusCode.TemporaryRedirect, response.StatusCode);
        string location = response.Headers.Location!.OriginalString;
        string commit = response.Header("X-Repo-Commit")!;
        Assert.StartsWith($"/hub/api/resolve-cache/models/snug/tiny-model/{commit}/config.json?", location, StringComparison.Ordinal);
        Assert.Equal("Temporary Redirect. Redirecting to " + location, await response.TextAsync());

        using HttpResponseMessage end = await mirror.GetAsync(location);
        Assert.Equal(await File.ReadAllBytesAsync(SmallFile, TestContext.Current.CancellationToken), await end.BytesAsync());
        Assert.Equal(response.Header("X-Linked-Etag"), end.Header("ETag"));
        Assert.Equal(commit, end.Header("X-Repo-Commit"));
    }

    [Theory]
    [InlineData("{0}", HttpStatusCode.NotModified)]
    [InlineData("W/{0}", HttpStatusCode.NotModified)]
    [InlineData("\"other\", {0}", HttpStatusCode.NotModified)]
    [InlineData("*", HttpStatusCode.NotModified)]
    [InlineData("\"other\"", HttpStatusCode.OK)]
    public async Task What_the_client_has_is_not_sent_again(string condition, HttpStatusCode expected)
    {
        using HttpResponseMessage first = await _mirror.HeadAsync(Small);
        string header = string.Format(CultureInfo.InvariantCulture, condition, first.Header("ETag"));
        using HttpResponseMessage second = await _mirror.GetAsync(Small, ("If-None-Match", header));
        Assert.Equal(expected, second.StatusCode);
        Assert.Equal(first.Header("ETag"), second.Header("ETag"));
        Assert.Equal(first.Header("X-Repo-Commit"), second.Header("X-Repo-Commit"));
    }

    [Fact]
    public async Task A_range_is_kept_to_only_while_the_file_is_the_same()
    {
        using HttpResponseMessage head = await _mirror.HeadAsync(Small);
        using HttpResponseMessage same = await _mirror.GetAsync(Small, ("Range", "bytes=1-2"), ("If-Range", head.Header("ETag")!));
        using HttpResponseMessage other = await _mirror.GetAsync(Small, ("Range", "bytes=1-2"), ("If-Range", "\"other\""));
        using HttpResponseMessage date = await _mirror.GetAsync(Small, ("Range", "bytes=1-2"), ("If-Range", "Wed, 21 Oct 2015 07:28:00 GMT"));
        Assert.Equal(
            (HttpStatusCode.PartialContent, HttpStatusCode.OK, HttpStatusCode.OK), (same.StatusCode, other.StatusCode, date.StatusCode));
    }

    [Fact]
    public async Task The_first_byte_alone_tells_the_size()
    {
        foreach (string path in (string[])[Small, await LocationOfLargeAsync()])
        {
            using HttpResponseMessage response = await _mirror.GetAsync(path, ("Range", "bytes=0-0"), ("Accept", "application/vnd.xet-fileinfo+json, */*"));
            long size = new FileInfo(path == Small ? SmallFile : LargeFile).Length;
            Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
            Assert.Equal($"bytes 0-0/{size}", response.Header("Content-Range"));
            Assert.Single(await response.BytesAsync());
        }
    }

    [Fact]
    public async Task A_range_beyond_the_end_is_refused_with_the_size()
    {
        using HttpResponseMessage response = await _mirror.GetAsync(Small, ("Range", "bytes=100000-"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Equal($"bytes */{new FileInfo(SmallFile).Length}", response.Header("Content-Range"));
        Assert.Empty(await response.BytesAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("bytes=0-0")]
    [InlineData("bytes=0-")]
    public async Task An_empty_file_is_a_file(string? range)
    {
        (string, string)[] headers = range is null ? [] : [("Range", range)];
        using HttpResponseMessage response = await _mirror.GetAsync("datasets/snug/tiny-data/resolve/main/data/empty.txt", headers);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(0, response.Content.Headers.ContentLength);
        Assert.Equal("\"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\"", response.Header("ETag"));
        Assert.Equal(range is null ? null : "bytes */0", response.Header("Content-Range"));
    }

    [Fact]
    public async Task Any_range_equals_the_slice_of_the_file()
    {
        byte[] whole = await File.ReadAllBytesAsync(LargeFile, TestContext.Current.CancellationToken);
        string address = await LocationOfLargeAsync();
        Random random = new(11);
        for (int i = 0; i < 200; i++)
        {
            int first = random.Next(whole.Length);
            int length = random.Next(1, random.Next(2) == 0 ? 100 : 400_000);
            int last = Math.Min(first + length, whole.Length) - 1;
            (string header, Range slice) = random.Next(3) switch
            {
                0 => ($"bytes={first}-{first + length - 1}", first..(last + 1)),
                1 => ($"bytes={first}-", first..whole.Length),
                _ => ($"bytes=-{length}", Math.Max(0, whole.Length - length)..whole.Length),
            };
            using HttpResponseMessage response = await _mirror.GetAsync(address, ("Range", header));
            Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
            byte[] body = await response.BytesAsync();
            Assert.True(whole.AsSpan(slice).SequenceEqual(body), header);
            Assert.Equal($"bytes {slice.Start.Value}-{slice.End.Value - 1}/{whole.Length}", response.Header("Content-Range"));
        }
    }

    [Theory]
    [InlineData("v1", "first")]
    [InlineData("main", "second")]
    [InlineData("HEAD", "second")]
    [InlineData("refs%2Fheads%2Fmain", "second")]
    [InlineData("refs%2Fpr%2F1", "proposal")]
    [InlineData("refs/pr/1", "proposal")]
    public async Task Every_way_to_name_a_revision_works(string revision, string folder)
    {
        using HttpResponseMessage response = await _mirror.GetAsync($"snug/tiny-model/resolve/{revision}/README.md");
        Assert.Equal(await File.ReadAllTextAsync(Files.Sample($"models/snug/tiny-model/{folder}/README.md"), TestContext.Current.CancellationToken), await response.TextAsync());

        string commit = response.Header("X-Repo-Commit")!;
        foreach (string id in (string[])[commit, commit[..7], commit[..20]])
        {
            using HttpResponseMessage again = await _mirror.HeadAsync($"snug/tiny-model/resolve/{id}/README.md");
            Assert.Equal(commit, again.Header("X-Repo-Commit"));
        }
    }

    [Fact]
    public async Task Names_with_special_characters_survive_the_way()
    {
        MemoryRepositorySource source = new();
        string[] names = ["with space.txt", "plus+and&=?.txt", "ünï/çödé 日本.txt", "100%.txt", "quote\"'.bin", "[a]{b}#.txt"];
        MemoryRepository repository = source.Add("a/b");
        repository.IsLfs = (path, _) => path.EndsWith(".bin", StringComparison.Ordinal);
        await repository.CommitAsync([.. names.Select(name => (name, RepositoryContent.FromText(name)))]);
        await using Mirror mirror = await Mirror.StartAsync(source);
        mirror.Client.DefaultRequestHeaders.ConnectionClose = false;
        foreach (string name in names)
        {
            using HttpResponseMessage response = await mirror.GetAsync("a/b/resolve/main/" + string.Join('/', name.Split('/').Select(Uri.EscapeDataString)));
            using HttpResponseMessage end = response.Headers.Location is { } location ? await mirror.GetAsync(location.OriginalString) : response;
            Assert.Equal(name, await end.TextAsync());
        }
    }

    private async Task<string> LocationOfLargeAsync()
    {
        using HttpResponseMessage redirect = await _mirror.HeadAsync(Large);
        return redirect.Headers.Location!.OriginalString;
    }
}
