using System.Diagnostics;
using System.Text;
using Snug.Hub;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Pretrained.Tests;

/// <summary>What was asked of loading a tokenizer by the name of its repository, where no other test shows it alone.</summary>
public sealed class TokenizerByNameTests : IAsyncLifetime
{
    private const string Id = "org/model";
    private const string Gated = "org/gated";
    private const string Private = "org/private";

    private static readonly string Reader = "hf_" + new string('r', 34);
    private static readonly string Stranger = "hf_" + new string('s', 34);
    private static readonly string Fine = "hf_" + new string('f', 34);
    private static readonly string FineGated = "hf_" + new string('g', 34);

    private readonly MemoryRepositorySource _source = new()
    {
        Accounts = new HubAccounts(
        [
            new HubAccount("reader")
            {
                Tokens =
                [
                    new HubToken(Reader, "read"),
                    new HubToken(Fine, "fine") { Role = HubTokenRole.FineGrained },
                    new HubToken(FineGated, "fine-gated") { Role = HubTokenRole.FineGrained, CanReadGatedRepositories = true },
                ],
            },
            new HubAccount("stranger") { Tokens = [new HubToken(Stranger, "read")] },
        ]),
    };

    private readonly TemporaryFolder _home = new();
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private TestHub _hub = null!;
    private HostedCommit _first = null!;
    private HostedCommit _second = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Cache => Path.Join(_home.Root, "hub");

    private string Folder => Path.Join(Cache, "models--org--model");

