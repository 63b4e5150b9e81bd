using System.Text.Json;
using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>What was asked of the cache of tokenizers and of looking at it, where no other test shows it alone.</summary>
public sealed class TokenizerCacheCommandTests(SampleHub hub) : IClassFixture<SampleHub>
{
    private const string Model = "snug/tiny-model";

    /// <summary>Only the address of the Hub is told, since this is not the real one.</summary>
    [Fact]
    [Trait("Requirement", "S3-02")]
    public async Task In_a_clean_home_the_first_call_downloads_without_any_setting_and_the_next_program_finds_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The home of a user is named otherwise on Windows.");
        using CliHarness cli = hub.Cli();
        cli.Variables.Remove("HF_HOME");
        cli.Variables["HOME"] = cli.Home;

        CommandResult first = await SnugProcess.RunAsync(cli, null, "tokenize", "-m", Model, "--ids", "a about");
        int before = hub.Requests.Count;
        CommandResult second = await SnugProcess.RunAsync(cli, null, "tokenize", "-m", Model, "--ids", "a about");

        Assert.Equal((0, "25 26"), (first.ExitCode, first.Output.Trim()));
        Assert.Equal((0, first.Output), (second.ExitCode, second.Output));
        Assert.NotEmpty(Directory.GetFiles(Path.Join(cli.Home, ".cache", "huggingface", "hub", "models--snug--tiny-model", "snapshots"), "tokenizer.json", SearchOption.AllDirectories));
        Assert.DoesNotContain(hub.Requests.Skip(before), request => request.Contains("/resolve/", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "S3-25")]
    public async Task Of_a_cached_model_path_size_time_and_revision_are_told_and_of_another_that_it_is_not_there()
    {
        using CliHarness cli = hub.Cli();
        DateTimeOffset before = TimeProvider.System.GetUtcNow().AddSeconds(-2);
        Assert.Equal(0, (await cli.RunAsync("download", Model, "--revision", "v1", "tokenizer.json", "config.json")).ExitCode);

        JsonElement info = (await cli.RunAsync("cache", "info", Model, "--json")).Json;
        CliResult missing = await cli.RunAsync("cache", "info", "tiny", "--json");

        string folder = Path.Join(cli.Cache, "models--snug--tiny-model");
        Assert.Equal(folder, info.GetProperty("directory").GetString());
        JsonElement revision = Assert.Single(info.GetProperty("revisions").EnumerateArray());
        string commit = revision.GetProperty("commit").GetString()!;
        Assert.Equal(Path.Join(folder, "snapshots", commit), revision.GetProperty("directory").GetString());
        Assert.Equal(["v1"], revision.GetProperty("refs").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(["config.json", "tokenizer.json"], revision.GetProperty("files").EnumerateArray().Select(name => name.GetString()));
        long size = Directory.GetFiles(Path.Join(folder, "blobs")).Sum(blob => new FileInfo(blob).Length);
        Assert.Equal((size, size), (info.GetProperty("sizeInBytes").GetInt64(), revision.GetProperty("sizeInBytes").GetInt64()));
        Assert.InRange(info.GetProperty("lastModified").GetDateTimeOffset(), before, TimeProvider.System.GetUtcNow().AddSeconds(2));
        Assert.InRange(revision.GetProperty("lastModified").GetDateTimeOffset(), before, TimeProvider.System.GetUtcNow().AddSeconds(2));
        Assert.Equal((ExitCodes.Offline, "offline_not_cached"), (missing.ExitCode, missing.Json.GetProperty("kind").GetString()));
    }

    [Fact]
    [Trait("Requirement", "S3-26")]
    public async Task One_model_can_be_cleared_without_the_others_and_all_can_be_cleared()
    {
        using CliHarness cli = hub.Cli();
        Assert.Equal(0, (await cli.RunAsync("ensure", "-m", Model, "-m", "tiny")).ExitCode);
        string other = Path.Join(cli.Cache, "models--tiny");
        string[] before = Entries(other);

        CliResult one = await cli.RunAsync("cache", "remove", Model, "--yes");

        Assert.Equal(0, one.ExitCode);
        Assert.False(Directory.Exists(Path.Join(cli.Cache, "models--snug--tiny-model")));
        Assert.NotEmpty(before);
        Assert.Equal(before, Entries(other));

        Assert.Equal(0, (await cli.RunAsync("cache", "clear", "--yes")).ExitCode);
        Assert.False(Directory.Exists(other));
        Assert.Equal("", (await cli.RunAsync("cache", "list")).Out);
    }

    [Fact]
    [Trait("Requirement", "S3-43")]
    public async Task Doctor_looks_with_a_small_public_model_whether_the_Hub_can_be_reached_and_what_is_cached()
    {
        using CliHarness cli = hub.Cli();

        JsonElement before = (await cli.RunAsync("doctor", Model, "--project", cli.Work, "--json")).Json;
        Assert.Equal(0, (await cli.RunAsync("download", Model)).ExitCode);
        JsonElement after = (await cli.RunAsync("doctor", Model, "--project", cli.Work, "--json")).Json;
        cli.Variables["HF_ENDPOINT"] = "http://127.0.0.1:1";
        CliResult down = await cli.RunAsync("doctor", Model, "--project", cli.Work, "--json");

        Assert.True(before.GetProperty("connection").GetProperty("reachable").GetBoolean());
        Assert.Equal("public", before.GetProperty("repositories")[0].GetProperty("state").GetString());
        long missing = before.GetProperty("download").GetProperty("missingBytes").GetInt64();
        Assert.True(missing > 0);
        Assert.Equal(0, after.GetProperty("download").GetProperty("missingBytes").GetInt64());
        Assert.Equal(0, down.ExitCode);
        Assert.False(down.Json.GetProperty("connection").GetProperty("reachable").GetBoolean());
        Assert.Contains(
            down.Json.GetProperty("repositories")[0].GetProperty("advice").EnumerateArray(),
            advice => advice.GetString()!.Contains("--offline", StringComparison.Ordinal));
    }

    private static string[] Entries(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"),
    ];
}
