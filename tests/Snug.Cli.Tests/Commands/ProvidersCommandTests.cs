using System.Text.Json;

namespace Snug.Cli.Tests;

/// <summary><c>providers</c>: where models come from, and which provider of language models the environment chooses.</summary>
public sealed class ProvidersCommandTests(SampleHub hub) : IClassFixture<SampleHub>
{
    [Fact]
    [Trait("Requirement", "S2-05")]
    public async Task Providers_say_how_they_authenticate_and_that_it_is_optional()
    {
        using CliHarness cli = hub.Cli();
        cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;

        CliResult result = await cli.RunAsync("providers", "--json");

        JsonElement provider = Assert.Single(result.Json.GetProperty("providers").EnumerateArray());
        Assert.Equal(
            ("huggingface", "Hugging Face", "bearer_token", false, true),
            (provider.GetProperty("id").GetString(), provider.GetProperty("name").GetString(), provider.GetProperty("authType").GetString(),
                provider.GetProperty("requiresAuth").GetBoolean(), provider.GetProperty("authenticated").GetBoolean()));
        Assert.Equal("🤗", provider.GetProperty("icon").GetString());
        Assert.DoesNotContain(SampleHub.AliceToken, result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_provider_of_language_models_is_told_with_the_source_of_each_setting_and_nothing_is_sent()
    {
        using CliHarness cli = hub.Cli();
        cli.Variables["LLM_PROVIDER"] = "huggingface";
        cli.Variables["HF_MODEL"] = "snug/demonstration-model";
        cli.Variables["HF_MODEL_PATH"] = cli.Work;
        cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;
        int before = hub.Requests.Count;

        CliResult text = await cli.RunAsync("providers");
        JsonElement chosen = (await cli.RunAsync("providers", "--json")).Json.GetProperty("languageModel");

        Assert.Equal(
            [
                "provider\thuggingface\tfrom LLM_PROVIDER", "model\tsnug/demonstration-model\tfrom HF_MODEL", $"model path\t{cli.Work}\tfrom HF_MODEL_PATH",
                "device\tcpu\tfrom default", $"endpoint\t{hub.Endpoint.AbsoluteUri}\tfrom HF_ENDPOINT", "token\t(secret)\tfrom HF_TOKEN",
            ],
            text.OutLines[1..7]);
        Assert.Equal(("huggingface", "HF_TOKEN", true), (chosen.GetProperty("provider").GetString(), chosen.GetProperty("tokenSource").GetString(), chosen.GetProperty("tokenConfigured").GetBoolean()));
        Assert.Empty(chosen.GetProperty("missing").EnumerateArray());
        Assert.Equal(before, hub.Requests.Count);
        Assert.DoesNotContain(SampleHub.AliceToken, text.Out + text.Error + chosen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_is_said_with_the_variables_to_set_and_is_no_failure()
    {
        using CliHarness cli = hub.Cli();

        CliResult openAI = await cli.RunAsync("providers");
        cli.Variables["LLM_PROVIDER"] = "openai-compatible";
        CliResult other = await cli.RunAsync("providers", "--json");

        Assert.Equal((0, 0), (openAI.ExitCode, other.ExitCode));
        Assert.Contains("provider\topenai\tfrom default", openAI.OutLines);
        Assert.Contains("warning: Set OPENAI_API_KEY to a key of the provider 'openai' (https://platform.openai.com/api-keys).", openAI.ErrorLines);
        Assert.Contains("warning: Set LLM_MODEL or OPENAI_MODEL to a model of the server.", openAI.ErrorLines);
        string[] missing = [.. other.Json.GetProperty("languageModel").GetProperty("missing").EnumerateArray().Select(entry => entry.GetString()!)];
        Assert.Equal(2, missing.Length);
        Assert.Contains("OPENAI_BASE_URL", missing[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LLM_PROVIDER", "nobody", "unknown_provider")]
    [InlineData("OPENAI_BASE_URL", "not an address", "configuration")]
    public async Task What_makes_no_sense_is_wrong_use_and_says_why(string variable, string value, string code)
    {
        using CliHarness cli = hub.Cli();
        cli.Variables[variable] = value;

        CliResult text = await cli.RunAsync("providers");
        JsonElement chosen = (await cli.RunAsync("providers", "--json")).Json.GetProperty("languageModel");

        Assert.Equal(ExitCodes.Usage, text.ExitCode);
        Assert.Contains("  1. ", text.Error, StringComparison.Ordinal);
        Assert.Equal((code, JsonValueKind.Null), (chosen.GetProperty("error").GetString(), chosen.GetProperty("provider").ValueKind));
        Assert.NotEmpty(chosen.GetProperty("advice").EnumerateArray());
    }
}
