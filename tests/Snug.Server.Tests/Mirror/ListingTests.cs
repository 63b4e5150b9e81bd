using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Snug.Server.Tests;

public sealed class ListingTests(SampleMirror samples) : IClassFixture<SampleMirror>
{
    private readonly Mirror _mirror = samples.Mirror;

    [Fact]
    public async Task Information_says_all_that_clients_read()
    {
        JsonElement info = await _mirror.JsonAsync("api/models/snug/tiny-model");
        Assert.Equal("snug/tiny-model", info.GetProperty("id").GetString());
        Assert.Equal("snug/tiny-model", info.GetProperty("modelId").GetString());
        Assert.Equal("snug", info.GetProperty("author").GetString());
        Assert.True(Hub.Revisions.IsCommit(info.GetProperty("sha").GetString()));
        Assert.False(info.GetProperty("private").GetBoolean());
        Assert.False(info.GetProperty("gated").GetBoolean());
        Assert.False(info.GetProperty("disabled").GetBoolean());
        Assert.Equal("2025-02-03T10:30:00.000Z", info.GetProperty("lastModified").GetString());
        Assert.Equal("2025-01-06T09:00:00.000Z", info.GetProperty("createdAt").GetString());
        Assert.Equal("mit", info.GetProperty("cardData").GetProperty("license").GetString());
        Assert.Equal(42, info.GetProperty("downloads").GetInt32());
        Assert.Equal(24, info.GetProperty("_id").GetString()!.Length);
        Assert.Equal(
            ["README.md", "config.json", "generation_config.json", "model.safetensors", "onnx/README.md", "onnx/model.onnx", "tokenizer.json", "tokenizer_config.json"],
            info.GetProperty("siblings").EnumerateArray().Select(sibling => sibling.GetProperty("rfilename").GetString()));
    }

    [Fact]
    public async Task Information_on_files_is_given_when_asked_for()
    {
        JsonElement info = await _mirror.JsonAsync("api/models/snug/tiny-model?blobs=true");
        JsonElement weights = info.GetProperty("siblings").EnumerateArray().Single(file => file.GetProperty("rfilename").GetString() == "model.safetensors");
        Assert.Equal(1076640, weights.GetProperty("size").GetInt64());
        Assert.Equal(40, weights.GetProperty("blobId").GetString()!.Length);
        Assert.Equal(64, weights.GetProperty("lfs").GetProperty("sha256").GetString()!.Length);
        Assert.Equal(132, weights.GetProperty("lfs").GetProperty("pointerSize").GetInt32());
    }

