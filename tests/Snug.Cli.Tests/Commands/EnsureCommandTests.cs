using System.Text.Json;

namespace Snug.Cli.Tests;

public sealed class EnsureCommandTests(SampleHub hub) : IClassFixture<SampleHub>
{
    [Fact]
    public async Task Every_model_is_tried_and_the_first_failure_decides_the_exit_code()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync(
            "ensure", "-m", "snug/tiny-model", "-m", "snug/gated-model", "-m", "snug/nothing-here", "-m", "tiny", "--json");

        Assert.Equal(ExitCodes.Access, result.ExitCode);
        JsonElement[] models = [.. result.Json.GetProperty("models").EnumerateArray()];
        Assert.Equal(["downloaded", "failed", "failed", "downloaded"], models.Select(m => m.GetProperty("status").GetString()));
        Assert.Equal("gated_repo_error", models[1].GetProperty("error").GetProperty("kind").GetString());
        Assert.Equal("repository_not_found", models[2].GetProperty("error").GetProperty("kind").GetString());
        Assert.True(File.Exists(Path.Join(models[3].GetProperty("path").GetString(), "config.json")));
    }

    [Fact]
    public async Task The_second_run_transfers_nothing()
    {
        using CliHarness cli = hub.Cli();
        CliResult first = await cli.RunAsync("ensure", "-m", "snug/tiny-model", "--json");

        CliResult second = await cli.RunAsync("ensure", "-m", "snug/tiny-model", "--json");

        Assert.Equal("downloaded", Only(first).GetProperty("status").GetString());
        Assert.Equal("present", Only(second).GetProperty("status").GetString());
        Assert.Equal(0, Only(second).GetProperty("transferredBytes").GetInt64());
    }

    [Fact]
    public async Task The_variable_names_models_with_commas_or_spaces_between()
    {
        using CliHarness cli = hub.Cli();
        cli.Variables["MODELS"] = "snug/tiny-model, tiny snug/tiny-package";

        CliResult result = await cli.RunAsync("ensure", "--from-env", "MODELS");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Equal(["snug/tiny-model", "tiny", "snug/tiny-package"], result.OutLines.Select(l => l.Split('\t')[0]));
    }

    [Fact]
    public async Task WHISPER_MODEL_is_read_when_no_model_is_given_and_not_otherwise()
    {
        using CliHarness cli = hub.Cli();
        cli.Variables["WHISPER_MODEL"] = "tiny";

        CliResult byVariable = await cli.RunAsync("ensure");
        CliResult byOption = await cli.RunAsync("ensure", "-m", "snug/tiny-package");

        Assert.Equal("tiny", byVariable.Out.Split('\t')[0]);
        Assert.Contains("WHISPER_MODEL names tiny", byVariable.Error, StringComparison.Ordinal);
        Assert.Equal("snug/tiny-package", Assert.Single(byOption.OutLines).Split('\t')[0]);
    }

    [Fact]
    public async Task Without_any_model_the_default_is_used_and_named()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("ensure");

        Assert.Contains("using the default, openai/whisper-tiny", result.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.NotFound, result.ExitCode);
    }

    [Fact]
    public async Task A_named_variable_that_is_empty_is_wrong_use()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("ensure", "--from-env", "NOTHING_HERE");

        Assert.Equal(ExitCodes.Usage, result.ExitCode);
    }

    [Fact]
    public async Task A_list_file_may_have_comments_and_blank_lines()
    {
        using CliHarness cli = hub.Cli();
        string list = Path.Join(cli.Home, "models.txt");
        await File.WriteAllTextAsync(list, "# ours\nsnug/tiny-model\n\ntiny  # small\n", TestContext.Current.CancellationToken);

        CliResult result = await cli.RunAsync("ensure", "--from-file", list, "--quiet");

        Assert.Equal(["snug/tiny-model", "tiny"], result.OutLines.Select(l => l.Split('\t')[0]));
        Assert.Equal("", result.Error);
    }

    [Fact]
    public async Task A_cache_directory_of_its_own_receives_the_models()
    {
        using CliHarness cli = hub.Cli();
        string cache = Path.Join(cli.Home, "models");

        CliResult result = await cli.RunAsync("ensure", "-m", "tiny", "--cache-dir", cache);

        Assert.StartsWith(cache, result.Out.TrimEnd().Split('\t')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Force_in_offline_mode_is_warned_about_and_the_cache_is_used()
    {
        using CliHarness cli = hub.Cli();
        await cli.RunAsync("ensure", "-m", "tiny");

        CliResult result = await cli.RunAsync("ensure", "-m", "tiny", "--force", "--offline");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Contains("warning: --force has no effect in offline mode", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_that_is_none_fails_alone()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("ensure", "-m", "not an id", "-m", "tiny", "--json");

        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Equal(["failed", "downloaded"], result.Json.GetProperty("models").EnumerateArray().Select(m => m.GetProperty("status").GetString()));
    }

    private static JsonElement Only(CliResult result) => Assert.Single(result.Json.GetProperty("models").EnumerateArray());
}
