using System.Text.Json;

namespace Snug.Cli.Tests;

public sealed class DownloadCommandTests(SampleHub hub) : IClassFixture<SampleHub>
{
    [Fact]
    public async Task Standard_output_is_the_path_of_the_snapshot_and_nothing_else()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("download", "snug/tiny-model");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        string path = Assert.Single(result.OutLines);
        Assert.StartsWith(Path.Join(cli.Cache, "models--snug--tiny-model", "snapshots"), path, StringComparison.Ordinal);
        Assert.Equal(1_076_640, new FileInfo(File.ResolveLinkTarget(Path.Join(path, "model.safetensors"), true)!.FullName).Length);
        // A little more where the machine is so busy that a second connection helped out.
        Assert.Matches(@"8 files downloaded and verified, [1-2]\.\d\d MB", result.Error);
    }

    [Fact]
    public async Task One_file_prints_the_path_of_that_file()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("download", "snug/tiny-model", "onnx/README.md", "-q");

        Assert.EndsWith(Path.Join("onnx", "README.md"), result.Out.TrimEnd(), StringComparison.Ordinal);
        Assert.True(File.Exists(result.Out.TrimEnd()));
        Assert.Equal("", result.Error);
    }

    [Theory]
    [Trait("Requirement", "S2-07")]
    [InlineData("Tiny.mlpackage")]
    [InlineData("Tiny.mlpackage/")]
    public async Task A_package_is_fetched_as_the_folder_that_it_is_and_only_it(string name)
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("download", "snug/tiny-package", name);

        string folder = result.Out.TrimEnd();
        Assert.EndsWith("Tiny.mlpackage", folder, StringComparison.Ordinal);
        Assert.Equal(3, Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length);
        Assert.False(Directory.Exists(Path.Join(Path.GetDirectoryName(folder), "TinyQuantized.mlpackage")));
    }

    [Fact]
    public async Task Several_files_and_patterns_select_together_and_exclude_wins()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync(
            "download", "snug/tiny-model", "README.md", "*.onnx", "--include", "*config.json", "--exclude", "generation*", "--json");

        Assert.Equal(
            ["README.md", "config.json", "onnx/model.onnx", "tokenizer_config.json"],
            result.Json.GetProperty("files").EnumerateArray().Select(f => f.GetString()));
        Assert.Equal(4, result.Json.GetProperty("transferredFiles").GetInt32());
    }

    [Fact]
    public async Task A_named_file_that_is_missing_fails_although_others_were_found()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("download", "snug/tiny-model", "README.md", "no-such-file");

        Assert.Equal(ExitCodes.NotFound, result.ExitCode);
        Assert.Equal("", result.Out);
        Assert.Contains("'no-such-file'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pasted_address_of_a_file_downloads_that_file_at_its_revision()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("download", $"{hub.Endpoint}snug/tiny-model/resolve/v1/model.safetensors", "--json");

        Assert.Equal("v1", result.Json.GetProperty("revision").GetString());
        Assert.Equal(250_224, result.Json.GetProperty("transferredBytes").GetInt64());
    }

    [Fact]
    public async Task Repeated_offline_it_sends_no_request_and_prints_the_same_path()
    {
        using CliHarness cli = hub.Cli();
        CliResult first = await cli.RunAsync("download", "datasets/snug/tiny-data");
        using CliHarness elsewhere = new() { Variables = { ["HF_HOME"] = cli.Home } };

        CliResult second = await elsewhere.RunAsync("download", "datasets/snug/tiny-data", "--offline");

        Assert.Equal(0, second.ExitCode);
        Assert.Equal(first.Out, second.Out);
    }

    [Fact]
    public async Task Offline_with_nothing_cached_ends_with_8()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("download", "snug/tiny-model", "--offline", "--json");

        Assert.Equal((ExitCodes.Offline, "offline_not_cached"), (result.ExitCode, result.Json.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task A_dry_run_transfers_nothing_and_says_what_it_would()
    {
        using CliHarness cli = hub.Cli();
        await cli.RunAsync("download", "snug/tiny-model", "config.json");

        CliResult result = await cli.RunAsync("download", "snug/tiny-model", "--dry-run", "--json");

        JsonElement plan = result.Json;
        Assert.Equal(7, plan.GetProperty("filesToFetch").GetInt32());
        Assert.Equal(1_085_136, plan.GetProperty("totalBytes").GetInt64());
        Assert.Equal(1_085_136 - 451, plan.GetProperty("bytesToFetch").GetInt64());
        Assert.Equal(
            "present", plan.GetProperty("files").EnumerateArray().Single(f => f.GetProperty("path").GetString() == "config.json").GetProperty("state").GetString());
        Assert.Empty(Directory.GetFiles(cli.Cache, "model.safetensors", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_local_directory_gets_the_files_under_their_names()
    {
        using CliHarness cli = hub.Cli();
        string target = Path.Join(cli.Home, "here");

        CliResult result = await cli.RunAsync("download", "snug/tiny-model", "--local-dir", target, "--include", "*.json");

        Assert.Equal(target, result.Out.TrimEnd());
        Assert.True(File.Exists(Path.Join(target, "config.json")));
        Assert.Null(new FileInfo(Path.Join(target, "config.json")).LinkTarget);
    }

    [Fact]
    public async Task Force_in_offline_mode_is_refused()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("download", "snug/tiny-model", "--force", "--offline");

        Assert.Equal(ExitCodes.Usage, result.ExitCode);
    }

    [Fact]
    public async Task Force_transfers_everything_again()
    {
        using CliHarness cli = hub.Cli();
        await cli.RunAsync("download", "snug/tiny-model");

        CliResult again = await cli.RunAsync("download", "snug/tiny-model", "--json");
        CliResult forced = await cli.RunAsync("download", "snug/tiny-model", "--force", "--json");

        Assert.Equal(0, again.Json.GetProperty("transferredFiles").GetInt32());
        Assert.Equal(8, forced.Json.GetProperty("transferredFiles").GetInt32());
    }

    [Fact]
    public async Task A_pattern_that_matches_nothing_is_warned_about()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("download", "snug/tiny-model", "--include", "*.gguf");

        Assert.Contains("warning: No file of snug/tiny-model was selected", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gated_repository_ends_with_4_and_its_own_page_in_the_advice()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("download", "snug/gated-model");

        Assert.Equal(ExitCodes.Access, result.ExitCode);
        Assert.Equal("", result.Out);
        Assert.Contains($"  1. Open {hub.Endpoint}snug/gated-model", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_option_opens_a_private_repository_and_is_never_printed()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("download", "snug/private-model", "--token", SampleHub.AliceToken, "--progress", "json", "--json");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.DoesNotContain(SampleHub.AliceToken, result.Out + result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fast")]
    [InlineData("0")]
    [InlineData("-5k")]
    public async Task A_rate_that_is_none_is_wrong_use(string rate)
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("download", "snug/tiny-model", "--limit-rate=" + rate);

        Assert.Equal(ExitCodes.Usage, result.ExitCode);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_ends_with_9()
    {
        using CliHarness cli = hub.Cli();
        string file = Path.Join(cli.Home, "a-file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);

        CliResult result = await cli.RunAsync("download", "snug/tiny-model", "--cache-dir", file, "--json");

        Assert.Equal((ExitCodes.Storage, "cache_access"), (result.ExitCode, result.Json.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task Cancelled_in_the_middle_it_ends_with_130_and_the_next_run_goes_on()
    {
        using CliHarness cli = hub.Cli();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        cli.OnError = text =>
        {
            // The small files are there, and at 200 kB/s the large one is far from it.
            if (text.Contains("\"filesDone\":7", StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        };

        CliResult cut = await cli.RunAsync(stop.Token, "download", "snug/tiny-model", "--limit-rate", "200k", "--progress", "json", "--json");
        cli.OnError = null;
        CliResult resumed = await cli.RunAsync("download", "snug/tiny-model", "--json");

        Assert.Equal(ExitCodes.Cancelled, cut.ExitCode);
        Assert.Equal("cancelled", cut.Json.GetProperty("kind").GetString());
        Assert.Equal("error", cut.Events[^1].GetProperty("event").GetString());
        Assert.Equal(ExitCodes.Done, resumed.ExitCode);
        Assert.Equal(1, resumed.Json.GetProperty("transferredFiles").GetInt32());
    }
}
