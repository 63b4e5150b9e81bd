using System.Text.Json;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>Four checks for each repository, as a stranger and with a token.</summary>
public sealed class VerifyAccessCommandTests(SampleHub hub) : IClassFixture<SampleHub>
{
    [Theory]
    [Trait("Requirement", "S2-19")]
    [InlineData("snug/tiny-model", 0, true, true, true, true)]
    [InlineData("snug/gated-model", 4, true, true, false, false)]
    [InlineData("snug/private-model", 5, true, false, null, false)]
    [InlineData("snug/nothing-here", 5, true, false, null, false)]
    [InlineData("snug/disabled-model", 5, true, null, null, false)]
    public async Task A_stranger_sees_what_is_open(string repository, int exitCode, bool reachable, bool? notPrivate, bool? notGated, bool downloadable)
    {
        using CliHarness cli = hub.Cli();
        cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;

        CliResult result = await cli.RunAsync("verify-access", repository, "--json");

        JsonElement verified = Assert.Single(result.Json.GetProperty("repositories").EnumerateArray());
        JsonElement checks = verified.GetProperty("withoutToken");
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Equal(exitCode != 0, verified.GetProperty("authenticationRequired").GetBoolean());
        Assert.Equal(
            ((bool?)reachable, notPrivate, notGated, (bool?)downloadable),
            (Flag(checks, "apiReachable"), Flag(checks, "notPrivate"), Flag(checks, "notGated"), Flag(checks, "downloadable")));
    }

    [Fact]
    [Trait("Requirement", "S2-20")]
    public async Task A_token_changes_what_can_be_had_and_both_are_shown()
    {
        using CliHarness cli = hub.Cli();

        CliResult without = await cli.RunAsync("verify-access", "snug/gated-model", "snug/tiny-model");
        Assert.Equal(ExitCodes.Access, without.ExitCode);
        Assert.DoesNotContain("with token", without.Out, StringComparison.Ordinal);
        CliResult json = await cli.RunAsync("verify-access", "snug/gated-model", "snug/tiny-model", "--token", SampleHub.AliceToken, "--json");
        CliResult text = await cli.RunAsync("verify-access", "snug/gated-model", "--token", SampleHub.AliceToken);

        JsonElement gated = json.Json.GetProperty("repositories")[0];
        Assert.Equal((0, 0), (json.ExitCode, text.ExitCode));
        Assert.True(gated.GetProperty("authenticationRequired").GetBoolean());
        Assert.Equal("gated_no_token", gated.GetProperty("withoutToken").GetProperty("state").GetString());
        Assert.Equal("gated_granted", gated.GetProperty("withToken").GetProperty("state").GetString());
        Assert.False(json.Json.GetProperty("repositories")[1].GetProperty("authenticationRequired").GetBoolean());
        Assert.Contains("files downloadable   without token: no   with token: yes", text.Out, StringComparison.Ordinal);
        Assert.Contains("the token gives access", text.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_is_a_file_with_a_repository_on_each_line()
    {
        using CliHarness cli = hub.Cli();
        string list = Path.Join(cli.Home, "models.txt");
        await File.WriteAllTextAsync(list, "# ours\nsnug/tiny-model\n\ndatasets/snug/tiny-data # data\n", TestContext.Current.CancellationToken);

        CliResult result = await cli.RunAsync("verify-access", list);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("2 of 2 repositories need no authentication.", result.Out, StringComparison.Ordinal);
        Assert.Contains("No authentication required.", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S2-02")]
    public async Task The_models_of_the_default_list_are_four_sizes_of_one_family_and_open_to_everybody()
    {
        string[] models = ["apple/OpenELM-270M-Instruct", "apple/OpenELM-450M-Instruct", "apple/OpenELM-1_1B-Instruct", "apple/OpenELM-3B-Instruct"];
        MemoryRepositorySource source = new();
        foreach (string model in models)
        {
            await source.Add(model).CommitAsync(("config.json", RepositoryContent.FromText("{}")), ("model.safetensors", RepositoryContent.Pseudorandom(100_000, 1)));
        }

        await using TestHub apple = await TestHub.StartAsync(source, cancellationToken: TestContext.Current.CancellationToken);
        using CliHarness cli = new(apple.Endpoint);

        CliResult result = await cli.RunAsync("verify-access", "--json");

        JsonElement[] verified = [.. result.Json.GetProperty("repositories").EnumerateArray()];
        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Equal(models, verified.Select(repository => repository.GetProperty("repository").GetString()));
        Assert.All(verified, repository => Assert.All(
            (string[])["apiReachable", "notPrivate", "notGated", "downloadable"], check => Assert.True(repository.GetProperty("withoutToken").GetProperty(check).GetBoolean(), check)));
    }

    [Fact]
    [Trait("Requirement", "S2-21")]
    public async Task No_network_is_a_network_failure_and_no_question_of_access()
    {
        using CliHarness cli = new();

        CliResult result = await cli.RunAsync("verify-access", "snug/tiny-model", "--json");

        JsonElement checks = result.Json.GetProperty("repositories")[0].GetProperty("withoutToken");
        Assert.Equal(ExitCodes.Network, result.ExitCode);
        Assert.Equal((false, "network_unreachable"), (checks.GetProperty("apiReachable").GetBoolean(), checks.GetProperty("kind").GetString()));
        CliResult text = await cli.RunAsync("download", "snug/tiny-model");
        Assert.Equal(ExitCodes.Network, text.ExitCode);
        Assert.StartsWith("error: Network error", text.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("token", text.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("login", text.Error, StringComparison.OrdinalIgnoreCase);
    }

    private static bool? Flag(JsonElement element, string name) => element.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value ? value.GetBoolean() : null;
}
