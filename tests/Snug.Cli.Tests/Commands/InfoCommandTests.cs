using System.Text.Json;

namespace Snug.Cli.Tests;

public sealed class InfoCommandTests(SampleHub hub) : IClassFixture<SampleHub>
{
    [Fact]
    [Trait("Requirement", "S2-29")]
    public async Task A_public_repository_is_said_to_need_no_authentication()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("info", "snug/tiny-model");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Contains("access\tpublic: no authentication required", result.OutLines);
        Assert.Contains("content\t8 files, 1.09 MB", result.OutLines);
        Assert.Contains("tags\tv1", result.OutLines);
    }

    [Fact]
    public async Task A_gated_repository_says_how_access_is_granted()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("info", "snug/manual-model", "--json");

        Assert.Equal("manual", result.Json.GetProperty("gated").GetString());
        Assert.Equal($"{hub.Endpoint}snug/manual-model", result.Json.GetProperty("page").GetString());
    }

    [Fact]
    public async Task Json_has_branches_and_tags_with_their_commits()
    {
        using CliHarness cli = hub.Cli();

        JsonElement info = (await cli.RunAsync("info", "snug/tiny-model", "--json")).Json;

        Assert.Equal(info.GetProperty("commit").GetString(), info.GetProperty("branches").GetProperty("main").GetString());
        Assert.NotEqual(info.GetProperty("commit").GetString(), info.GetProperty("tags").GetProperty("v1").GetString());
        Assert.Equal(8, info.GetProperty("files").GetInt32());
    }

    [Fact]
    public async Task A_file_is_described_without_the_key_in_its_storage_address()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("info", "snug/tiny-model", "model.safetensors", "--json");

        Assert.Equal(1_076_640, result.Json.GetProperty("size").GetInt64());
        Assert.DoesNotContain("Signature", result.Out, StringComparison.Ordinal);
    }
}
