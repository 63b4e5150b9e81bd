using System.Text.Json;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>What was asked of setting a project up and of using it, where no other test shows it alone.</summary>
public sealed class ProjectSetupTests(SampleHub hub) : IClassFixture<SampleHub>, IDisposable
{
    private const string Gated = "snug/gated-model";

    private readonly CliHarness _cli = hub.Cli();

    public void Dispose() => _cli.Dispose();

    [Fact]
    [Trait("Requirement", "S0-03")]
    public async Task With_a_token_the_set_up_leaves_every_file_of_the_model_on_the_disk_verified()
    {
        _cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;
        Manifest($$"""{ "models": ["{{Gated}}"] }""");

        CliResult setup = await _cli.RunAsync("setup");

        Assert.Equal(0, setup.ExitCode);
        Assert.Contains("3 files downloaded and verified", setup.Error, StringComparison.Ordinal);
        string folder = (await _cli.RunAsync("cache", "path", Gated)).Out.Trim();
        string[] files = [.. (await _cli.RunAsync("files", Gated, "--json")).Json.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()!)];
        Assert.Equal(3, files.Length);
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(Path.Join(SampleHub.Repositories, "models", Gated, file)), File.ReadAllBytes(Path.Join(folder, file))));
        Assert.Equal(0, (await _cli.RunAsync("cache", "verify", Gated)).ExitCode);
    }

    [Fact]
    [Trait("Requirement", "S0-04")]
    public async Task Without_a_token_the_set_up_warns_and_does_all_the_rest()
    {
        Manifest($$"""
            {
              "models": ["{{Gated}}"],
              "stages": [
                { "name": "first", "run": "echo first>>log.txt" },
                { "name": "convert", "run": "echo converted>>log.txt", "models": ["{{Gated}}"] },
                { "name": "last", "run": "echo last>>log.txt" }
              ]
            }
            """);

        CliResult result = await _cli.RunAsync("setup");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(result.ErrorLines, line => line.StartsWith("warning: HuggingFace authentication is not configured", StringComparison.Ordinal));
        Assert.DoesNotContain("error:", result.Error, StringComparison.Ordinal);
        Assert.Equal(["first", "last"], Log());
    }

    [Fact]
    [Trait("Requirement", "S0-06")]
    public async Task A_model_that_is_left_out_is_said_to_be_downloaded_when_used_in_words_and_in_json()
    {
        Manifest($$"""{ "models": ["{{Gated}}", "snug/tiny-model"] }""");

        CliResult result = await _cli.RunAsync("setup", "--json");

        Assert.Contains("Not pre-downloaded; will be downloaded when used: snug/gated-model.", result.ErrorLines);
        Assert.Equal([true, false], result.Json.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("deferred").GetBoolean()));
    }

    [Fact]
    [Trait("Requirement", "S0-07")]
    public async Task The_end_of_a_set_up_without_the_model_is_a_success_that_says_what_is_absent()
    {
        Manifest($$"""{ "models": ["{{Gated}}"], "stages": [{ "name": "a", "run": "echo a>>log.txt" }] }""");

        CliResult setup = await _cli.RunAsync("setup");
        CliResult status = await _cli.RunAsync("status", "--json");

        Assert.Equal((0, 0), (setup.ExitCode, status.ExitCode));
        Assert.Equal("ok: Set-up is complete but for what waits for access.", setup.ErrorLines[^3]);
        Assert.Equal("Not pre-downloaded; will be downloaded when used: snug/gated-model.", setup.ErrorLines[^2]);
        Assert.Equal("deferred", status.Json.GetProperty("state").GetString());
        JsonElement model = status.Json.GetProperty("models")[0];
        Assert.Equal(("deferred", JsonValueKind.Null), (model.GetProperty("state").GetString(), model.GetProperty("commit").ValueKind));
        Assert.Equal(ExitCodes.Offline, (await _cli.RunAsync("cache", "path", Gated)).ExitCode);
    }

    [Fact]
    [Trait("Requirement", "S0-20")]
    public async Task The_variable_alone_authenticates_set_up_download_and_the_programs_that_are_started()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The command is a shell's.");
        await using TestHub log = await TestHub.StartAsync(new FolderRepositorySource(SampleHub.Repositories), cancellationToken: TestContext.Current.CancellationToken);
        using CliHarness cli = new(log.Endpoint);
        cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;
        await File.WriteAllTextAsync(Path.Join(cli.Work, "snug.json"), $$"""{ "models": ["{{Gated}}"] }""", TestContext.Current.CancellationToken);

        foreach (string[] command in (string[][])[["setup"], ["download", Gated, "--force"], ["exec", "--require", Gated, "--", "/bin/sh", "-c", "echo \"$HF_TOKEN\""]])
        {
            log.Requests.Clear();
            CliResult result = await cli.RunAsync(command);

            Assert.Equal(0, result.ExitCode);
            Assert.Equal(command[0] == "exec", log.Requests.Count == 0);
            Assert.Equal(command[0] == "exec", result.Out.Trim() == SampleHub.AliceToken);
            Assert.All(
                log.Requests.Snapshot().Where(request => request.Listener == HubListener.Endpoint),
                request => Assert.True(request.HasAuthorization, request.ToString()));
        }
    }

    [Fact]
    [Trait("Requirement", "S0-21")]
    public async Task The_template_copied_to_env_and_filled_in_is_what_the_set_up_reads()
    {
        string template = await File.ReadAllTextAsync(Path.Join(AppContext.BaseDirectory, "finnish-tts", ".env.example"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Join(_cli.Work, ".env"), template.Replace("HF_TOKEN=", "HF_TOKEN=" + SampleHub.AliceToken, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Manifest($$"""{ "models": ["{{Gated}}"] }""");

        CliResult result = await _cli.RunAsync("setup", "--json");

        Assert.Equal((0, "done"), (result.ExitCode, result.Json.GetProperty("state").GetString()));
        Assert.Equal("HF_TOKEN in .env", result.Json.GetProperty("token").GetProperty("source").GetString());
    }

    [Fact]
    [Trait("Requirement", "S0-26")]
    public async Task Authentication_is_looked_at_before_any_model()
    {
        Manifest("""{ "models": ["snug/tiny-model", "snug/gated-model"] }""");

        string[] lines = (await _cli.RunAsync("setup")).ErrorLines;

        int heading = Array.IndexOf(lines, "step: Checking HuggingFace authentication");
        int firstModel = Array.FindIndex(lines, line => line.StartsWith("step: Attempting to download the model ", StringComparison.Ordinal));
        Assert.InRange(heading, 0, firstModel - 1);
    }

    [Fact]
    [Trait("Requirement", "S0-27")]
    public async Task Who_is_not_authenticated_is_told_so_with_an_example_and_two_numbered_steps()
    {
        Manifest($$"""{ "models": ["{{Gated}}"] }""");

        string[] lines = (await _cli.RunAsync("setup")).ErrorLines;

        int at = Array.FindIndex(lines, line => line.StartsWith("warning: HuggingFace authentication is not configured", StringComparison.Ordinal));
        Assert.EndsWith("Some models, snug/gated-model for example, may need it.", lines[at], StringComparison.Ordinal);
        Assert.Equal($"  1. Get a token with read permission: {hub.Endpoint}settings/tokens", lines[at + 1]);
        Assert.Equal("  2. Run 'snug login' and paste it; or set the variable: export HF_TOKEN=hf_...", lines[at + 2]);
    }

    [Fact]
    [Trait("Requirement", "S0-28")]
    public async Task The_attempt_is_announced_and_ends_in_a_download_or_in_the_reason_for_skipping_it()
    {
        Manifest($$"""{ "models": ["{{Gated}}"] }""");

        string[] without = (await _cli.RunAsync("setup")).ErrorLines;
        _cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;
        string[] with = (await _cli.RunAsync("setup")).ErrorLines;

        Assert.StartsWith("warning: Skipping snug/gated-model (authentication not configured)", After(without), StringComparison.Ordinal);
        Assert.StartsWith("snug/gated-model: 3 files, ", After(with), StringComparison.Ordinal);
        Assert.Contains(with, line => line.StartsWith("ok: snug/gated-model: 3 files downloaded and verified", StringComparison.Ordinal));

        static string After(string[] lines) => lines[Array.IndexOf(lines, "step: Attempting to download the model snug/gated-model") + 1];
    }

    [Fact]
    [Trait("Requirement", "S0-31")]
    public async Task After_a_login_only_what_was_left_out_is_done()
    {
        Manifest($$"""{ "models": ["{{Gated}}"], "stages": [{ "name": "a", "run": "echo a>>log.txt" }, { "name": "b", "run": "echo b>>log.txt" }] }""");
        Assert.Equal(0, (await _cli.RunAsync("setup")).ExitCode);
        _cli.Input = SampleHub.AliceToken;
        Assert.Equal(0, (await _cli.RunAsync("login")).ExitCode);
        _cli.Input = "";

        CliResult again = await _cli.RunAsync("setup");

        Assert.Equal(0, again.ExitCode);
        Assert.Equal(2, again.ErrorLines.Count(line => line == "ok: Already done."));
        Assert.Equal(["a", "b"], Log());
        Assert.Contains("snug/gated-model: 3 files downloaded and verified", again.Error, StringComparison.Ordinal);
        Assert.Equal("ok: Set-up is complete: everything is in place.", again.ErrorLines[^1]);
    }

    [Fact]
    [Trait("Requirement", "S0-36")]
    public async Task Interpreters_that_a_notebook_starts_find_the_token_and_the_cache()
    {
        await Tool.Python.RequireAsync();
        _cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;
        await File.WriteAllTextAsync(
            Path.Join(_cli.Work, "kernel.py"),
            """
            import glob, os, sys
            found = glob.glob(os.path.join(os.environ["HF_HUB_CACHE"], "models--snug--gated-model", "snapshots", "*", "config.json"))
            print(os.environ["HF_TOKEN"] == sys.argv[1], len(found))
            """,
            TestContext.Current.CancellationToken);

        CommandResult result = await SnugProcess.RunAsync(
            _cli, null, "exec", "--require", Gated, "--", "python3", "-c",
            $"import subprocess, sys; sys.exit(subprocess.run([sys.executable, 'kernel.py', '{SampleHub.AliceToken}']).returncode)");

        Assert.Equal((0, "True 1"), (result.ExitCode, result.Output.Trim()));
    }

    [Fact]
    [Trait("Requirement", "S0-38")]
    public async Task What_was_downloaded_beforehand_saves_the_time_later_as_the_guide_says()
    {
        _cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;
        Manifest($$"""{ "models": ["{{Gated}}"] }""");

        Assert.Equal(0, (await _cli.RunAsync("ensure", "-m", Gated)).ExitCode);
        _cli.Variables["HF_ENDPOINT"] = "http://127.0.0.1:1";
        CliResult setup = await _cli.RunAsync("setup");
        CliResult job = await _cli.RunAsync(["exec", "--", .. SetupCommandTests.Shell, "echo ran"]);

        Assert.Equal((0, 0, "ran"), (setup.ExitCode, job.ExitCode, job.Out.Trim()));
        string guide = await File.ReadAllTextAsync(Path.Join(AppContext.BaseDirectory, "docs", "setup.md"), TestContext.Current.CancellationToken);
        Assert.Contains("models can be downloaded beforehand", guide, StringComparison.Ordinal);
        Assert.Contains("snug ensure -m", guide, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S0-39")]
    public async Task The_last_words_of_a_set_up_without_a_token_are_to_get_one_before_the_training()
    {
        Manifest($$"""{ "models": ["{{Gated}}"] }""");

        CliResult result = await _cli.RunAsync("setup");

        Assert.Equal($"The token is not needed for set-up, but essential for training. Get it now: {hub.Endpoint}settings/tokens", result.ErrorLines[^1]);
    }

    [Fact]
    [Trait("Requirement", "S0-41")]
    public async Task Of_two_gated_models_the_preflight_passes_the_one_that_is_accepted_and_stops_at_the_other()
    {
        _cli.Variables["HF_TOKEN"] = SampleHub.CarolToken;
        Manifest($$"""{ "models": ["fishaudio/openaudio-s1-mini", "{{Gated}}"] }""");

        CliResult result = await _cli.RunAsync("doctor", "--json");

        Assert.Equal(ExitCodes.Access, result.ExitCode);
        JsonElement[] models = [.. result.Json.GetProperty("repositories").EnumerateArray()];
        Assert.Equal(["gated_not_granted", "gated_granted"], models.Select(model => model.GetProperty("state").GetString()));
        Assert.Equal([false, true], models.Select(model => model.GetProperty("readable").GetBoolean()));
        Assert.Equal(
            ["failed", "ok"],
            result.Json.GetProperty("checks").EnumerateArray().Where(check => check.GetProperty("id").GetString() == "repository").Select(check => check.GetProperty("status").GetString()));
    }

    [Fact]
    [Trait("Requirement", "S0-42")]
    public async Task After_a_login_the_same_command_works_in_the_same_shell()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The shell is that of Unix.");
        const string Script = """
            $SNUG exec --require snug/gated-model -- echo ran; echo "code=$?"
            cat | $SNUG login --token - --quiet; echo "code=$?"
            $SNUG exec --require snug/gated-model -- echo ran; echo "code=$?"
            """;

        CommandResult result = await SnugProcess.ShellAsync(_cli, Script, SampleHub.AliceToken);

        string[] lines = [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line == "ran" || line.StartsWith("code=", StringComparison.Ordinal))];
        Assert.Equal([$"code={ExitCodes.Access}", "code=0", "ran", "code=0"], lines);
    }

    private void Manifest(string text) => File.WriteAllText(Path.Join(_cli.Work, ProjectManifest.FileName), text);

    private string[] Log() => [.. File.ReadAllLines(Path.Join(_cli.Work, "log.txt")).Select(line => line.Trim())];
}
