using System.Text.Json;

namespace Snug.Cli.Tests;

public sealed class CacheCommandTests(SampleHub hub) : IClassFixture<SampleHub>
{
    [Fact]
    public async Task The_list_has_every_repository_with_its_exact_size()
    {
        using CliHarness cli = await FilledAsync();

        CliResult result = await cli.RunAsync("cache", "list");

        Assert.Equal(["snug/tiny-model\t1335815\t2\t10", "tiny\t"], [.. result.OutLines.Select((l, i) => i == 0 ? string.Join('\t', l.Split('\t')[..4]) : l[..5])]);
    }

    [Fact]
    public async Task The_list_by_revision_has_each_commit_with_its_refs()
    {
        using CliHarness cli = await FilledAsync();

        CliResult result = await cli.RunAsync("cache", "list", "--revisions");

        Assert.Equal(3, result.OutLines.Length);
        Assert.Contains(result.OutLines, l => l.StartsWith("snug/tiny-model\t", StringComparison.Ordinal) && l.EndsWith("\tv1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_list_as_json_adds_up()
    {
        using CliHarness cli = await FilledAsync();

        JsonElement cache = (await cli.RunAsync("cache", "ls", "--json")).Json;

        Assert.Equal(cli.Cache, cache.GetProperty("directory").GetString());
        Assert.Equal(
            cache.GetProperty("sizeInBytes").GetInt64(),
            cache.GetProperty("repositories").EnumerateArray().Sum(r => r.GetProperty("sizeInBytes").GetInt64()));
        Assert.Empty(cache.GetProperty("problems").EnumerateArray());
    }

    [Fact]
    public async Task An_empty_cache_is_no_error()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("cache", "list");

        Assert.Equal((ExitCodes.Done, ""), (result.ExitCode, result.Out));
        Assert.Contains("Nothing is cached", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_repository_is_shown_with_its_files()
    {
        using CliHarness cli = await FilledAsync();

        CliResult text = await cli.RunAsync("cache", "info", "tiny");
        CliResult json = await cli.RunAsync("cache", "info", "tiny", "--json");

        Assert.Contains(text.OutLines, l => l.EndsWith("\tconfig.json", StringComparison.Ordinal));
        Assert.Equal("tiny", json.Json.GetProperty("repository").GetString());
    }

    [Fact]
    public async Task Paths_of_the_cache_a_snapshot_and_a_file_are_printed()
    {
        using CliHarness cli = await FilledAsync();

        string cache = (await cli.RunAsync("cache", "path")).Out.TrimEnd();
        string snapshot = (await cli.RunAsync("cache", "path", "snug/tiny-model", "--revision", "v1")).Out.TrimEnd();
        string file = (await cli.RunAsync("cache", "path", "tiny", "config.json")).Out.TrimEnd();

        Assert.Equal(cli.Cache, cache);
        Assert.True(Directory.Exists(snapshot));
        Assert.True(File.Exists(file));
    }

    [Theory]
    [InlineData("cache", "path", "snug/tiny-package")]
    [InlineData("cache", "path", "tiny", "no-such-file")]
    [InlineData("cache", "info", "snug/tiny-package")]
    public async Task What_is_not_cached_ends_with_8(params string[] arguments)
    {
        using CliHarness cli = await FilledAsync();

        CliResult result = await cli.RunAsync(arguments);

        Assert.Equal(ExitCodes.Offline, result.ExitCode);
        Assert.Contains("is not in the cache", result.ErrorLines[0], StringComparison.Ordinal);
    }

    private async Task<CliHarness> FilledAsync()
    {
        CliHarness cli = hub.Cli();
        foreach (string[] arguments in (string[][])[["snug/tiny-model"], ["snug/tiny-model", "--revision", "v1"], ["tiny"]])
        {
            Assert.Equal(0, (await cli.RunAsync(["download", "-q", .. arguments])).ExitCode);
        }

        return cli;
    }
}
