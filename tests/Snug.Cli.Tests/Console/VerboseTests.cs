namespace Snug.Cli.Tests;

/// <summary><c>-v</c> and <c>-vv</c>: what happens, on standard error, without secrets.</summary>
public sealed class VerboseTests(SampleHub hub) : IClassFixture<SampleHub>
{
    [Fact]
    public async Task Nothing_is_logged_unless_asked_for()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("info", "tiny");

        Assert.Equal((ExitCodes.Done, ""), (result.ExitCode, result.Error));
    }

    [Theory]
    [Trait("Requirement", "S3-42")]
    [InlineData("-vv")]
    [InlineData("-v", "-v")]
    [InlineData("--verbose", "--verbose")]
    public async Task Twice_logs_each_request_with_time_and_level_and_without_the_token(params string[] options)
    {
        using CliHarness cli = hub.Cli();
        cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;

        CliResult result = await cli.RunAsync(["info", "tiny", "--json", .. options]);

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Contains(result.ErrorLines, l => System.Text.RegularExpressions.Regex.IsMatch(
            l, @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z debug: huggingface: GET http://\S+/api/models/tiny\S* answered 200 after "));
        Assert.DoesNotContain(SampleHub.AliceToken[8..], result.Out + result.Error, StringComparison.Ordinal);
        Assert.Equal("tiny", result.Json.GetProperty("repository").GetString());
    }

    [Theory]
    [InlineData("exec", "--require", "snug/gated-model", "--", "true")]
    [InlineData("doctor", "snug/gated-model")]
    [InlineData("verify-access", "--token", SampleHub.AliceToken, "snug/gated-model")]
    [InlineData("download", "snug/gated-model")]
    public async Task Every_command_says_in_its_log_that_the_token_is_configured(params string[] command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && command[0] == "exec", "The command is a shell's.");
        using CliHarness cli = hub.Cli();
        cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;

        CliResult result = await cli.RunAsync([command[0], "-v", .. command[1..]]);

        Assert.Contains(result.ErrorLines, l => l.Contains(" info: HuggingFace token configured (from ", StringComparison.Ordinal));
        Assert.DoesNotContain(SampleHub.AliceToken, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S3-42")]
    public async Task Once_leaves_the_requests_out()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("info", "tiny", "-v");

        Assert.DoesNotContain(result.ErrorLines, l => l.Contains(" debug: ", StringComparison.Ordinal));
    }
}
