using System.Text.Json;

namespace Snug.Cli.Tests;

public sealed class FilesCommandTests(SampleHub hub) : IClassFixture<SampleHub>
{
    [Fact]
    public async Task Redirected_output_is_exact_values_between_tabs_and_nothing_else()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("files", "snug/tiny-model");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Equal(8, result.OutLines.Length);
        Assert.Contains("1076640\t0656091f15bcf5e0348816f1f646f8263c970d1d11fc427122ecc3589830e7a3\tmodel.safetensors", result.OutLines);
        Assert.Contains("8 files, 1.09 MB", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_gets_headings_readable_sizes_and_colours()
    {
        using CliHarness cli = hub.Cli();
        cli.IsTerminal = true;

        CliResult result = await cli.RunAsync("files", "snug/tiny-model");

        Assert.Contains("SIZE", result.OutLines[0], StringComparison.Ordinal);
        Assert.Contains("1.08 MB", result.Out, StringComparison.Ordinal);
        Assert.Contains("\u001b[", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NO_COLOR_takes_every_terminal_sequence_away()
    {
        using CliHarness cli = hub.Cli();
        cli.IsTerminal = true;
        cli.Variables["NO_COLOR"] = "1";

        CliResult result = await cli.RunAsync("files", "snug/tiny-model");

        Assert.Contains("SIZE", result.OutLines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", result.Out + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_names_the_commit_and_both_hashes()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("files", "snug/tiny-model", "--revision", "v1", "--json");

        Assert.Equal("v1", result.Json.GetProperty("revision").GetString());
        Assert.Equal(40, result.Json.GetProperty("commit").GetString()!.Length);
        JsonElement weights = result.Json.GetProperty("files").EnumerateArray().Single(f => f.GetProperty("path").GetString() == "model.safetensors");
        Assert.Equal(weights.GetProperty("sha256").GetString(), weights.GetProperty("etag").GetString());
        Assert.Equal(40, weights.GetProperty("blobId").GetString()!.Length);
        Assert.Equal(250_224, weights.GetProperty("size").GetInt64());
    }

    [Fact]
    public async Task Only_a_folder_is_listed_when_one_is_named()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("files", "snug/tiny-model", "onnx/");

        Assert.Equal(["onnx/README.md", "onnx/model.onnx"], result.OutLines.Select(l => l.Split('\t')[^1]));
    }

    [Fact]
    public async Task A_pasted_address_names_repository_revision_and_folder()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("files", $"{hub.Endpoint}snug/tiny-model/tree/v1/onnx", "--json");

        Assert.Equal("v1", result.Json.GetProperty("revision").GetString());
        Assert.Equal(2, result.Json.GetProperty("files").GetArrayLength());
    }

    [Theory]
    [InlineData("datasets/snug/tiny-data")]
    [InlineData("snug/tiny-data", "--type", "dataset")]
    [InlineData("datasets/snug/tiny-data", "--type", "dataset")]
    public async Task A_dataset_is_named_by_prefix_or_by_type(params string[] arguments)
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync(["files", .. arguments, "--json"]);

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Equal("datasets/snug/tiny-data", result.Json.GetProperty("repository").GetString());
    }

    [Fact]
    public async Task A_type_that_contradicts_the_prefix_is_wrong_use()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("files", "datasets/snug/tiny-data", "--type", "space");

        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Contains("names a dataset, but --type says space", result.ErrorLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quiet_leaves_standard_error_empty()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("files", "snug/tiny-model", "-q");

        Assert.Equal("", result.Error);
        Assert.Equal(8, result.OutLines.Length);
    }
}
