using System.Text.Json;

namespace Snug.Cli.Tests;

/// <summary>A set-up does what the manifest says, once, and ends with the truth.</summary>
public sealed class SetupCommandTests(SampleHub hub) : IClassFixture<SampleHub>, IDisposable
{
    private readonly CliHarness _cli = hub.Cli();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Stages_run_in_order_and_a_second_set_up_runs_none_of_them()
    {
        Manifest("""
            {
              "models": ["snug/tiny-model"],
              "stages": [
                { "name": "first", "run": "echo first>>log.txt" },
                { "name": "second", "title": "The second", "run": ["echo second>>log.txt", "echo third>>log.txt"] }
              ]
            }
            """);

        CliResult before = await _cli.RunAsync("status", "--json");
        CliResult setup = await _cli.RunAsync("setup");
        CliResult again = await _cli.RunAsync("setup", "--json");
        CliResult after = await _cli.RunAsync("status", "--json");

        Assert.Equal((0, 0, 0, 0), (before.ExitCode, setup.ExitCode, again.ExitCode, after.ExitCode));
        Assert.Equal(["todo", "todo", "todo"], States(before));
        Assert.Equal(["first", "second", "third"], Log());
        Assert.Equal(["done", "done", "done"], States(again));
        Assert.Equal("done", after.Json.GetProperty("state").GetString());
        Assert.Contains("step: The second", setup.Error, StringComparison.Ordinal);
        Assert.Contains("Already done.", again.Error, StringComparison.Ordinal);
        Assert.Contains("Set-up is complete: everything is in place.", setup.Error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S0-43")]
    public async Task What_is_done_needs_no_Hub()
    {
        Manifest("""{ "models": ["snug/tiny-model"], "stages": [{ "name": "first", "run": "echo first>>log.txt" }] }""");
        Assert.Equal(0, (await _cli.RunAsync("setup")).ExitCode);
        _cli.Variables["HF_ENDPOINT"] = "http://127.0.0.1:1";

        CliResult again = await _cli.RunAsync("setup");
        CliResult exec = await _cli.RunAsync("exec", "--", Shell[0], Shell[1], "echo ran");

        Assert.Equal((0, 0), (again.ExitCode, exec.ExitCode));
        Assert.Equal("ran", exec.Out.Trim());
        Assert.Equal(["first"], Log());
    }

    [Fact]
    public async Task Stages_that_need_no_token_run_though_there_is_no_Hub()
    {
        Manifest("""{ "models": ["snug/tiny-model"], "stages": [{ "name": "first", "run": "echo first>>log.txt" }, { "name": "second", "run": "echo second>>log.txt" }] }""");
        _cli.Variables["HF_ENDPOINT"] = "http://127.0.0.1:1";

        CliResult setup = await _cli.RunAsync("setup", "--json");

        Assert.Equal(ExitCodes.Network, setup.ExitCode);
        Assert.Equal(["first", "second"], Log());
        Assert.Equal(["done", "done", "blocked"], States(setup));
        Assert.Contains("  1. first (needs token: no)", setup.Error, StringComparison.Ordinal);
        Assert.Contains("  3. Download of 1 model (needs token: only if gated or private)", setup.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stage_runs_again_when_its_command_input_or_output_has_changed()
    {
        const string Text = """{ "stages": [{ "name": "a", "run": "echo a>>log.txt", "inputs": ["in.txt"], "outputs": ["log.txt"] }] }""";
        Manifest(Text);
        await _cli.RunAsync("setup");
        Assert.Single(Log());

        Write("in.txt", "new");
        Assert.Equal("its commands or its inputs have changed", Reason(await _cli.RunAsync("status", "--json")));
        await _cli.RunAsync("setup");
        Assert.Equal(2, Log().Length);

        Manifest(Text.Replace("echo a", "echo b", StringComparison.Ordinal));
        await _cli.RunAsync("setup");
        Assert.Equal(3, Log().Length);

        File.Delete(Path.Join(_cli.Work, "log.txt"));
        Assert.Equal("'log.txt' is missing", Reason(await _cli.RunAsync("status", "--json")));
        await _cli.RunAsync("setup");
        Assert.Equal(["b"], Log());

        await _cli.RunAsync("setup", "--force");
        Assert.Equal(["b", "b"], Log());
    }

    [Fact]
    public async Task A_stage_that_fails_ends_the_set_up_and_is_where_the_next_one_begins()
    {
        Manifest("""
            {
              "models": ["snug/tiny-model"],
              "stages": [
                { "name": "first", "run": "echo first>>log.txt" },
                { "name": "second", "run": ["exit 3", "echo never>>log.txt"] },
                { "name": "third", "run": "echo third>>log.txt" }
              ]
            }
            """);

        CliResult failed = await _cli.RunAsync("setup", "--json");
        CliResult status = await _cli.RunAsync("status", "--json");
        Manifest("""
            {
              "stages": [
                { "name": "first", "run": "echo first>>log.txt" },
                { "name": "second", "run": "echo mended>>log.txt" },
                { "name": "third", "run": "echo third>>log.txt" }
              ]
            }
            """);
        CliResult mended = await _cli.RunAsync("setup");

        Assert.Equal((1, 1, 0), (failed.ExitCode, status.ExitCode, mended.ExitCode));
        Assert.Equal(["done", "failed", "todo", "todo"], States(failed));
        Assert.Equal(["done", "failed", "todo", "todo"], States(status));
        Assert.Contains("The stage 'second' failed: its command ended with 3.", failed.Error, StringComparison.Ordinal);
        Assert.Equal(["first", "mended", "third"], Log());
    }

    [Fact]
    public async Task A_stage_whose_output_does_not_appear_has_failed()
    {
        Manifest("""{ "stages": [{ "name": "a", "run": "echo nothing", "outputs": ["made"] }] }""");

        CliResult result = await _cli.RunAsync("setup");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("its commands ended, but 'made' is missing", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S0-05")]
    public async Task Without_a_token_a_gated_model_is_deferred_and_nothing_of_it_is_asked_for()
    {
        Manifest("""{ "models": ["snug/gated-model", "snug/tiny-model"], "stages": [{ "name": "a", "run": "echo a>>log.txt" }] }""");
        int before = hub.Requests.Count;

        CliResult result = await _cli.RunAsync("setup");
        CliResult status = await _cli.RunAsync("status", "--json");

        Assert.Equal((0, 0), (result.ExitCode, status.ExitCode));
        Assert.Contains("step: Checking HuggingFace authentication", result.Error, StringComparison.Ordinal);
        Assert.Contains("warning: HuggingFace authentication is not configured (HF_TOKEN not provided)", result.Error, StringComparison.Ordinal);
        Assert.Contains($"1. Get a token with read permission: {hub.Endpoint}settings/tokens", result.Error, StringComparison.Ordinal);
        Assert.Contains("2. Run 'snug login' and paste it; or set the variable: export HF_TOKEN=hf_...", result.Error, StringComparison.Ordinal);
        Assert.Contains("step: Attempting to download the model snug/gated-model", result.Error, StringComparison.Ordinal);
        Assert.Contains("Skipping snug/gated-model (authentication not configured)", result.Error, StringComparison.Ordinal);
        Assert.Contains("It will be downloaded when used.", result.Error, StringComparison.Ordinal);
        Assert.Contains("essential for training. Get it now", result.ErrorLines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(hub.Requests.Skip(before), r => r.Contains("snug/gated-model/resolve", StringComparison.Ordinal));

        JsonElement[] models = [.. status.Json.GetProperty("models").EnumerateArray()];
        Assert.Equal((true, false), (models[0].GetProperty("deferred").GetBoolean(), models[1].GetProperty("deferred").GetBoolean()));
        Assert.Equal("gated_repo_error", models[0].GetProperty("error").GetProperty("kind").GetString());
        Assert.Equal("gated_no_token", models[0].GetProperty("error").GetProperty("cause").GetString());
        Assert.Equal("required", models[0].GetProperty("token").GetString());
        Assert.Equal("deferred", status.Json.GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_missing_token_is_a_failure_where_that_is_asked_for()
    {
        Manifest("""{ "models": ["snug/gated-model"], "stages": [{ "name": "a", "run": "echo a>>log.txt" }] }""");

        CliResult result = await _cli.RunAsync("setup", "--on-missing-auth", "fail");

        Assert.Equal(ExitCodes.Access, result.ExitCode);
        Assert.Equal(["a"], Log());
    }

    [Fact]
    public async Task Of_two_gated_models_the_one_whose_terms_are_accepted_is_downloaded()
    {
        _cli.Variables["HF_TOKEN"] = SampleHub.CarolToken;
        Manifest("""{ "models": ["fishaudio/openaudio-s1-mini", "snug/gated-model"] }""");

        CliResult result = await _cli.RunAsync("setup", "--json");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["deferred", "done"], States(result));
        Assert.Equal("gated_not_granted", result.Json.GetProperty("models")[0].GetProperty("error").GetProperty("cause").GetString());
    }

    [Fact]
    public async Task What_no_token_would_change_is_blocked_and_the_rest_is_still_done()
    {
        _cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;
        Manifest("""{ "models": ["snug/missing", "snug/disabled-model", "snug/tiny-model"], "stages": [{ "name": "a", "run": "echo a>>log.txt" }] }""");

        CliResult result = await _cli.RunAsync("setup", "--json");

        Assert.Equal(ExitCodes.NotFound, result.ExitCode);
        Assert.Equal(["done", "blocked", "blocked", "done"], States(result));
        Assert.Equal("blocked", result.Json.GetProperty("state").GetString());
        Assert.NotEmpty(result.Json.GetProperty("models")[0].GetProperty("error").GetProperty("advice").EnumerateArray());
    }

    [Fact]
    public async Task A_refused_token_is_not_taken_for_a_missing_one()
    {
        _cli.Variables["HF_TOKEN"] = SampleHub.ExpiredToken;
        Manifest("""{ "models": ["snug/gated-model"] }""");

        CliResult result = await _cli.RunAsync("setup", "--json");

        Assert.Equal(ExitCodes.Token, result.ExitCode);
        Assert.Equal("invalid_token", result.Json.GetProperty("models")[0].GetProperty("error").GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_stage_that_needs_a_token_waits_for_one_and_then_gets_it_alone()
    {
        string name = OperatingSystem.IsWindows() ? "%HF_TOKEN%" : "$HF_TOKEN";
        string token = SampleHub.AliceToken;
        Manifest($$"""
            {
              "stages": [
                { "name": "without", "run": "echo without={{name}}" },
                { "name": "maybe", "run": "echo maybe={{name}}", "token": "optional" },
                { "name": "with", "run": "echo with={{name}}", "token": "required" }
              ]
            }
            """);

        CliResult none = await _cli.RunAsync("setup", "--json");
        _cli.Variables["HF_TOKEN"] = token;
        CliResult some = await _cli.RunAsync("setup", "--force");

        Assert.Equal((0, 0), (none.ExitCode, some.ExitCode));
        Assert.Equal(["done", "done", "deferred"], States(none));
        Assert.Contains("Not run; run 'snug setup' again once there is a token: with.", none.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("without=" + token, some.Out, StringComparison.Ordinal);
        Assert.Contains("maybe=" + token, some.Out, StringComparison.Ordinal);
        Assert.Contains("with=" + token, some.Out.Replace("without=", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain(token, some.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Path.Join(_cli.Work, ".snug")), f => File.ReadAllText(f).Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stage_gets_its_models_first_and_waits_with_them()
    {
        Manifest("""
            {
              "models": ["snug/gated-model"],
              "stages": [{ "name": "convert", "run": "echo converted>>log.txt", "models": ["snug/gated-model"] }, { "name": "last", "run": "echo last>>log.txt" }]
            }
            """);

        CliResult without = await _cli.RunAsync("setup", "--json");
        _cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;
        CliResult with = await _cli.RunAsync("setup", "--json");

        Assert.Equal((0, 0), (without.ExitCode, with.ExitCode));
        Assert.Equal(["deferred", "done", "deferred"], States(without));
        Assert.Equal(["done", "done", "done"], States(with));
        Assert.Equal(["last", "converted"], Log());
    }

    [Fact]
    public async Task A_model_may_go_into_a_folder_of_the_project()
    {
        Manifest("""{ "models": [{ "repository": "snug/tiny-model", "revision": "v1", "include": ["*.json"], "directory": "checkpoints/tiny" }] }""");

        CliResult first = await _cli.RunAsync("setup");
        int before = hub.Requests.Count;
        CliResult second = await _cli.RunAsync("setup", "--json");

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Equal(before, hub.Requests.Count);
        Assert.Equal(
            File.ReadAllText(Path.Join(SampleHub.Repositories, "models/snug/tiny-model/first/config.json")),
            File.ReadAllText(Path.Join(_cli.Work, "checkpoints/tiny/config.json")));
        Assert.False(File.Exists(Path.Join(_cli.Work, "checkpoints/tiny/model.safetensors")));

        File.Delete(Path.Join(_cli.Work, "checkpoints/tiny/config.json"));
        Assert.Equal(["todo"], States(await _cli.RunAsync("status", "--json")));
        Assert.Equal(["done"], States(await _cli.RunAsync("setup", "--json")));
        Assert.True(File.Exists(Path.Join(_cli.Work, "checkpoints/tiny/config.json")));
    }

    [Fact]
    public async Task The_env_file_of_the_project_counts()
    {
        Write(".env", $"HF_TOKEN={SampleHub.AliceToken}\n");
        Manifest("""{ "models": ["snug/gated-model"] }""");
        using CliHarness elsewhere = hub.Cli();

        CliResult result = await elsewhere.RunAsync("setup", "--project", _cli.Work, "--json");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("HF_TOKEN in .env", result.Json.GetProperty("token").GetProperty("source").GetString());
        Assert.Equal(["done"], States(result));
    }

    [Fact]
    public async Task A_memory_that_cannot_be_read_is_no_memory()
    {
        Manifest("""{ "stages": [{ "name": "a", "run": "echo a>>log.txt" }] }""");
        await _cli.RunAsync("setup");
        Write(".snug/state.json", "{ \"version\": 1, \"stages\": [");

        CliResult status = await _cli.RunAsync("status", "--json");
        CliResult setup = await _cli.RunAsync("setup");

        Assert.Equal(["todo"], States(status));
        Assert.Contains("nothing counts as done", status.Error, StringComparison.Ordinal);
        Assert.Equal(0, setup.ExitCode);
        Assert.Equal(["a", "a"], Log());
        Assert.Equal("*", File.ReadAllText(Path.Join(_cli.Work, ".snug/.gitignore")).Trim());
    }

    [Fact]
    public async Task Two_set_ups_of_a_project_do_not_run_at_once()
    {
        Manifest("""{ "stages": [{ "name": "a", "run": "echo a>>log.txt" }] }""");
        Directory.CreateDirectory(Path.Join(_cli.Work, ".snug"));
        using (new FileStream(Path.Join(_cli.Work, ".snug/lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            CliResult second = await _cli.RunAsync("setup", "--json");

            Assert.Equal((ExitCodes.Storage, "setup_running"), (second.ExitCode, second.Json.GetProperty("kind").GetString()));
        }

        Assert.Equal(0, (await _cli.RunAsync("setup")).ExitCode);
    }

    [Fact]
    public async Task With_json_the_document_is_alone_on_standard_output()
    {
        Manifest("""{ "name": "alone", "stages": [{ "name": "a", "run": "echo noise" }] }""");

        CliResult result = await _cli.RunAsync("setup", "--json");

        Assert.Equal("alone", result.Json.GetProperty("project").GetString());
        Assert.Contains("noise", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_without_a_manifest_is_wrong_use()
    {
        CliResult setup = await _cli.RunAsync("setup", "--json");
        CliResult status = await _cli.RunAsync("status", "--project", "nowhere");

        Assert.Equal((ExitCodes.Usage, "no_manifest"), (setup.ExitCode, setup.Json.GetProperty("kind").GetString()));
        Assert.Equal(ExitCodes.Usage, status.ExitCode);
    }

    [Fact]
    public async Task Status_is_lines_for_programs()
    {
        Manifest("""{ "models": ["snug/tiny-model"], "stages": [{ "name": "a", "run": "echo a", "token": "optional" }] }""");

        CliResult result = await _cli.RunAsync("status");

        Assert.Equal("stage\ta\ttodo\toptional\tit has not run yet", result.OutLines[0]);
        Assert.StartsWith("model\tsnug/tiny-model\ttodo\tnone\t", result.OutLines[1], StringComparison.Ordinal);
    }

    internal static string[] Shell => OperatingSystem.IsWindows() ? ["cmd.exe", "/c"] : ["/bin/sh", "-c"];

    private static string[] States(CliResult result) =>
    [
        .. result.Json.GetProperty("stages").EnumerateArray().Concat(result.Json.GetProperty("models").EnumerateArray())
            .Select(i => i.GetProperty("state").GetString()!),
    ];

    private static string? Reason(CliResult result) => result.Json.GetProperty("stages")[0].GetProperty("reason").GetString();

    private void Manifest(string text) => Write(ProjectManifest.FileName, text);

    private void Write(string name, string text) => File.WriteAllText(Path.Join(_cli.Work, name), text);

    private string[] Log() => [.. File.ReadAllLines(Path.Join(_cli.Work, "log.txt")).Select(line => line.Trim())];
}
