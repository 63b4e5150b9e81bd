using System.Diagnostics;
using System.Text.Json;
using Snug.Server;

namespace Snug.Cli.Tests;

/// <summary>Will the job get its models, and if not, what is to be done.</summary>
public sealed class DoctorCommandTests(SampleHub hub) : IClassFixture<SampleHub>, IDisposable
{
    private readonly TempFolder _project = new();

    public void Dispose() => _project.Dispose();

    [Fact]
    public async Task Public_models_need_nothing()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await RunAsync(cli, "snug/tiny-model", "datasets/snug/tiny-data");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Contains("ok: snug/tiny-model: snug/tiny-model is public: no authentication required, 1.09 MB to download.", result.Out, StringComparison.Ordinal);
        Assert.Contains("warning: token: HuggingFace authentication is not configured", result.Out, StringComparison.Ordinal);
        Assert.Contains("ok: disk:", result.Out, StringComparison.Ordinal);
        Assert.Contains("ok: cache:", result.Out, StringComparison.Ordinal);
        Assert.Contains("ok: endpoint:", result.Out, StringComparison.Ordinal);
        Assert.Contains("ok: clock:", result.Out, StringComparison.Ordinal);
        Assert.Contains("[not needed] Get a token", result.Out, StringComparison.Ordinal);
        Assert.Contains("5. [you are here] Set up: snug ensure -m snug/tiny-model -m datasets/snug/tiny-data", result.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(cli.Cache), "Looking must not make a cache.");
    }

    [Fact]
    public async Task Without_a_token_a_gated_model_fails_before_the_job_and_says_how_to_go_on()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await RunAsync(cli, "snug/gated-model");

        Assert.Equal(ExitCodes.Access, result.ExitCode);
        Assert.Contains("Checking HuggingFace authentication", result.Out, StringComparison.Ordinal);
        Assert.Contains("some models, such as snug/gated-model, need it", result.Out, StringComparison.Ordinal);
        Assert.Contains("Starting the job now would end in this error", result.Out, StringComparison.Ordinal);
        Assert.Contains($"1. [you are here] Get a token with read permission: {hub.Endpoint}settings/tokens", result.Out, StringComparison.Ordinal);
        Assert.Contains($"2. [to do] Accept the terms, or ask for access, with the account of the token: {hub.Endpoint}snug/gated-model", result.Out, StringComparison.Ordinal);
        Assert.Contains("1 failure; ", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "gated_no_token")]
    [InlineData(SampleHub.BobToken, "gated_not_granted")]
    [InlineData(SampleHub.FineToken, "token_lacks_gated_permission")]
    public async Task A_setup_only_warns_of_models_that_can_wait(string? token, string state)
    {
        using CliHarness cli = hub.Cli();
        SetToken(cli, token);

        CliResult text = await RunAsync(cli, "--for", "setup", "snug/gated-model", "snug/tiny-model");
        CliResult json = await RunAsync(cli, "--for", "setup", "snug/gated-model", "snug/tiny-model", "--json");

        Assert.Equal((ExitCodes.Done, ExitCodes.Done), (text.ExitCode, json.ExitCode));
        Assert.Contains("it will be downloaded when it is used", text.Out, StringComparison.Ordinal);
        Assert.Contains("not needed for set-up, but essential for training", text.OutLines[^1], StringComparison.Ordinal);
        JsonElement gated = json.Json.GetProperty("repositories")[0];
        Assert.Equal((state, true, false), (gated.GetProperty("state").GetString(), gated.GetProperty("deferred").GetBoolean(), gated.GetProperty("readable").GetBoolean()));
        Assert.False(json.Json.GetProperty("repositories")[1].GetProperty("deferred").GetBoolean());
    }

    [Theory]
    [InlineData(SampleHub.ExpiredToken, ExitCodes.Token)]
    [InlineData("hf_DEMOnobodyKNOWSthisONE000000000000000000000", ExitCodes.Token)]
    public async Task A_token_that_is_refused_is_a_failure_in_a_setup_too(string token, int exitCode)
    {
        using CliHarness cli = hub.Cli();
        SetToken(cli, token);

        CliResult result = await RunAsync(cli, "--for", "setup", "snug/tiny-model");

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains("without any token it can be read", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(token, result.Out + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_training_without_named_models_is_refused()
    {
        using CliHarness cli = hub.Cli();

        CliResult use = await RunAsync(cli);
        CliResult training = await RunAsync(cli, "--for", "training");

        Assert.Equal((ExitCodes.Done, ExitCodes.Usage), (use.ExitCode, training.ExitCode));
    }

    [Fact]
    public async Task With_everything_there_the_training_may_start()
    {
        using CliHarness cli = hub.Cli();
        SetToken(cli, SampleHub.AliceToken);
        Assert.Equal(0, (await cli.RunAsync("download", "snug/gated-model")).ExitCode);

        CliResult result = await RunAsync(cli, "--for", "training", "snug/gated-model", "--json");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.True(result.Json.GetProperty("ok").GetBoolean());
        JsonElement token = result.Json.GetProperty("token");
        Assert.Equal(("HF_TOKEN", "environment", "alice", "read"), (Get(token, "source"), Get(token, "sourceKind"), Get(token, "account"), Get(token, "role")));
        Assert.Equal(0, result.Json.GetProperty("download").GetProperty("missingBytes").GetInt64());
        Assert.Equal(["done", "done", "done", "done", "done", "current"], result.Json.GetProperty("steps").EnumerateArray().Select(s => Get(s, "state")));
    }

    [Fact]
    public async Task Two_gated_models_one_accepted_are_told_apart()
    {
        using CliHarness cli = hub.Cli();
        SetToken(cli, "hf_DEMOdaveREAD000000000000000000000000000000");

        CliResult result = await RunAsync(cli, "snug/gated-model", "snug/manual-model", "snug/tiny-model", "--json");

        Assert.Equal(
            ["gated_not_granted", "gated_awaiting_review", "public"],
            result.Json.GetProperty("repositories").EnumerateArray().Select(r => Get(r, "state")));
        Assert.Equal(ExitCodes.Access, result.ExitCode);
    }

    [Fact]
    public async Task Ten_repositories_are_answered_in_one_round_trip()
    {
        // No answer is given before all questions are there.
        const int Expected = 21;
        int count = 0;
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HubServer server = await HubServer.StartAsync(
            new HubServerOptions
            {
                Source = new FolderRepositorySource(SampleHub.Repositories),
                Configure = application => Microsoft.AspNetCore.Builder.UseExtensions.Use(application, async (context, next) =>
                {
                    if (Interlocked.Increment(ref count) == Expected)
                    {
                        all.SetResult();
                    }

                    await all.Task.WaitAsync(TimeSpan.FromSeconds(20));
                    await next(context);
                }),
            },
            TestContext.Current.CancellationToken);
        using CliHarness cli = new(server.Endpoint);
        SetToken(cli, SampleHub.AliceToken);
        string[] models = [.. Enumerable.Range(0, 10).Select(i => i % 2 == 0 ? "snug/tiny-model" : "snug/gated-model")];

        CliResult result = await RunAsync(cli, models);

        Assert.Equal((ExitCodes.Done, Expected), (result.ExitCode, count));
    }

    [Fact]
    public async Task Offline_it_says_what_is_cached_and_usable_and_sends_nothing()
    {
        using CliHarness cli = hub.Cli();
        Assert.Equal(0, (await cli.RunAsync("download", "snug/tiny-model")).ExitCode);
        int before = hub.Requests.Count;

        CliResult usable = await RunAsync(cli, "--offline", "--for", "training", "snug/tiny-model");
        CliResult missing = await RunAsync(cli, "--offline", "snug/tiny-model", "snug/gated-model", "--json");

        Assert.Equal((ExitCodes.Done, ExitCodes.Offline), (usable.ExitCode, missing.ExitCode));
        Assert.Contains("ok: snug/tiny-model: snug/tiny-model is in the cache", usable.Out, StringComparison.Ordinal);
        Assert.Equal(["cached", "not_cached"], missing.Json.GetProperty("repositories").EnumerateArray().Select(r => Get(r, "state")));
        Assert.Equal(before, hub.Requests.Count);
    }

    [Fact]
    public async Task A_hub_that_is_down_is_no_obstacle_for_what_is_cached()
    {
        using CliHarness cli = hub.Cli();
        Assert.Equal(0, (await cli.RunAsync("download", "snug/tiny-model")).ExitCode);
        cli.Variables["HF_ENDPOINT"] = "http://127.0.0.1:1";

        CliResult cached = await RunAsync(cli, "snug/tiny-model");
        CliResult missing = await RunAsync(cli, "snug/gated-model");

        Assert.Equal((ExitCodes.Done, ExitCodes.Network), (cached.ExitCode, missing.ExitCode));
        Assert.Contains("usable from there with --offline", cached.Out, StringComparison.Ordinal);
        Assert.Contains("connection refused", missing.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_manifest_names_models_with_revision_and_patterns()
    {
        using CliHarness cli = hub.Cli();
        Write("snug.json", """{ "models": ["snug/gated-model", { "repository": "snug/tiny-model", "revision": "v1", "include": ["config.json"] }] }""");

        CliResult result = await RunAsync(cli, "--for", "setup", "--json");

        JsonElement[] repositories = [.. result.Json.GetProperty("repositories").EnumerateArray()];
        Assert.Equal(["snug.json", "snug.json"], repositories.Select(r => Get(r, "origin")));
        Assert.Equal(("snug/tiny-model", "v1", 1), (Get(repositories[1], "repository"), Get(repositories[1], "revision"), repositories[1].GetProperty("files").GetInt32()));
    }

    [Theory]
    [InlineData("{ \"models\": [ }")]
    [InlineData("{ \"models\": 5 }")]
    [InlineData("{ \"models\": [{}] }")]
    [InlineData("{ \"models\": [\"not a repository\"] }")]
    public async Task A_manifest_that_cannot_be_read_is_wrong_use(string text)
    {
        using CliHarness cli = hub.Cli();
        Write("snug.json", text);

        CliResult result = await RunAsync(cli, "--json");

        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.NotEmpty(result.Json.GetProperty("advice").EnumerateArray());
    }

    [Fact]
    public async Task Code_is_scanned_for_models_on_request()
    {
        using CliHarness cli = hub.Cli();
        Write("train.py", """
            # AutoModel.from_pretrained("snug/commented-out")
            MODEL_NAME = "snug/tiny-model"
            model = AutoModel.from_pretrained("snug/gated-model", token=True)
            data = load_dataset("snug/tiny-data")
            local = AutoModel.from_pretrained("./checkpoints/mine")
            print("read/write")
            """);

        CliResult result = await RunAsync(cli, "--for", "setup", "--scan", Path.Join(_project.Path, "train.py"), "--json");

        Assert.Equal(
            ["snug/gated-model", "datasets/snug/tiny-data", "snug/tiny-model"],
            result.Json.GetProperty("repositories").EnumerateArray().Select(r => Get(r, "repository")));
        Assert.EndsWith("train.py:3", Get(result.Json.GetProperty("repositories")[0], "origin"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_files_that_others_can_read_and_an_env_file_that_git_takes_are_warned_of()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Rights of files are not looked at on Windows.");

        using CliHarness cli = hub.Cli();
        string token = Path.Join(cli.Home, "token");
        await File.WriteAllTextAsync(token, SampleHub.AliceToken, TestContext.Current.CancellationToken);
        SetMode(token, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Write(".env", "");
        SetMode(Path.Join(_project.Path, ".env"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Git("init", "--quiet");

        CliResult open = await RunAsync(cli);
        Write(".gitignore", ".env\n");
        SetMode(token, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        CliResult mended = await RunAsync(cli);
        File.Delete(Path.Join(_project.Path, ".gitignore"));
        Git("add", ".env");
        CliResult tracked = await RunAsync(cli);

        Assert.Equal((ExitCodes.Done, ExitCodes.Done), (open.ExitCode, mended.ExitCode));
        Assert.Contains($"warning: token files: Other users of this machine can read {token}.", open.Out, StringComparison.Ordinal);
        Assert.Contains("warning: .env: git does not ignore", open.Out, StringComparison.Ordinal);
        Assert.Contains("ok: token files: Readable by you alone", mended.Out, StringComparison.Ordinal);
        Assert.Contains("ok: .env: git ignores it.", mended.Out, StringComparison.Ordinal);
        Assert.Contains("warning: .env: git tracks", tracked.Out, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S1-33")]
    public async Task The_deployment_checklist_checks_what_a_machine_can()
    {
        using CliHarness cli = hub.Cli();
        Write(".env", "export HF_TOKEN=\"hf_xxx\"\n");

        CliResult without = await RunAsync(cli, "--deploy", "--json");
        SetToken(cli, SampleHub.AliceToken);
        CliResult with = await RunAsync(cli, "--deploy", "--json", "snug/gated-model");
        CliResult text = await RunAsync(cli, "--deploy", "snug/gated-model");

        Assert.Equal(
            ["open", "done", "done", "open", "manual", "manual", "manual", "manual", "manual", "manual"],
            without.Json.GetProperty("deploy").EnumerateArray().Select(i => Get(i, "state")));
        Assert.Equal(
            ["done", "done", "done", "open", "done", "manual", "manual", "manual", "manual", "manual"],
            with.Json.GetProperty("deploy").EnumerateArray().Select(i => Get(i, "state")));
        Assert.Contains("  [x] The terms of all gated models are accepted", text.Out, StringComparison.Ordinal);
        Assert.Contains("  [?] Only then: production", text.Out, StringComparison.Ordinal);
        Assert.Contains("Authenticate BEFORE the set-up: an account, a token, the terms of every gated model. Then 'snug login', then 'snug setup'.", text.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cache_that_would_lie_below_a_file_is_a_failure_with_9()
    {
        using CliHarness cli = hub.Cli();
        string file = Path.Join(cli.Home, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);

        CliResult result = await RunAsync(cli, "snug/tiny-model", "--cache-dir", Path.Join(file, "hub"));

        Assert.Equal(ExitCodes.Storage, result.ExitCode);
        Assert.Contains($"failed: cache: '{file}' cannot be written: it is a file", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_that_do_not_fit_on_the_disk_together_are_a_failure_with_9()
    {
        // A size that no disk has room for.
        await using HubServer huge = await HubServer.StartAsync(
            new HubServerOptions
            {
                Source = new MemoryRepositorySource(),
                Configure = application => Microsoft.AspNetCore.Builder.RunExtensions.Run(application, context =>
                {
                    if (!context.Request.Path.StartsWithSegments("/api/models/org/huge/revision", StringComparison.Ordinal))
                    {
                        context.Response.StatusCode = context.Request.Path.Value!.EndsWith("/auth-check", StringComparison.Ordinal) ? 200 : 404;
                        return Task.CompletedTask;
                    }

                    return Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(
                        context.Response,
                        """{"id":"org/huge","sha":"0123456789012345678901234567890123456789","private":false,"gated":false,"siblings":[{"rfilename":"model.safetensors","size":4611686018427387904}]}""");
                }),
            },
            TestContext.Current.CancellationToken);
        using CliHarness cli = new(huge.Endpoint);

        CliResult result = await RunAsync(cli, "org/huge", "--json");

        Assert.Equal(ExitCodes.Storage, result.ExitCode);
        JsonElement disk = Assert.Single(result.Json.GetProperty("checks").EnumerateArray(), c => Get(c, "id") == "disk");
        Assert.Equal(("failed", "insufficient_storage"), (Get(disk, "status"), Get(disk, "kind")));
    }

    [Fact]
    public async Task On_a_terminal_the_marks_are_signs_and_elsewhere_words()
    {
        using CliHarness cli = hub.Cli();
        CliResult plain = await RunAsync(cli, "snug/gated-model");
        cli.IsTerminal = true;
        CliResult terminal = await RunAsync(cli, "snug/gated-model");
        cli.Variables["NO_COLOR"] = "1";
        CliResult colourless = await RunAsync(cli, "snug/gated-model");

        Assert.All((string[])["▶", "✅", "⚠️", "❌"], mark =>
        {
            Assert.Contains(mark, terminal.Out, StringComparison.Ordinal);
            Assert.DoesNotContain(mark, plain.Out, StringComparison.Ordinal);
            Assert.DoesNotContain(mark, colourless.Out, StringComparison.Ordinal);
        });
    }

    private static string? Get(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static void SetToken(CliHarness cli, string? token)
    {
        if (token is not null)
        {
            cli.Variables["HF_TOKEN"] = token;
        }
    }

    private Task<CliResult> RunAsync(CliHarness cli, params string[] arguments) => cli.RunAsync(["doctor", "--project", _project.Path, .. arguments]);

    private void Write(string name, string text) => File.WriteAllText(Path.Join(_project.Path, name), text);

    private void Git(params string[] arguments)
    {
        using Process git = Process.Start(new ProcessStartInfo("git", ["-C", _project.Path, .. arguments]) { RedirectStandardError = true, UseShellExecute = false })!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }
}
