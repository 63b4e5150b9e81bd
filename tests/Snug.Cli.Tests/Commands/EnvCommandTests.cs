using System.Text.Json;

namespace Snug.Cli.Tests;

public sealed class EnvCommandTests
{
    [Fact]
    public async Task Every_setting_names_its_source()
    {
        using CliHarness cli = new();

        CliResult result = await cli.RunAsync("env", "--json");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        JsonElement[] settings = [.. result.Json.GetProperty("settings").EnumerateArray()];
        Assert.All(settings, s => Assert.NotEqual("", s.GetProperty("source").GetString()));
        Assert.Equal("HF_HOME", Find(settings, "home directory").GetProperty("source").GetString());
        Assert.Equal(cli.Home, Find(settings, "home directory").GetProperty("value").GetString());
        Assert.Equal("default", Find(settings, "offline").GetProperty("source").GetString());
    }

    [Fact]
    public async Task An_option_beats_the_environment_and_is_named_as_the_source()
    {
        using CliHarness cli = new();
        cli.Variables["HF_HUB_CACHE"] = "/from/variable";

        CliResult result = await cli.RunAsync("env", "--cache-dir", "/from/option");

        Assert.Contains("cache directory\t/from/option\tfrom the command line", result.OutLines);
    }

    [Fact]
    public async Task Tokens_and_proxy_passwords_are_never_shown()
    {
        using CliHarness cli = new();
        cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;
        cli.Variables["HUGGING_FACE_HUB_TOKEN"] = SampleHub.BobToken;
        cli.Variables["HTTPS_PROXY"] = "http://me:secret@proxy.example:3128";
        foreach (string[] arguments in (string[][])[["env"], ["env", "--json"]])
        {
            CliResult result = await cli.RunAsync(arguments);

            Assert.DoesNotContain(SampleHub.AliceToken, result.Out, StringComparison.Ordinal);
            Assert.DoesNotContain(SampleHub.BobToken, result.Out, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", result.Out, StringComparison.Ordinal);
            Assert.Contains("@proxy.example:3128", result.Out, StringComparison.Ordinal);
            Assert.Contains("hf_DEMO…", result.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_setting_that_makes_no_sense_is_wrong_use_and_says_which()
    {
        using CliHarness cli = new();
        cli.Variables["HF_HUB_ETAG_TIMEOUT"] = "soon";

        CliResult result = await cli.RunAsync("env");

        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Equal("", result.Out);
        Assert.Contains("HF_HUB_ETAG_TIMEOUT", result.ErrorLines[0], StringComparison.Ordinal);
    }

    private static JsonElement Find(JsonElement[] settings, string name) => settings.Single(s => s.GetProperty("name").GetString() == name);
}
