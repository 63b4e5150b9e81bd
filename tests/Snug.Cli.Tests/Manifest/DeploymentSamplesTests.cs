using System.Text.Json;
using System.Text.RegularExpressions;
using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>The samples for containers are what their readers would paste: they parse, and their parts fit together.</summary>
public sealed partial class DeploymentSamplesTests(SampleHub hub) : IClassFixture<SampleHub>
{
    private static readonly string Page = File.ReadAllText(Path.Join(AppContext.BaseDirectory, "docs", "deployment.md"));

    [Fact]
    [Trait("Requirement", "S1-31")]
    public async Task The_compose_file_passes_the_hosts_token_through_and_keeps_models_on_a_volume()
    {
        JsonElement compose = Assert.Single(await ParseAsync("services:"));

        JsonElement app = compose.GetProperty("services").GetProperty("app");
        JsonElement environment = app.GetProperty("environment");
        Assert.Equal("${HF_TOKEN:-}", environment.GetProperty("HF_TOKEN").GetString());
        Assert.Equal(
            ["HF_DEVICE", "HF_HOME", "HF_MODEL_PATH", "HF_TOKEN", "LLM_PROVIDER"],
            environment.EnumerateObject().Select(v => v.Name).Order(StringComparer.Ordinal));
        string volume = Assert.Single(app.GetProperty("volumes").EnumerateArray()).GetString()!;
        Assert.True(compose.GetProperty("volumes").TryGetProperty(volume.Split(':')[0], out _));
        Assert.Equal(environment.GetProperty("HF_HOME").GetString(), volume.Split(':')[1]);
        AssertCommand(app.GetProperty("command"));
    }

    [Fact]
    [Trait("Requirement", "S1-32")]
    public async Task The_kubernetes_deployment_takes_its_token_from_the_secret_beside_it()
    {
        JsonElement[] documents = await ParseAsync("kind: Secret");

        Assert.Equal(["Secret", "Deployment"], documents.Select(d => d.GetProperty("kind").GetString()));
        JsonElement secret = documents[0];
        Assert.Equal("hf-token", secret.GetProperty("metadata").GetProperty("name").GetString());
        JsonElement pod = documents[1].GetProperty("spec").GetProperty("template").GetProperty("spec");
        JsonElement[] containers = [.. pod.GetProperty("initContainers").EnumerateArray(), .. pod.GetProperty("containers").EnumerateArray()];
        string[] volumes = [.. pod.GetProperty("volumes").EnumerateArray().Select(v => v.GetProperty("name").GetString()!)];
        Assert.Equal(2, containers.Length);
        foreach (JsonElement container in containers)
        {
            JsonElement token = Assert.Single(container.GetProperty("env").EnumerateArray(), v => v.GetProperty("name").GetString() == "HF_TOKEN");
            JsonElement reference = token.GetProperty("valueFrom").GetProperty("secretKeyRef");
            Assert.Equal(secret.GetProperty("metadata").GetProperty("name").GetString(), reference.GetProperty("name").GetString());
            Assert.True(secret.GetProperty("stringData").TryGetProperty(reference.GetProperty("key").GetString()!, out _));
            Assert.All(container.GetProperty("volumeMounts").EnumerateArray(), m => Assert.Contains(m.GetProperty("name").GetString(), volumes));
            AssertCommand(container.GetProperty("command"));
        }
    }

    [Fact]
    [Trait("Requirement", "S1-32")]
    public async Task Inside_of_the_container_the_source_of_the_token_is_the_environment()
    {
        using CliHarness cli = hub.Cli();
        cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;

        CommandResult result = await SnugProcess.RunAsync(cli, null, "exec", "--require", "snug/gated-model", "--", "dotnet", SnugProcess.Program, "doctor", "--json");

        JsonElement token = JsonDocument.Parse(result.Output).RootElement.GetProperty("token");
        Assert.Equal(("environment", "HF_TOKEN"), (token.GetProperty("sourceKind").GetString(), token.GetProperty("source").GetString()));
    }

    [Theory]
    [Trait("Requirement", "S1-30")]
    [InlineData("HF_TOKEN", SampleHub.AliceToken, "token", "(secret)", ExitCodes.Done)]
    [InlineData("HF_MODEL_PATH", "/elsewhere", "model path", "/elsewhere", ExitCodes.Done)]
    [InlineData("LLM_PROVIDER", "vllm", "provider", "vllm", ExitCodes.Done)]
    [InlineData("HF_DEVICE", "cpu", "device", "cpu", ExitCodes.Done)]
    [InlineData("HF_DEVICE", "cuda", null, "unsupported_device", ExitCodes.Usage)]
    public async Task Variables_of_the_host_reach_the_program_in_the_service_of_the_compose_file(string variable, string value, string? setting, string expected, int exitCode)
    {
        JsonElement environment = Assert.Single(await ParseAsync("services:")).GetProperty("services").GetProperty("app").GetProperty("environment");
        using CliHarness cli = hub.Cli();
        foreach (JsonProperty entry in environment.EnumerateObject())
        {
            cli.Variables[entry.Name] = Substitution().Replace(
                entry.Value.GetString()!, match => match.Groups["name"].Value == variable ? value : match.Groups["default"].Value);
        }

        CliResult result = await cli.RunAsync("providers", "--json");

        Assert.Equal(exitCode, result.ExitCode);
        JsonElement chosen = result.Json.GetProperty("languageModel");
        Assert.Equal(expected, setting is null
            ? chosen.GetProperty("error").GetString()
            : chosen.GetProperty("settings").EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == setting).GetProperty("value").GetString());
    }

    [Fact]
    public void Templates_for_the_token_hold_no_token()
    {
        Assert.DoesNotMatch("hf_[A-Za-z]{20}", Page);
        Assert.Contains("\nHF_TOKEN=\n", Page, StringComparison.Ordinal);
        Assert.Contains("Authenticate BEFORE the set-up", Page, StringComparison.Ordinal);
    }

    private static void AssertCommand(JsonElement command)
    {
        string[] words = [.. command.EnumerateArray().Select(w => w.GetString()!)];
        using StringWriter nowhere = new();
        Assert.Equal("snug", words[0]);
        Assert.Empty(SnugApp.CreateRoot(new CliConsole { Out = nowhere, Error = nowhere }, new CommonOptions()).Parse(words[1..]).Errors);
    }

    /// <summary>The documents of the block of YAML that has a line.</summary>
    private static async Task<JsonElement[]> ParseAsync(string line)
    {
        await Tool.PythonYaml.RequireAsync();
        string text = Assert.Single(Block().Matches(Page).Select(m => m.Groups["text"].Value), t => t.Split('\n').Contains(line));
        CommandResult result = await CommandRunner.RunAsync(
            Tool.PythonYaml.Program, ["-c", "import json, sys, yaml; json.dump(list(yaml.safe_load_all(sys.stdin)), sys.stdout)"], input: text);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return [.. JsonDocument.Parse(result.Output).RootElement.EnumerateArray()];
    }

    [GeneratedRegex(@"\$\{(?<name>[A-Z_]+):-(?<default>[^}]*)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Substitution();

    [GeneratedRegex("```yaml\n(?<text>.*?)\n```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Block();
}