    public async ValueTask InitializeAsync()
    {
        MemoryRepository model = _source.Add(Id);
        Dictionary<string, byte[]> old = TinyModel.Files();
        Dictionary<string, byte[]> next = TinyModel.Files();
        next["tokenizer.json"] = Exchanged(next["tokenizer.json"]);
        _first = await model.CommitAsync(new MemoryCommit { Files = Contents(old), Tags = ["v1"] }, Cancellation);
        _second = await model.CommitAsync(new MemoryCommit { Files = Contents(next) }, Cancellation);
        await _source.Add(Gated, new RepositorySettings { Gate = RepositoryGate.Automatic, Granted = new HashSet<string> { "reader" } })
            .CommitAsync(new MemoryCommit { Files = Contents(old) }, Cancellation);
        await _source.Add(Private, new RepositorySettings { IsPrivate = true, Members = new HashSet<string> { "reader" } })
            .CommitAsync(new MemoryCommit { Files = Contents(old) }, Cancellation);
        _hub = await TestHub.StartAsync(_source, cancellationToken: Cancellation);
        _variables["HF_ENDPOINT"] = _hub.Endpoint.AbsoluteUri;
        _variables["HF_HOME"] = _home.Root;
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    [Trait("Requirement", "S3-03")]
    public async Task What_was_loaded_once_is_loaded_again_without_a_network()
    {
        int[] online = await IdsAsync(Id);
        _hub.Requests.Clear();
        _variables["HF_ENDPOINT"] = "http://127.0.0.1:1";

        Assert.Equal(online, await IdsAsync(Id));
        Assert.Equal(online, await IdsAsync(Id, options => options with { Offline = true }));
        Assert.Equal(0, _hub.Requests.Count);
    }

    [Fact]
    [Trait("Requirement", "S3-04")]
    public async Task Private_and_gated_repositories_open_for_a_token_that_may_read_them_and_for_no_other()
    {
        foreach ((string id, HubErrorKind kind) in ((string, HubErrorKind)[])[(Gated, HubErrorKind.Gated), (Private, HubErrorKind.RepositoryNotFound)])
        {
            Assert.Equal(kind, (await FailAsync(id)).Kind);
            Assert.Equal(kind, (await FailAsync(id, Stranger)).Kind);
            Assert.NotEmpty(await IdsAsync(id, options => With(options, Reader)));
        }
    }

    [Fact]
    [Trait("Requirement", "S3-05")]
    public async Task A_branch_a_tag_a_commit_and_its_beginning_name_the_bytes_of_a_revision()
    {
        int[] old = [TinyModel.Start, .. TinyModel.Ids("ab")];
        int[] next = [TinyModel.Start, .. TinyModel.Ids("ba")];

        Assert.Equal(next, await IdsAsync(Id, options => options with { Revision = "main" }));
        Assert.Equal(old, await IdsAsync(Id, options => options with { Revision = "v1" }));
        Assert.Equal(old, await IdsAsync(Id, options => options with { Revision = _first.Id }));
        Assert.Equal(next, await IdsAsync(Id, options => options with { Revision = _second.Id }));
        Assert.Equal(old, await IdsAsync(Id, options => options with { Revision = _first.Id[..7] }));
        HubException unknown = await Assert.ThrowsAsync<HubException>(() => LoadAsync(Id, options => options with { Revision = "v9" }));
        Assert.Equal((HubErrorKind.RevisionNotFound, "v9"), (unknown.Kind, unknown.Revision));
    }

    [Fact]
    [Trait("Requirement", "S3-06")]
    public async Task What_two_revisions_have_in_common_is_transferred_and_stored_once()
    {
        using PretrainedTokenizer next = await LoadAsync(Id);
        using PretrainedTokenizer old = await LoadAsync(Id, options => options with { Revision = "v1" });

        Assert.Equal((2, 1), (next.Source.TransferredFiles, old.Source.TransferredFiles));
        Assert.Equal(
            new[] { _first, _second }.SelectMany(commit => new[] { "tokenizer.json", "tokenizer_config.json" }.Select(path => BlobOf(commit, path))).Distinct().Order(StringComparer.Ordinal),
            Directory.GetFiles(Path.Join(Folder, "blobs")).Select(blob => Path.GetFileName(blob)!).Order(StringComparer.Ordinal));
        Assert.Equal(3, Directory.GetFiles(Path.Join(Folder, "blobs")).Length);
    }

    [Fact]
    [Trait("Requirement", "S3-14")]
    public async Task The_token_of_the_environment_is_sent_with_every_request()
    {
        _variables["HF_TOKEN"] = Reader;

        Assert.NotEmpty(await IdsAsync(Gated));

        Assert.NotEmpty(_hub.Requests.Snapshot());
        Assert.All(_hub.Requests.Snapshot().Where(request => request.Listener == HubListener.Endpoint), request => Assert.True(request.HasAuthorization, request.ToString()));
    }

    [Fact]
    [Trait("Requirement", "S3-15")]
    public async Task A_token_in_code_beats_that_of_the_environment()
    {
        _variables["HF_TOKEN"] = Reader;
        Assert.Equal(HubErrorKind.Gated, (await FailAsync(Gated, Stranger)).Kind);

        _variables["HF_TOKEN"] = Stranger;
        Assert.NotEmpty(await IdsAsync(Gated, options => With(options, Reader)));
    }

    [Fact]
    [Trait("Requirement", "S3-16")]
    public async Task The_revision_in_code_is_what_the_Hub_is_asked_for()
    {
        using PretrainedTokenizer tokenizer = await LoadAsync(Id, options => options with { Revision = "v1" });

        Assert.Contains(_hub.Requests.Snapshot(), request => request.Path == $"/api/models/{Id}/revision/v1");
        Assert.All(
            _hub.Requests.Snapshot().Where(request => request.IsResolve),
            request => Assert.StartsWith($"/{Id}/resolve/{_first.Id}/", request.Path, StringComparison.Ordinal));
        Assert.Equal(("v1", _first.Id), (tokenizer.Source.Revision, tokenizer.Source.Commit));
    }

    [Fact]
    [Trait("Requirement", "S3-17")]
    public async Task A_cache_folder_in_code_beats_the_default_and_the_files_are_nowhere_else()
    {
        using TemporaryFolder elsewhere = new();

        using PretrainedTokenizer tokenizer = await LoadAsync(Id, options =>
        {
            options.Hub.CacheDirectory = elsewhere.Root;
            return options;
        });

        Assert.StartsWith(Path.Join(elsewhere.Root, "models--org--model"), tokenizer.Source.Path, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Join(tokenizer.Source.Path, "tokenizer.json")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_home.Root));
    }

    [Fact]
    [Trait("Requirement", "S3-18")]
    public async Task Offline_nothing_at_all_is_sent_and_what_is_absent_is_said_to_be_in_no_cache()
    {
        HubException absent = await Assert.ThrowsAsync<HubException>(() => LoadAsync(Id, options => options with { Offline = true }));

        Assert.Equal((HubErrorKind.Offline, Id), (absent.Kind, absent.Repository!.FullName));
        Assert.Contains("not in any cache", absent.Message, StringComparison.Ordinal);
        Assert.Contains(Cache, absent.Message, StringComparison.Ordinal);
        Assert.Equal(0, _hub.Requests.Count);
    }

