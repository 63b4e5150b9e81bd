using System.Text.Json;
using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>The example of a training over a gated model (samples/finnish-tts), run as its page says, in all four ways that it can go.</summary>
public sealed class FinnishTtsTests(SampleHub hub) : IClassFixture<SampleHub>, IAsyncLifetime
{
    private const string Model = "fishaudio/openaudio-s1-mini";
    private static readonly string Sample = Path.Join(AppContext.BaseDirectory, "finnish-tts");
    private static readonly string[] Training = ["exec", "--", "python3", "run_notebook.py", "train.ipynb"];

    private readonly CliHarness _cli = hub.Cli();
    private readonly TempFolder _engine = new();

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stages are shell scripts.");
        await Tool.Git.RequireAsync();
        await Tool.Python.RequireAsync();
        foreach (string file in Directory.EnumerateFiles(Sample, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }))
        {
            string copy = Path.Join(_cli.Work, Path.GetRelativePath(Sample, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        await File.WriteAllTextAsync(Path.Join(_engine.Path, "train.py"), "print('engine')\n");
        foreach (string[] arguments in (string[][])[["init", "-q"], ["add", "."], ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "engine"]])
        {
            Assert.Equal(0, (await CommandRunner.RunAsync("git", arguments, folder: _engine.Path)).ExitCode);
        }

        _cli.Variables["ENGINE"] = new Uri(_engine.Path).AbsoluteUri;
    }

    public ValueTask DisposeAsync()
    {
        _cli.Dispose();
        _engine.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    [Trait("Requirement", "S0-01")]
    public async Task Without_a_token_the_set_up_succeeds_and_the_training_is_refused_until_a_login()
    {
        CommandResult setup = await RunAsync("setup");
        JsonElement status = Json(await RunAsync("status", "--json"));
        CommandResult refused = await RunAsync(Training);

        Assert.Equal((0, ExitCodes.Access), (setup.ExitCode, refused.ExitCode));
        Assert.Contains("step: Cloning the engine's code", setup.Error, StringComparison.Ordinal);
        Assert.Contains($"Skipping {Model} (authentication not configured)", setup.Error, StringComparison.Ordinal);
        Assert.Contains("The token is not needed for set-up, but essential for training.", setup.Error, StringComparison.Ordinal);
        Assert.Equal(["done", "done", "done"], status.GetProperty("stages").EnumerateArray().Select(s => s.GetProperty("state").GetString()));
        JsonElement model = status.GetProperty("models")[0];
        Assert.True(model.GetProperty("deferred").GetBoolean());
        Assert.Equal(("gated_repo_error", "gated_no_token"), Error(model));
        Assert.Contains($"1. Open {hub.Endpoint}{Model}, log in and accept the terms", refused.Error, StringComparison.Ordinal);
        Assert.Contains("The command was not started.", refused.Error, StringComparison.Ordinal);
        Assert.False(HasTrained);

        CommandResult login = await SnugProcess.RunAsync(_cli, SampleHub.AliceToken, "login", "--token", "-");
        CommandResult trained = await RunAsync(Training);
        CommandResult again = await RunAsync("setup");

        Assert.Equal((0, 0, 0), (login.ExitCode, trained.ExitCode, again.ExitCode));
        Assert.Contains("learnt 18 letters from 5 sentences; token in the environment: True", trained.Output, StringComparison.Ordinal);
        Assert.Contains($"{Model}: 3 files downloaded and verified", trained.Error, StringComparison.Ordinal);
        Assert.True(HasTrained);
        Assert.Equal(3, again.Error.Split('\n').Count(line => line.EndsWith("Already done.", StringComparison.Ordinal)));
        Assert.Contains("Set-up is complete: everything is in place.", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S0-02")]
    public async Task The_set_up_has_four_stages_and_without_a_Hub_all_but_the_model_are_done()
    {
        _cli.Variables["HF_ENDPOINT"] = "http://127.0.0.1:1";

        CommandResult setup = await RunAsync("setup", "--json");

        Assert.Equal(ExitCodes.Network, setup.ExitCode);
        Assert.Equal(["done", "done", "done"], Json(setup).GetProperty("stages").EnumerateArray().Select(s => s.GetProperty("state").GetString()));
        Assert.Equal("blocked", Json(setup).GetProperty("models")[0].GetProperty("state").GetString());
        string[] plan = [.. setup.Error.Split('\n').SkipWhile(line => !line.StartsWith("step: Setting up", StringComparison.Ordinal)).Skip(1).Take(4)];
        Assert.Equal(
            [
                "  1. System packages (needs token: no)", "  2. Language dependencies (needs token: no)", "  3. Cloning the engine's code (needs token: no)",
                "  4. Download of 1 model (needs token: only if gated or private)",
            ],
            plan);
    }

    [Fact]
    public async Task With_a_token_but_without_the_terms_the_reason_is_another()
    {
        _cli.Variables["HF_TOKEN"] = SampleHub.BobToken;

        CommandResult setup = await RunAsync("setup", "--json");
        CommandResult refused = await RunAsync(Training);

        Assert.Equal((0, ExitCodes.Access), (setup.ExitCode, refused.ExitCode));
        Assert.Equal(("gated_repo_error", "gated_not_granted"), Error(Json(setup).GetProperty("models")[0]));
        Assert.Contains("the account of your token has not accepted its terms", refused.Error, StringComparison.Ordinal);
        Assert.False(HasTrained);
    }

    [Fact]
    public async Task A_token_that_has_expired_is_a_failure_of_its_own_after_the_stages()
    {
        _cli.Variables["HF_TOKEN"] = SampleHub.ExpiredToken;

        CommandResult setup = await RunAsync("setup", "--json");
        CommandResult refused = await RunAsync(Training);

        Assert.Equal((ExitCodes.Token, ExitCodes.Token), (setup.ExitCode, refused.ExitCode));
        Assert.Equal(["done", "done", "done"], Json(setup).GetProperty("stages").EnumerateArray().Select(s => s.GetProperty("state").GetString()));
        Assert.Equal(("invalid_token", "token_expired"), Error(Json(setup).GetProperty("models")[0]));
        Assert.Contains("snug logout", refused.Error, StringComparison.Ordinal);
        Assert.False(HasTrained);
    }

    [Fact]
    [Trait("Requirement", "S0-25")]
    public async Task With_token_and_terms_everything_is_downloaded_and_the_training_asks_for_nothing()
    {
        await File.WriteAllTextAsync(Path.Join(_cli.Work, ".env"), $"HF_TOKEN={SampleHub.AliceToken}\n", TestContext.Current.CancellationToken);

        CommandResult setup = await RunAsync("setup", "--json");
        int before = hub.Requests.Count;
        CommandResult trained = await RunAsync(Training);

        Assert.Equal((0, 0), (setup.ExitCode, trained.ExitCode));
        Assert.Equal("done", Json(setup).GetProperty("state").GetString());
        string repository = Path.Join(SampleHub.Repositories, "models", Model);
        foreach (string name in (string[])["README.md", "config.json", "model.safetensors"])
        {
            Assert.Equal(
                await File.ReadAllBytesAsync(Path.Join(repository, name), TestContext.Current.CancellationToken),
                await File.ReadAllBytesAsync(Path.Join(_cli.Work, "checkpoints/openaudio-s1-mini", name), TestContext.Current.CancellationToken));
        }

        Assert.Equal(before, hub.Requests.Count);
        Assert.True(HasTrained);
        Assert.Contains("token in the environment: True", trained.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S0-22")]
    public void The_template_for_the_token_has_no_token_and_git_ignores_the_file_itself()
    {
        Assert.Contains("HF_TOKEN=", File.ReadAllLines(Path.Join(Sample, ".env.example")));
        Assert.Contains(".env", File.ReadAllLines(Path.Join(Sample, ".gitignore")));
    }

    private bool HasTrained => File.Exists(Path.Join(_cli.Work, "output/finnish.json"));

    private static JsonElement Json(CommandResult result) => JsonDocument.Parse(result.Output).RootElement;

    private static (string? Kind, string? Cause) Error(JsonElement model) =>
        (model.GetProperty("error").GetProperty("kind").GetString(), model.GetProperty("error").GetProperty("cause").GetString());

    private Task<CommandResult> RunAsync(params string[] arguments) => SnugProcess.RunAsync(_cli, null, arguments);
}
