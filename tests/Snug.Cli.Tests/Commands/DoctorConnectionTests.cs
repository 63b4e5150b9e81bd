using Snug.Hub;

namespace Snug.Cli.Tests;

/// <summary>What doctor says about addresses that are none, folders that are asked for as files, and lines that are slow.</summary>
public sealed class DoctorConnectionTests(SampleHub hub) : IClassFixture<SampleHub>
{
    [Theory]
    [InlineData("https://huggingface.co/")]
    [InlineData("https://elsewhere.example/snug/tiny-model")]
    [InlineData("htp://huggingface.co/snug/tiny-model")]
    [InlineData("snug/tiny/model")]
    public async Task An_address_that_is_none_is_recognised_and_the_form_is_told(string address)
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("doctor", address, "--json");

        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.NotEmpty(result.Json.GetProperty("advice").EnumerateArray());
    }

    [Theory]
    [InlineData("Tiny")]
    [InlineData("Tiny.mlpackages")]
    public async Task A_path_that_is_not_there_is_told_to_be_perhaps_a_folder_without_its_ending(string path)
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("download", "snug/tiny-package", path, "--json");

        Assert.Equal((ExitCodes.NotFound, "entry_not_found"), (result.ExitCode, result.Json.GetProperty("kind").GetString()));
        Assert.Contains(
            result.Json.GetProperty("advice").EnumerateArray(), a => a.GetString()!.Contains("If the path is a folder (a .mlpackage", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(50e6, null, CheckStatus.Ok)]
    [InlineData(1e6, null, CheckStatus.Warning, "Use a token", "Try another network", "in the background")]
    [InlineData(1e6, SampleHub.AliceToken, CheckStatus.Warning, "Try another network", "in the background")]
    public void A_slow_line_gets_the_advice_that_fits(double speed, string? token, object status, params string[] advice)
    {
        DoctorFacts facts = new()
        {
            Purpose = DoctorPurpose.Use,
            Settings = HubSettings.Resolve(new HubClientOptions { Token = token is null ? null : AccessToken.Parse(token), ReadVariable = _ => null, UseDotEnv = false }),
            Project = "",
            Connection = new ConnectionReport { Endpoint = hub.Endpoint, IsReachable = true },
            Targets = [],
            Reports = [],
            BytesPerSecond = speed,
        };

        DoctorCheck check = Assert.Single(ConnectionChecks.Run(facts), c => c.Id == "speed");

        Assert.Equal(status, check.Status);
        Assert.Equal(advice.Length, check.Advice.Count);
        Assert.All(advice.Zip(check.Advice), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
    }
}