    /// <summary>Blobs, links to them and a ref, as the Python client leaves them.</summary>
    [Fact]
    [Trait("Requirement", "S3-27")]
    public async Task What_another_client_has_put_below_HF_HOME_is_used_and_no_content_is_asked_for()
    {
        foreach (string path in (string[])["tokenizer.json", "tokenizer_config.json"])
        {
            string blob = BlobOf(_first, path);
            Write(Path.Join(Folder, "blobs", blob), TinyModel.Files()[path]);
            Directory.CreateDirectory(Path.Join(Folder, "snapshots", _first.Id));
            File.CreateSymbolicLink(Path.Join(Folder, "snapshots", _first.Id, path), Path.Join("..", "..", "blobs", blob));
        }

        Write(Path.Join(Folder, "refs", "v1"), Encoding.ASCII.GetBytes(_first.Id));

        int[] offline = await IdsAsync(Id, options => options with { Revision = "v1", Offline = true });
        Assert.Equal(0, _hub.Requests.Count);
        using PretrainedTokenizer online = await LoadAsync(Id, options => options with { Revision = "v1" });

        Assert.Equal(offline, online.Tokenizer.EncodeToIds("ab"));
        Assert.Equal(0, online.Source.TransferredFiles);
        Assert.Equal(0, _hub.Requests.ResolveCount);
        _hub.Requests.Clear();
        using PretrainedTokenizer pinned = await LoadAsync(Id, options => options with { Revision = _first.Id });
        Assert.Equal(0, _hub.Requests.Count);
    }

    [Fact]
    [Trait("Requirement", "S3-28")]
    public async Task Another_HF_HOME_counts_from_the_next_call_on()
    {
        using TemporaryFolder other = new();
        using HubClient client = new(Settings());
        using PretrainedTokenizer before = await LoadAsync(Id, options => options with { Client = client });
        _variables["HF_HOME"] = other.Root;

        using PretrainedTokenizer after = await LoadAsync(Id, options => options with { Client = client });

        Assert.StartsWith(_home.Root, before.Source.Path, StringComparison.Ordinal);
        Assert.StartsWith(other.Root, after.Source.Path, StringComparison.Ordinal);
        Assert.Equal(2, after.Source.TransferredFiles);
    }

    [Fact]
    [Trait("Requirement", "S3-44")]
    public async Task From_the_cache_a_small_tokenizer_is_there_at_once()
    {
        const int MostTries = 200;
        await IdsAsync(Id);
        _hub.Requests.Clear();

        // A machine that is busy with something else delays single loads, and hardly all of them.
        TimeSpan shortest = TimeSpan.MaxValue;
        for (int i = 0; i < MostTries && shortest >= TimeSpan.FromMilliseconds(50); i++)
        {
            long start = Stopwatch.GetTimestamp();
            using PretrainedTokenizer tokenizer = await LoadAsync(Id, options => options with { Offline = true });
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            shortest = time < shortest ? time : shortest;
        }

        Assert.InRange(shortest, TimeSpan.Zero, TimeSpan.FromMilliseconds(50));
        Assert.Equal(0, _hub.Requests.Count);
    }

    [Fact]
    [Trait("Requirement", "S3-48")]
    public async Task Two_revisions_stand_side_by_side_in_folders_of_their_own()
    {
        using PretrainedTokenizer next = await LoadAsync(Id);
        using PretrainedTokenizer old = await LoadAsync(Id, options => options with { Revision = "v1" });

        Assert.Equal([Path.Join(Folder, "snapshots", _second.Id), Path.Join(Folder, "snapshots", _first.Id)], new[] { next.Source.Path, old.Source.Path });
        Assert.NotEqual(next.Tokenizer.EncodeToIds("ab"), old.Tokenizer.EncodeToIds("ab"));
        Assert.Equal(next.Tokenizer.EncodeToIds("ab"), await IdsAsync(Id, options => options with { Offline = true }));
        Assert.Equal(old.Tokenizer.EncodeToIds("ab"), await IdsAsync(Id, options => options with { Revision = "v1", Offline = true }));
    }

