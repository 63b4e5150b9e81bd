using System.Text.Json;

namespace Snug.Cli.Tests;

/// <summary>A cache that cannot be written is told as such, with the three things that help.</summary>
public sealed class StorageAdviceTests(SampleHub hub) : IClassFixture<SampleHub>
{
    /// <summary>What to do, in order: look at the rights, go elsewhere, clear what is damaged.</summary>
    private static readonly string[] Advice = ["Check that you may write there.", "another cache folder with HF_HOME or --cache-dir", "'snug cache clear'"];

    [Theory]
    [Trait("Requirement", "S3-38")]
    [InlineData("download", "snug/tiny-model")]
    [InlineData("download", "snug/tiny-model", "config.json")]
    [InlineData("ensure", "-m", "snug/tiny-model")]
    [InlineData("exec", "--require", "snug/tiny-model", "--", "true")]
    public async Task A_cache_that_cannot_be_written_says_permission_denied_and_what_helps(params string[] command)
    {
        await using ReadOnlyFolder folder = await ReadOnlyFolder.CreateAsync();
        using CliHarness cli = hub.Cli();
        cli.Variables["HF_HUB_CACHE"] = folder.Path;

        CliResult result = await cli.RunAsync(command);

        Assert.Equal(ExitCodes.Storage, result.ExitCode);
        string error = Assert.Single(result.ErrorLines, l => l.StartsWith("error: ", StringComparison.Ordinal));
        Assert.Contains(folder.Path, error, StringComparison.Ordinal);
        Assert.Contains("permission denied", error, StringComparison.Ordinal);
        AssertAdvice([.. result.ErrorLines.SkipWhile(l => l != error).Skip(1)]);
    }

    [Fact]
    public async Task Doctor_finds_it_beforehand_with_the_same_words()
    {
        await using ReadOnlyFolder folder = await ReadOnlyFolder.CreateAsync();
        using CliHarness cli = hub.Cli();
        cli.Variables["HF_HUB_CACHE"] = folder.Path;

        CliResult download = await cli.RunAsync("download", "snug/tiny-model", "--json");
        CliResult doctor = await cli.RunAsync("doctor", "snug/tiny-model", "--json");

        JsonElement check = Assert.Single(doctor.Json.GetProperty("checks").EnumerateArray(), c => c.GetProperty("id").GetString() == "cache");
        Assert.Equal((ExitCodes.Storage, "failed", "cache_access"), (doctor.ExitCode, check.GetProperty("status").GetString(), check.GetProperty("kind").GetString()));
        Assert.Equal($"'{folder.Path}' cannot be written: permission denied.", check.GetProperty("detail").GetString());
        Assert.Equal("cache_access", download.Json.GetProperty("kind").GetString());
        string[] advice = [.. check.GetProperty("advice").EnumerateArray().Select(a => a.GetString()!)];
        AssertAdvice(advice);
        Assert.Equal(advice, download.Json.GetProperty("advice").EnumerateArray().Select(a => a.GetString()!));
    }

    private static void AssertAdvice(string[] lines)
    {
        Assert.True(lines.Length >= Advice.Length, string.Join('\n', lines));
        for (int i = 0; i < Advice.Length; i++)
        {
            Assert.Contains(Advice[i], lines[i], StringComparison.Ordinal);
        }
    }
}