    [Theory]
    [InlineData("?expand=sha&expand=gated")]
    [InlineData("?expand[]=sha&expand%5B%5D=gated")]
    public async Task Only_what_is_expanded_is_given(string query)
    {
        JsonElement info = await _mirror.JsonAsync("api/models/snug/manual-model/revision/HEAD" + query);
        Assert.Equal(["_id", "gated", "id", "sha"], info.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
        Assert.Equal("manual", info.GetProperty("gated").GetString());
    }

    [Fact]
    public async Task A_tree_is_listed_by_folder_or_whole()
    {
        JsonElement top = await _mirror.JsonAsync("api/models/snug/tiny-model/tree/main");
        JsonElement folder = await _mirror.JsonAsync("api/models/snug/tiny-model/tree/main/onnx?recursive=false&expand=false");
        JsonElement all = await _mirror.JsonAsync("api/models/snug/tiny-model/tree/main?recursive=true");
        Assert.Equal(["README.md", "config.json", "generation_config.json", "model.safetensors", "onnx", "tokenizer.json", "tokenizer_config.json"], Paths(top));
        Assert.Equal(["onnx/README.md", "onnx/model.onnx"], Paths(folder));
        Assert.Equal(Paths(top).Concat(Paths(folder)).Order(StringComparer.Ordinal), Paths(all));

        JsonElement entry = all.EnumerateArray().Single(line => line.GetProperty("path").GetString() == "onnx");
        Assert.Equal(("directory", 0), (entry.GetProperty("type").GetString(), entry.GetProperty("size").GetInt32()));
        JsonElement weights = all.EnumerateArray().Single(line => line.GetProperty("path").GetString() == "model.safetensors");
        Assert.Equal("file", weights.GetProperty("type").GetString());
        Assert.Equal(64, weights.GetProperty("lfs").GetProperty("oid").GetString()!.Length);
        Assert.False(weights.TryGetProperty("xetHash", out _));
        Assert.False(weights.TryGetProperty("lastCommit", out _));
    }

    [Fact]
    public async Task An_expanded_entry_names_the_commit_that_changed_it()
    {
        JsonElement tree = await _mirror.JsonAsync("api/models/snug/tiny-model/tree/main?recursive=1&expand=True");
        Dictionary<string, string?> titles = tree.EnumerateArray().ToDictionary(
            entry => entry.GetProperty("path").GetString()!, entry => entry.GetProperty("lastCommit").GetProperty("title").GetString(), StringComparer.Ordinal);
        Assert.Equal("Use six layers", titles["config.json"]);
        Assert.Equal("Add a model of one layer", titles["tokenizer.json"]);
        Assert.Equal("Add a model of one layer", titles["onnx"]);
        Assert.Equal("unscanned", tree[0].GetProperty("securityFileStatus").GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_large_tree_comes_in_pages_that_neither_repeat_nor_skip()
    {
        const int Count = 10_000;
        MemoryRepositorySource source = new();
        await source.Add("a/b").CommitAsync([.. Enumerable.Range(0, Count).Select(i => (
            string.Create(CultureInfo.InvariantCulture, $"part{i % 7}/file{i:d5}.txt"), RepositoryContent.FromText(i.ToString(CultureInfo.InvariantCulture))))]);
        await using Mirror mirror = await Mirror.StartAsync(source, options => options with { PathPrefix = "/hub" });
        List<string> paths = [];
        List<int> sizes = [];
        string? next = "api/models/a/b/tree/main?recursive=true&expand=false";
        while (next is not null)
        {
            using HttpResponseMessage response = await mirror.GetAsync(next);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            List<string> page = Paths(await response.JsonAsync());
            sizes.Add(page.Count);
            paths.AddRange(page);
            next = NextPage(response);
            Assert.True(next is null || next.StartsWith(mirror.Endpoint.AbsoluteUri + "/api/models/a/b/tree/main?recursive=true&expand=false&cursor=", StringComparison.Ordinal), next);
        }

        Assert.Equal(Count + 7, paths.Count);
        Assert.Equal(paths.Order(StringComparer.Ordinal), paths);
        Assert.Equal(paths.Count, paths.Distinct(StringComparer.Ordinal).Count());
        Assert.All(sizes[..^1], size => Assert.Equal(1000, size));

        using HttpResponseMessage whole = await mirror.GetAsync("api/models/a/b/tree/main?recursive=true", ("User-Agent", "llama-cpp/b1234"));
        Assert.Null(whole.Header("Link"));
        Assert.Equal(paths, Paths(await whole.JsonAsync()));
    }

    [Fact]
    public async Task A_page_can_be_made_smaller()
    {
        using HttpResponseMessage first = await _mirror.GetAsync("api/models/snug/tiny-model/tree/main?limit=3");
        Assert.Equal(["README.md", "config.json", "generation_config.json"], Paths(await first.JsonAsync()));
        using HttpResponseMessage second = await _mirror.GetAsync(NextPage(first)!);
        Assert.Equal(["model.safetensors", "onnx", "tokenizer.json"], Paths(await second.JsonAsync()));
    }

    [Fact]
    public async Task Paths_are_looked_up_from_a_form_and_from_JSON()
    {
        using FormUrlEncodedContent form = new([new("paths", "config.json"), new("paths", "onnx/"), new("paths", "nope"), new("expand", "True")]);
        using StringContent json = new("""{"expand": true, "other": {"x": [1]}, "paths": ["config.json", "onnx", "nope"]}""", Encoding.UTF8, "application/json");
        using StringContent single = new("""{"paths": "config.json"}""", Encoding.UTF8, "application/json");
        const string Address = "api/models/snug/tiny-model/paths-info/main";
        using HttpResponseMessage fromForm = await _mirror.PostAsync(Address, form);
        using HttpResponseMessage fromJson = await _mirror.PostAsync(Address, json);
        using HttpResponseMessage fromSingle = await _mirror.PostAsync(Address, single);

        JsonElement entries = await fromForm.JsonAsync();
        Assert.Equal(["config.json", "onnx"], Paths(entries));
        Assert.Equal("Use six layers", entries[0].GetProperty("lastCommit").GetProperty("title").GetString());
        Assert.True(JsonElement.DeepEquals(entries, await fromJson.JsonAsync()));
        JsonElement one = await fromSingle.JsonAsync();
        Assert.Equal(["config.json"], Paths(one));
        Assert.False(one[0].TryGetProperty("lastCommit", out _));
    }

    [Theory]
    [InlineData("{", 400)]
    [InlineData("{\"paths\": 1}", 400)]
    [InlineData("{\"paths\": [1]}", 400)]
    [InlineData("{\"paths\": [[[[[[[[[[[[\"", 400)]
    [InlineData("{\"x\": [[[[[[[[[[[[1]]]]]]]]]]]]}", 400)]
    [InlineData("{\"paths\": [\"\\ud800\"]}", 400)]
    [InlineData("", 200)]
    [InlineData("{}", 200)]
    public async Task Broken_lists_of_paths_are_refused(string body, int status)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _mirror.PostAsync("api/models/snug/tiny-model/paths-info/main", content);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Long_lists_of_paths_are_refused()
    {
        using StringContent many = new("paths=" + string.Join("&paths=", Enumerable.Range(0, 2001)));
        using StringContent large = new("paths=" + new string('x', 1_100_000));
        const string Address = "api/models/snug/tiny-model/paths-info/main";
        using HttpResponseMessage tooMany = await _mirror.PostAsync(Address, many);
        using HttpResponseMessage tooLarge = await _mirror.PostAsync(Address, large);
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge), (tooMany.StatusCode, tooLarge.StatusCode));
    }

    [Fact]
    public async Task References_are_listed_by_kind()
    {
        JsonElement plain = await _mirror.JsonAsync("api/models/snug/tiny-model/refs");
        JsonElement all = await _mirror.JsonAsync("api/models/snug/tiny-model/refs?include_prs=1");
        Assert.Equal(["main"], Names(plain, "branches"));
        Assert.Equal(["v1"], Names(plain, "tags"));
        Assert.Empty(Names(plain, "converts"));
        Assert.False(plain.TryGetProperty("pullRequests", out _));
        Assert.Equal(["1"], Names(all, "pullRequests"));
        Assert.Equal("refs/pr/1", all.GetProperty("pullRequests")[0].GetProperty("ref").GetString());
        Assert.Equal("refs/heads/main", all.GetProperty("branches")[0].GetProperty("ref").GetString());
        Assert.True(Hub.Revisions.IsCommit(all.GetProperty("tags")[0].GetProperty("targetCommit").GetString()));
    }

    [Fact]
    public async Task History_goes_back_from_the_newest()
    {
        using HttpResponseMessage first = await _mirror.GetAsync("api/models/snug/tiny-model/commits/refs%2Fpr%2F1?limit=2&expand[]=formatted");
        JsonElement page = await first.JsonAsync();
        Assert.Equal("3", first.Header("X-Total-Count"));
        Assert.Equal(["Go back to one layer", "Use six layers"], page.EnumerateArray().Select(commit => commit.GetProperty("title").GetString()));
        Assert.Equal("One layer had nothing to say.", page[1].GetProperty("message").GetString());
        Assert.Equal("carol", page[1].GetProperty("authors")[0].GetProperty("user").GetString());
        Assert.Equal("Use six layers", page[1].GetProperty("formatted").GetProperty("title").GetString());
        using HttpResponseMessage second = await _mirror.GetAsync(NextPage(first)!);
        Assert.Equal("Add a model of one layer", Assert.Single((await second.JsonAsync()).EnumerateArray()).GetProperty("title").GetString());
        Assert.Null(NextPage(second));
    }

    [Fact]
    public async Task Lists_show_what_the_caller_may_know_of()
    {
        string[] open = ["fishaudio/openaudio-s1-mini", "snug/demonstration-model", "snug/gated-model", "snug/manual-model", "snug/tiny-model", "snug/tiny-package", "tiny"];
        Assert.Equal(open, Ids(await _mirror.JsonAsync("api/models")));
        Assert.Equal(["snug/tiny-model", "snug/tiny-package"], Ids(await _mirror.JsonAsync("api/models?search=TINY&author=snug")));
        Assert.Equal(["snug/tiny-data"], Ids(await _mirror.JsonAsync("api/datasets")));
        Assert.Equal(["snug/tiny-space"], Ids(await _mirror.JsonAsync("api/spaces")));
        using HttpResponseMessage asMember = await _mirror.GetAsAsync("carolREAD", "api/models");
        Assert.Equal([.. open.Append("snug/private-model").Order(StringComparer.Ordinal)], Ids(await asMember.JsonAsync()));

        List<string> paged = [];
        for (string? next = "api/models?limit=2"; next is not null;)
        {
            using HttpResponseMessage response = await _mirror.GetAsync(next);
            paged.AddRange(Ids(await response.JsonAsync()));
            next = NextPage(response);
        }

        Assert.Equal(open, paged);
    }

    [Fact]
    public async Task A_caller_learns_who_it_is()
    {
        using HttpResponseMessage response = await _mirror.GetAsAsync("aliceFINESCOPED", "api/whoami-v2");
        JsonElement alice = await response.JsonAsync();
        Assert.Equal(("user", "alice", "Alice Demo"), (alice.GetProperty("type").GetString(), alice.GetProperty("name").GetString(), alice.GetProperty("fullname").GetString()));
        JsonElement token = alice.GetProperty("auth").GetProperty("accessToken");
        Assert.Equal("fineGrained", token.GetProperty("role").GetString());
        Assert.Equal("snug/private-model", token.GetProperty("fineGrained").GetProperty("scoped")[0].GetProperty("entity").GetProperty("name").GetString());
        Assert.DoesNotContain("hf_", await response.TextAsync(), StringComparison.Ordinal);

        using HttpResponseMessage other = await _mirror.GetAsAsync("carolWRITE", "api/whoami-v2");
        JsonElement carol = await other.JsonAsync();
        Assert.Equal("snug", carol.GetProperty("orgs")[0].GetProperty("name").GetString());
        Assert.Equal("write", carol.GetProperty("auth").GetProperty("accessToken").GetProperty("role").GetString());
    }

    private static List<string> Paths(JsonElement entries) => [.. entries.EnumerateArray().Select(entry => entry.GetProperty("path").GetString()!)];

    private static List<string> Ids(JsonElement list) => [.. list.EnumerateArray().Select(entry => entry.GetProperty("id").GetString()!)];

    private static IEnumerable<string?> Names(JsonElement references, string kind) =>
        references.GetProperty(kind).EnumerateArray().Select(reference => reference.GetProperty("name").GetString());

    private static string? NextPage(HttpResponseMessage response)
    {
        string? link = response.Header("Link");
        if (link is null)
        {
            return null;
        }

        Assert.EndsWith(">; rel=\"next\"", link, StringComparison.Ordinal);
        return link[1..link.IndexOf('>', StringComparison.Ordinal)];
    }
}