    [Fact]
    [Trait("Requirement", "S3-49")]
    public async Task A_file_that_was_cut_off_in_the_cache_is_told_offline_fetched_again_online_and_can_be_cleared()
    {
        int[] whole = await IdsAsync(Id);
        string blob = Path.Join(Folder, "blobs", BlobOf(_second, "tokenizer.json"));
        await CutAsync(blob);

        HubException offline = await Assert.ThrowsAsync<HubException>(() => LoadAsync(Id, options => options with { Offline = true }));
        Assert.Equal(HubErrorKind.Offline, offline.Kind);
        Assert.Contains("tokenizer.json", offline.Message, StringComparison.Ordinal);
        Assert.Contains(offline.Advice, advice => advice.Contains("Damaged", StringComparison.Ordinal) && advice.Contains($"snug cache remove {Id}", StringComparison.Ordinal));

        using (PretrainedTokenizer again = await LoadAsync(Id))
        {
            Assert.Equal(whole, again.Tokenizer.EncodeToIds("ab"));
            Assert.Equal(1, again.Source.TransferredFiles);
        }

        await CutAsync(blob);
        HubCache cache = new(Cache);
        CacheProblem problem = Assert.Single((await cache.VerifyAsync(cancellationToken: Cancellation)).Problems);
        Assert.Contains(BlobOf(_second, "tokenizer.json"), problem.Path, StringComparison.Ordinal);
        await cache.ExecuteAsync(cache.PlanRemoval([RepositoryReference.Parse(Id)], Cancellation), Cancellation);
        Assert.False(Directory.Exists(Folder));
        Assert.Equal(whole, await IdsAsync(Id));
    }

    [Fact]
    [Trait("Requirement", "S3-50")]
    public async Task A_cached_commit_is_loaded_without_a_request()
    {
        int[] first = await IdsAsync(Id, options => options with { Revision = _first.Id });
        _hub.Requests.Clear();

        Assert.Equal(first, await IdsAsync(Id, options => options with { Revision = _first.Id }));
        Assert.Equal(0, _hub.Requests.Count);
    }

    [Fact]
    [Trait("Requirement", "S3-51")]
    public async Task To_read_is_permission_enough_and_a_token_without_that_for_gated_repositories_is_told_so()
    {
        HubException lacking = await FailAsync(Gated, Fine);
        Assert.Equal((HubErrorKind.Forbidden, AccessState.TokenLacksGatedPermission), (lacking.Kind, lacking.Access));
        Assert.Contains("fine-grained", lacking.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("gated repositories", lacking.Advice[0], StringComparison.Ordinal);

        foreach (string enough in (string[])[Reader, FineGated])
        {
            // Each into a cache of its own: what is there already would be served to anybody on this machine.
            using TemporaryFolder home = new();
            _variables["HF_HOME"] = home.Root;
            Assert.NotEmpty(await IdsAsync(Gated, options => With(options, enough)));
        }
    }

    private HubClientOptions Settings() => new()
    {
        ReadVariable = name => _variables.GetValueOrDefault(name),
        UseDotEnv = false,
        RetryBaseDelay = TimeSpan.FromMilliseconds(1),
    };

    private static PretrainedOptions With(PretrainedOptions options, string token)
    {
        options.Hub.Token = AccessToken.Parse(token);
        return options;
    }

    private async Task<PretrainedTokenizer> LoadAsync(string id, Func<PretrainedOptions, PretrainedOptions>? change = null)
    {
        PretrainedOptions options = new() { Hub = Settings() };
        return await PretrainedTokenizer.FromHubAsync(id, change?.Invoke(options) ?? options, Cancellation);
    }

    private async Task<int[]> IdsAsync(string id, Func<PretrainedOptions, PretrainedOptions>? change = null)
    {
        using PretrainedTokenizer tokenizer = await LoadAsync(id, change);
        return tokenizer.Tokenizer.EncodeToIds("ab");
    }

    private Task<HubException> FailAsync(string id, string? token = null) =>
        Assert.ThrowsAsync<HubException>(() => LoadAsync(id, options => token is null ? options : With(options, token)));

    private static string BlobOf(HostedCommit commit, string path) => commit.Tree.Find(path)!.File!.ETag.Trim('"');

    private static void Write(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    private static async Task CutAsync(string blob)
    {
        await using FileStream stream = new(blob, FileMode.Open, FileAccess.Write);
        stream.SetLength(stream.Length / 2);
    }

    /// <summary>Another tokenizer: two letters have changed their places.</summary>
    private static byte[] Exchanged(byte[] json) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json).Replace("\"a\":8,\"b\":9", "\"a\":9,\"b\":8", StringComparison.Ordinal));

    private static Dictionary<string, RepositoryContent> Contents(Dictionary<string, byte[]> files) =>
        files.ToDictionary(file => file.Key, file => RepositoryContent.FromBytes(file.Value), StringComparer.Ordinal);
}
