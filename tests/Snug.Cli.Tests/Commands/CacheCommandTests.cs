using System.Text.Json;

namespace Snug.Cli.Tests;

public sealed class CacheCommandTests(SampleHub hub) : IClassFixture<SampleHub>
{
    [Fact]
    public async Task The_list_has_every_repository_with_its_exact_size()
    {
        using CliHarness cli = await FilledAsync();

        CliResult result = await cli.RunAsync("cache", "list");

        JsonElement[] both = [.. (await cli.RunAsync("files", "snug/tiny-model", "--json")).Json.GetProperty("files").EnumerateArray(),
            .. (await cli.RunAsync("files", "snug/tiny-model", "--revision", "v1", "--json")).Json.GetProperty("files").EnumerateArray()];
        JsonElement[] distinct = [.. both.DistinctBy(f => f.GetProperty("etag").GetString())];
        Assert.True(distinct.Length < both.Length);
        Assert.Equal(2, result.OutLines.Length);
        Assert.StartsWith($"snug/tiny-model\t{distinct.Sum(f => f.GetProperty("size").GetInt64())}\t2\t{distinct.Length}\t", result.OutLines[0], StringComparison.Ordinal);
        Assert.StartsWith("tiny\t", result.OutLines[1], StringComparison.Ordinal);
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

    [Fact]
    public async Task Removing_asks_and_a_no_removes_nothing()
    {
        using CliHarness cli = await FilledAsync();
        cli.IsTerminal = true;
        cli.Input = "n\n";

        CliResult result = await cli.RunAsync("cache", "remove", "tiny");

        Assert.Contains("[y/N]", result.Error, StringComparison.Ordinal);
        Assert.Contains("Nothing was removed.", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await cli.RunAsync("cache", "path", "tiny")).ExitCode);
    }

    [Fact]
    public async Task Removing_asks_and_a_yes_removes()
    {
        using CliHarness cli = await FilledAsync();
        cli.IsTerminal = true;
        cli.Input = "y\n";

        CliResult result = await cli.RunAsync("cache", "remove", "tiny");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Equal(ExitCodes.Offline, (await cli.RunAsync("cache", "path", "tiny")).ExitCode);
        Assert.Equal(0, (await cli.RunAsync("cache", "path", "snug/tiny-model")).ExitCode);
    }

    [Fact]
    public async Task Removing_without_anybody_to_ask_is_wrong_use()
    {
        using CliHarness cli = await FilledAsync();

        CliResult result = await cli.RunAsync("cache", "clear");

        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Contains("--yes", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await cli.RunAsync("cache", "path", "tiny")).ExitCode);
    }

    [Fact]
    public async Task A_dry_run_shows_what_would_go_and_keeps_it()
    {
        using CliHarness cli = await FilledAsync();

        CliResult dry = await cli.RunAsync("cache", "clear", "--dry-run", "--json");
        CliResult real = await cli.RunAsync("cache", "clear", "--yes", "--json");

        Assert.True(dry.Json.GetProperty("dryRun").GetBoolean());
        Assert.Equal(["snug/tiny-model", "tiny"], dry.Json.GetProperty("repositories").EnumerateArray().Select(r => r.GetString()));
        Assert.Equal(dry.Json.GetProperty("bytesFreed").GetInt64(), real.Json.GetProperty("bytesFreed").GetInt64());
        Assert.Equal("", (await cli.RunAsync("cache", "list")).Out);
    }

    [Fact]
    public async Task One_revision_goes_and_what_the_other_shares_with_it_stays()
    {
        using CliHarness cli = await FilledAsync();

        CliResult result = await cli.RunAsync("cache", "rm", "snug/tiny-model@v1", "--yes", "--json");

        Assert.Single(result.Json.GetProperty("revisions").EnumerateArray());
        CliResult rest = await cli.RunAsync("download", "snug/tiny-model", "--offline", "--json");
        Assert.Equal(8, rest.Json.GetProperty("files").GetArrayLength());
        Assert.Equal(ExitCodes.Offline, (await cli.RunAsync("cache", "path", "snug/tiny-model", "--revision", "v1")).ExitCode);
    }

    [Fact]
    public async Task Nothing_is_removed_when_one_of_the_names_is_not_there()
    {
        using CliHarness cli = await FilledAsync();

        CliResult result = await cli.RunAsync("cache", "remove", "tiny", "tinny", "--yes");

        Assert.Equal(ExitCodes.Offline, result.ExitCode);
        Assert.Contains("tinny", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.Equal(0, (await cli.RunAsync("cache", "path", "tiny")).ExitCode);
    }

    [Fact]
    public async Task Pruning_a_tidy_cache_finds_nothing()
    {
        using CliHarness cli = await FilledAsync();

        CliResult result = await cli.RunAsync("cache", "prune", "--yes");

        Assert.Equal((ExitCodes.Done, ""), (result.ExitCode, result.Out));
        Assert.Contains("Nothing to remove.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sound_cache_verifies()
    {
        using CliHarness cli = await FilledAsync();

        CliResult result = await cli.RunAsync("cache", "verify", "--json");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.True(result.Json.GetProperty("sound").GetBoolean());
        Assert.True(result.Json.GetProperty("filesVerified").GetInt32() > 10);
    }

    [Fact]
    public async Task A_changed_file_is_found_and_a_repair_brings_it_back()
    {
        using CliHarness cli = await FilledAsync();
        string file = (await cli.RunAsync("cache", "path", "tiny", "model.safetensors")).Out.TrimEnd();
        byte[] good = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        byte[] wrong = [.. good];
        wrong[^1] ^= 1;
        await File.WriteAllBytesAsync(file, wrong, TestContext.Current.CancellationToken);

        CliResult found = await cli.RunAsync("cache", "verify", "tiny");
        CliResult unasked = await cli.RunAsync("cache", "verify", "--repair");
        CliResult repaired = await cli.RunAsync("cache", "verify", "--repair", "--yes", "--json");

        Assert.Equal(ExitCodes.Storage, found.ExitCode);
        Assert.Equal("tiny", Assert.Single(found.OutLines).Split('\t')[1]);
        Assert.Equal(ExitCodes.Usage, unasked.ExitCode);
        Assert.Equal(ExitCodes.Done, repaired.ExitCode);
        Assert.True(repaired.Json.GetProperty("repaired").GetBoolean());
        Assert.Equal(good, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
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
