using System.Text.Json;

namespace Snug.Cli.Tests;

/// <summary>What is on standard error while a download runs.</summary>
public sealed class DownloadProgressTests(SampleHub hub) : IClassFixture<SampleHub>
{
    [Fact]
    public async Task Json_progress_never_goes_back_and_ends_with_everything_done()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("download", "snug/tiny-model", "--progress", "json", "--limit-rate", "2M");

        List<JsonElement> reports = [.. result.Events.Where(e => e.TryGetProperty("bytesDone", out _))];
        long[] bytes = [.. reports.Select(e => e.GetProperty("bytesDone").GetInt64())];
        int[] files = [.. reports.Select(e => e.GetProperty("filesDone").GetInt32())];
        Assert.Equal(bytes.Order(), bytes);
        Assert.Equal(files.Order(), files);
        Assert.Equal((1_085_136, 8), (bytes[^1], files[^1]));
        Assert.Equal("finished", reports[^1].GetProperty("phase").GetString());
        Assert.Equal(
            ["resolving", "listing", "planning", "transferring", "finished"],
            result.Events.Where(e => e.GetProperty("event").GetString() == "phase").Select(e => e.GetProperty("phase").GetString()));
    }

    [Fact]
    public async Task Json_progress_follows_each_file_from_start_to_completion()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("download", "snug/tiny-model", "--progress", "json", "--limit-rate", "700k");

        ILookup<string, JsonElement> files = result.Events
            .Where(e => e.GetProperty("event").GetString() == "file")
            .ToLookup(e => e.GetProperty("file").GetString()!);
        Assert.Equal(8, files.Count);
        Assert.All(files, file =>
        {
            string[] states = [.. file.Select(e => e.GetProperty("state").GetString()!)];
            long[] done = [.. file.Select(e => e.GetProperty("fileBytesDone").GetInt64())];
            Assert.Equal("started", states[0]);
            Assert.Equal("completed", states[^1]);
            Assert.Equal(done.Order(), done);
            Assert.Equal(file.Last().GetProperty("fileBytesTotal").GetInt64(), done[^1]);
        });
        Assert.Contains(files["model.safetensors"], e => e.GetProperty("state").GetString() == "transferring");
    }

    [Fact]
    public async Task With_json_progress_every_line_of_standard_error_is_json_errors_and_messages_too()
    {
        using CliHarness cli = hub.Cli();

        CliResult done = await cli.RunAsync("download", "snug/tiny-model", "--progress", "json");
        CliResult gated = await cli.RunAsync("download", "snug/gated-model", "--progress", "json");

        Assert.Equal("message", done.Events[^1].GetProperty("event").GetString());
        Assert.Equal("error", gated.Events[^1].GetProperty("event").GetString());
        Assert.Equal("gated_repo_error", gated.Events[^1].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Plain_lines_have_no_terminal_sequences_and_name_each_file_once()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("download", "snug/tiny-model");

        Assert.DoesNotContain("\u001b", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\r", result.Error, StringComparison.Ordinal);
        Assert.Equal("snug/tiny-model: 8 files, 1.09 MB", result.ErrorLines[0]);
        Assert.Single(result.ErrorLines, l => l == "  model.safetensors  1.08 MB");
    }

    [Fact]
    public async Task A_terminal_is_left_with_one_line_and_the_path()
    {
        using CliHarness cli = hub.Cli();
        cli.IsTerminal = true;

        CliResult result = await cli.RunAsync("download", "snug/tiny-model", "--limit-rate", "1M");

        string screen = TerminalScreen.Show(result.Error);
        Assert.StartsWith("✅ snug/tiny-model: 8 files downloaded and verified", screen, StringComparison.Ordinal);
        Assert.Single(screen.Split('\n'));
        Assert.Contains("━", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--progress", "none")]
    [InlineData("HF_HUB_DISABLE_PROGRESS_BARS")]
    public async Task Progress_can_be_switched_off_by_option_and_by_variable(params string[] how)
    {
        using CliHarness cli = hub.Cli();
        cli.IsTerminal = true;
        if (how.Length == 1)
        {
            cli.Variables[how[0]] = "1";
            how = [];
        }

        CliResult result = await cli.RunAsync(["download", "snug/tiny-model", .. how]);

        Assert.Single(result.ErrorLines);
    }
}
