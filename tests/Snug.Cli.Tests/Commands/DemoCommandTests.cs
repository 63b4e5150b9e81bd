namespace Snug.Cli.Tests;

public sealed class DemoCommandTests
{
    [Fact]
    public async Task The_story_ends_well_without_a_network_and_without_the_users_settings()
    {
        using CliHarness cli = new();
        cli.Variables["HF_TOKEN"] = SampleHub.ExpiredToken;
        cli.Variables["HF_HUB_OFFLINE"] = "1";

        CliResult result = await cli.RunAsync("demo");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Contains("$ snug download snug/tiny-model", result.Out, StringComparison.Ordinal);
        Assert.Contains("0 requests this time.", result.Out, StringComparison.Ordinal);
        Assert.Contains("Tiny.mlpackage", result.Out, StringComparison.Ordinal);
        Assert.Contains("is gated and you have no access to it", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(cli.Home));
        string cache = result.OutLines.First(l => l.Contains("snug-demo-", StringComparison.Ordinal));
        Assert.False(Directory.Exists(cache));
    }
}
