using System.Security.Cryptography;
using System.Text.Json;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary><c>ensure</c> as the script that gets a speech model ready: where the model's name comes from, where it goes, and what happens the second time.</summary>
public sealed class EnsureScriptTests : IAsyncLifetime
{
    private const string Default = "openai/whisper-tiny";
    private const string Base = "openai/whisper-base";
    private const string Private = "openai/whisper-private";
    private const int WeightBytes = 1_500_000;
    private const string Token = "hf_DEMOwhisper00000000000000000000000000000";

    private readonly MemoryRepositorySource _source = new();
    private TestHub _hub = null!;
    private CliHarness _cli = null!;
    private HostedCommit _commit = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _source.Accounts = new HubAccounts([new HubAccount("friend") { Organizations = ["openai"], Tokens = [new HubToken(Token, "good")] }]);
        _commit = await _source.Add(Default).CommitAsync(Files(1));
        await _source.Add(Base).CommitAsync(Files(2));
        await _source.Add(Private, new RepositorySettings { IsPrivate = true }).CommitAsync(Files(3));
        _hub = await TestHub.StartAsync(_source, cancellationToken: Cancellation);
        _cli = new CliHarness(_hub.Endpoint);
    }

    public async ValueTask DisposeAsync()
    {
        _cli.Dispose();
        await _hub.DisposeAsync();
    }

    [Fact]
    [Trait("Requirement", "S4-02")]
    public async Task The_whole_repository_is_had_once_and_a_second_run_asks_for_what_is_new_only()
    {
        CliResult first = await _cli.RunAsync("ensure", "-m", Default);
        await _hub.Requests.SettleAsync(Cancellation);
        _hub.Requests.Clear();
        CliResult second = await _cli.RunAsync("ensure", "-m", Default);

        string path = PathOf(first);
        Assert.Equal(path, PathOf(second));
        Assert.Equal(Files(1).Select(file => file.Path).Order(StringComparer.Ordinal), FilesBelow(path).Keys.Order(StringComparer.Ordinal));
        RequestRecord only = Assert.Single(_hub.Requests.Snapshot());
        Assert.Equal(("GET", true), (only.Method, only.Path.StartsWith("/api/models/", StringComparison.Ordinal)));
        Assert.Equal(["present", "0"], second.OutLines[0].Split('\t') is [_, var status, _, var bytes, _] ? [status, bytes] : []);
    }

    [Fact]
    [Trait("Requirement", "S4-03")]
    public async Task The_token_of_HUGGINGFACE_TOKEN_alone_opens_a_private_model()
    {
        CliResult without = await _cli.RunAsync("ensure", "-m", Private);
        Assert.DoesNotContain(_hub.Requests.Snapshot(), request => request.HasAuthorization);
        _hub.Requests.Clear();
        _cli.Variables["HUGGINGFACE_TOKEN"] = Token;
        CliResult with = await _cli.RunAsync("ensure", "-m", Private);

        Assert.Equal((ExitCodes.NotFound, ExitCodes.Done), (without.ExitCode, with.ExitCode));
        Assert.All(_hub.Requests.Snapshot().Where(request => request.Listener == HubListener.Endpoint), request => Assert.True(request.HasAuthorization, request.ToString()));
        Assert.DoesNotContain(Token, with.Out + with.Error, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Requirement", "S4-04")]
    [InlineData("HF_HOME", "HF_HOME")]
    [InlineData("TRANSFORMERS_CACHE", "TRANSFORMERS_CACHE")]
    [InlineData("HUGGINGFACE_HUB_CACHE", "HUGGINGFACE_HUB_CACHE")]
    [InlineData("TRANSFORMERS_CACHE", "HF_HOME", "TRANSFORMERS_CACHE")]
    [InlineData("HUGGINGFACE_HUB_CACHE", "HF_HOME", "HUGGINGFACE_HUB_CACHE")]
    [InlineData("HUGGINGFACE_HUB_CACHE", "TRANSFORMERS_CACHE", "HUGGINGFACE_HUB_CACHE")]
    [InlineData("HUGGINGFACE_HUB_CACHE", "HF_HOME", "TRANSFORMERS_CACHE", "HUGGINGFACE_HUB_CACHE")]
    public async Task Each_variable_for_the_cache_is_honoured_and_of_several_the_documented_one(string winner, params string[] given)
    {
        // The rest of what a home holds must not go to the home of whoever runs this.
        _cli.Variables.Remove("HF_HOME");
        _cli.Variables["XDG_CACHE_HOME"] = Path.Join(_cli.Work, "xdg");
        foreach (string name in given)
        {
            _cli.Variables[name] = Path.Join(_cli.Work, name);
        }

        CliResult result = await _cli.RunAsync("ensure", "-m", Default);

        string cache = winner == "HF_HOME" ? Path.Join(_cli.Work, winner, "hub") : Path.Join(_cli.Work, winner);
        Assert.StartsWith(Path.Join(cache, "models--openai--whisper-tiny", "snapshots"), PathOf(result), StringComparison.Ordinal);
        Assert.All(given.Where(name => name != winner), name => Assert.False(Directory.Exists(Path.Join(_cli.Work, name, "models--openai--whisper-tiny")), name));
        string page = await File.ReadAllTextAsync(Path.Join(AppContext.BaseDirectory, "docs", "configuration.md"), Cancellation);
        Assert.Contains("| cache directory | `HubClientOptions.CacheDirectory`; `HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`, `TRANSFORMERS_CACHE` | `hub` in the home directory |", page, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Requirement", "S4-06")]
    [InlineData("-m")]
    [InlineData("--model")]
    public async Task A_model_is_named_by_the_short_and_the_long_option(string option)
    {
        CliResult result = await _cli.RunAsync("ensure", option, Base);

        Assert.Equal((ExitCodes.Done, Base), (result.ExitCode, result.Out.Split('\t')[0]));
    }

    [Fact]
    [Trait("Requirement", "S4-07")]
    public async Task WHISPER_MODEL_names_the_model_and_the_option_beats_it()
    {
        _cli.Variables["WHISPER_MODEL"] = Base;

        CliResult byVariable = await _cli.RunAsync("ensure");
        CliResult byOption = await _cli.RunAsync("ensure", "--model", Default);

        Assert.Equal([Base, Default], new[] { byVariable, byOption }.Select(result => Assert.Single(result.OutLines).Split('\t')[0]));
        Assert.Contains($"WHISPER_MODEL names {Base}", byVariable.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Base, byOption.Out + byOption.Error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S4-08")]
    public async Task Without_a_name_the_default_model_is_fetched_and_that_is_said()
    {
        CliResult result = await _cli.RunAsync("ensure");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Contains($"No model given and WHISPER_MODEL is unset: using the default, {Default}", result.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Join(PathOf(result), "model.safetensors")));
    }

    [Fact]
    [Trait("Requirement", "S4-09")]
    public async Task Force_fetches_all_bytes_again_and_the_old_copy_stays_until_the_new_one_is_verified()
    {
        string path = PathOf(await _cli.RunAsync("ensure", "-m", Default));
        Dictionary<string, string> before = FilesBelow(path);
        FaultRule flipped = _hub.Faults.Add(new FaultRule { Fault = Fault.FlipByte(1000), Listener = HubListener.Storage });

        CliResult wrong = await _cli.RunAsync("ensure", "-m", Default, "--force", "--json");
        Dictionary<string, string> meanwhile = FilesBelow(path);
        _hub.Faults.Clear();
        await _hub.Requests.SettleAsync(Cancellation);
        _hub.Requests.Clear();
        CliResult right = await _cli.RunAsync("ensure", "-m", Default, "--force", "--json");
        await _hub.Requests.SettleAsync(Cancellation);

        Assert.True(flipped.Hits > 0);
        Assert.Equal((ExitCodes.Storage, "corrupted"), (wrong.ExitCode, Only(wrong).GetProperty("error").GetProperty("kind").GetString()));
        Assert.Equal(before, meanwhile);
        Assert.Equal((ExitCodes.Done, "downloaded", path), (right.ExitCode, Only(right).GetProperty("status").GetString(), Only(right).GetProperty("path").GetString()));
        long all = Directory.GetFiles(path, "*", SearchOption.AllDirectories).Sum(file => (File.ResolveLinkTarget(file, true) ?? new FileInfo(file)) is FileInfo real ? real.Length : 0);
        Assert.Equal(all, Only(right).GetProperty("transferredBytes").GetInt64());
        Assert.True(_hub.Requests.BytesSent >= all, _hub.Requests.ToString());
        Assert.Equal(before, FilesBelow(path));
    }

    [Fact]
    [Trait("Requirement", "S4-25")]
    public async Task Several_models_of_options_and_a_list_are_had_at_once_and_failures_are_summed_up()
    {
        string list = Path.Join(_cli.Work, "models.txt");
        await File.WriteAllTextAsync(list, $"# speech\n{Base}\nopenai/nowhere\n", Cancellation);

        CliResult result = await _cli.RunAsync("ensure", "-m", Default, "-m", Private, "--from-file", list);

        Assert.Equal([Default, Private, Base, "openai/nowhere"], result.OutLines.Select(line => line.Split('\t')[0]));
        Assert.Equal(["downloaded", "failed", "downloaded", "failed"], result.OutLines.Select(line => line.Split('\t')[1]));
        Assert.Equal(ExitCodes.NotFound, result.ExitCode);
        Assert.Contains("2 of 4 models could not be made available.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S4-26")]
    public async Task Progress_is_a_bar_on_a_terminal_events_for_programs_and_nothing_when_quiet()
    {
        TaskCompletionSource shown = new(TaskCreationOptions.RunContinuationsAsynchronously);
        FaultRule held = _hub.Faults.Add(new FaultRule
        {
            Listener = HubListener.Storage,
            Fault = Fault.Custom("hold until there is a bar", async (_, next) =>
            {
                await shown.Task;
                await next();
            }),
        });
        using CliHarness terminal = new(_hub.Endpoint) { IsTerminal = true };
        terminal.OnError = text =>
        {
            if (text.Contains('─', StringComparison.Ordinal) || text.Contains('━', StringComparison.Ordinal))
            {
                shown.TrySetResult();
            }
        };
        using CliHarness program = new(_hub.Endpoint);
        using CliHarness quiet = new(_hub.Endpoint);

        CliResult bar = await terminal.RunAsync("ensure", "-m", Default, "--progress", "auto");
        CliResult events = await program.RunAsync("ensure", "-m", Default, "--progress", "json");
        CliResult nothing = await quiet.RunAsync("ensure", "-m", Default, "--quiet");

        Assert.Equal(ExitCodes.Done, bar.ExitCode);
        Assert.True(shown.Task.IsCompletedSuccessfully && held.Hits > 0);
        Assert.Contains(events.Events, e => e.GetProperty("event").GetString() == "file" && e.GetProperty("file").GetString() == "model.safetensors");
        Assert.Equal("finished", events.Events.Last(e => e.TryGetProperty("phase", out _)).GetProperty("phase").GetString());
        Assert.Equal((ExitCodes.Done, ""), (nothing.ExitCode, nothing.Error));
    }

    [Fact]
    [Trait("Requirement", "S4-27")]
    public async Task A_cache_directory_that_is_named_receives_the_model_and_beats_the_variables()
    {
        string cache = Path.Join(_cli.Work, "models");
        _cli.Variables["HUGGINGFACE_HUB_CACHE"] = Path.Join(_cli.Work, "elsewhere");

        CliResult result = await _cli.RunAsync("ensure", "-m", Default, "--cache-dir", cache);

        Assert.StartsWith(cache + Path.DirectorySeparatorChar, PathOf(result), StringComparison.Ordinal);
        Assert.Equal(_commit.Id, Path.GetFileName(PathOf(result)));
        Assert.False(Directory.Exists(_cli.Variables["HUGGINGFACE_HUB_CACHE"]));
    }

    [Theory]
    [Trait("Requirement", "S4-28")]
    [InlineData("-h")]
    [InlineData("--help")]
    public async Task Help_names_the_options_and_variables_and_has_examples(string option)
    {
        CliResult help = await _cli.RunAsync("ensure", option);

        Assert.Equal((ExitCodes.Done, ""), (help.ExitCode, help.Error));
        Assert.All(
            (string[])["-m", "--model", "--force", "--cache-dir", "--from-env", "WHISPER_MODEL", "--from-file", "--offline", "Examples:", "snug ensure -m"],
            word => Assert.Contains(word, help.Out, StringComparison.Ordinal));
        Assert.Empty(_hub.Requests.Snapshot());
    }

    [Fact]
    [Trait("Requirement", "S4-29")]
    public async Task Force_when_offline_is_warned_of_and_changes_nothing()
    {
        string path = PathOf(await _cli.RunAsync("ensure", "-m", Default));
        await _hub.Requests.SettleAsync(Cancellation);
        _hub.Requests.Clear();

        CliResult result = await _cli.RunAsync("ensure", "-m", Default, "--force", "--offline");

        Assert.Equal((ExitCodes.Done, path), (result.ExitCode, PathOf(result)));
        Assert.Contains("warning: --force has no effect in offline mode: nothing can be transferred again.", result.ErrorLines);
        Assert.Empty(_hub.Requests.Snapshot());
    }

    private static (string Path, RepositoryContent Content)[] Files(int seed) =>
    [
        ("config.json", RepositoryContent.FromText($$"""{"model_type":"whisper","seed":{{seed}}}""")),
        ("README.md", RepositoryContent.FromText("# Whisper\n")),
        ("model.safetensors", RepositoryContent.Pseudorandom(WeightBytes, seed)),
    ];

    /// <summary>The hash of each file below a folder.</summary>
    private static Dictionary<string, string> FilesBelow(string folder) => Directory.GetFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(
        file => Path.GetRelativePath(folder, file), file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))));

    private static string PathOf(CliResult result)
    {
        Assert.True(result.ExitCode == ExitCodes.Done, result.Error);
        return Assert.Single(result.OutLines).Split('\t')[^1];
    }

    private static JsonElement Only(CliResult result) => Assert.Single(result.Json.GetProperty("models").EnumerateArray());
}
