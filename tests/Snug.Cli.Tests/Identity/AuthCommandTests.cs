using System.Text.Json;

namespace Snug.Cli.Tests;

/// <summary><c>whoami</c>, <c>logout</c>, <c>auth list</c>, <c>auth switch</c>, and tokens in <c>env</c>.</summary>
public sealed class AuthCommandTests(SampleHub hub) : IClassFixture<SampleHub>
{
    [Fact]
    public async Task Whoami_tells_account_token_and_source()
    {
        using CliHarness cli = hub.Cli();
        cli.Variables["HUGGINGFACE_TOKEN"] = "hf_DEMOcarolWRITE0000000000000000000000000000";

        CliResult text = await cli.RunAsync("whoami");
        CliResult json = await cli.RunAsync("whoami", "--json");
        CliResult option = await cli.RunAsync("whoami", "--token", SampleHub.BobToken);

        Assert.Equal(["account\tcarol\tCarol Demo", "organizations\tsnug (read)", "token\tcarol-write", "role\twrite", "from\tHUGGINGFACE_TOKEN"], text.OutLines[..5]);
        Assert.Equal(("carol", "HUGGINGFACE_TOKEN", "write"), (
            json.Json.GetProperty("name").GetString(), json.Json.GetProperty("source").GetString(), json.Json.GetProperty("token").GetProperty("role").GetString()));
        Assert.Equal("snug", json.Json.GetProperty("organizations")[0].GetProperty("name").GetString());
        Assert.Contains("account\tbob\tBob Demo", option.OutLines);
        Assert.Contains("from\tthe command line", option.OutLines);
    }

    [Fact]
    public async Task Whoami_without_a_token_says_how_to_get_one()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("whoami", "--json");

        Assert.Equal((ExitCodes.Token, "token_required"), (result.ExitCode, result.Json.GetProperty("kind").GetString()));
        Assert.Contains("snug login", result.Json.GetProperty("advice")[1].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Requirement", "S2-03")]
    [InlineData("auth", "--help")]
    [InlineData("auth")]
    [InlineData("login", "--help")]
    public Task Help_has_the_four_things_that_a_token_is_good_for(params string[] command) => SaysOptionalAsync(command);

    [Theory]
    [Trait("Requirement", "S2-30")]
    [InlineData("auth", "list")]
    [InlineData("env")]
    public Task Settings_without_a_token_say_that_none_is_needed_and_what_one_is_good_for(params string[] command) => SaysOptionalAsync(command);

    private async Task SaysOptionalAsync(string[] command)
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync(command);

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        string text = string.Join(' ', (result.Out + result.Error).Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("Authentication is optional: public models need none.", text, StringComparison.Ordinal);
        Assert.All(
            (string[])["higher rate limits", "faster downloads (priority)", "private models", "usage that you can see ('snug usage'"],
            benefit => Assert.Contains(benefit, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stored_tokens_are_listed_switched_and_removed()
    {
        using CliHarness cli = hub.Cli();
        await LoginAsync(cli, SampleHub.AliceToken);
        await LoginAsync(cli, SampleHub.BobToken);

        CliResult list = await cli.RunAsync("auth", "list");
        CliResult switched = await cli.RunAsync("auth", "switch", "alice-read");
        CliResult who = await cli.RunAsync("whoami", "--json");
        CliResult again = await cli.RunAsync("auth", "switch", "--token-name", "bob-read", "--json");
        CliResult removed = await cli.RunAsync("logout", "--name", "bob-read");
        CliResult left = await cli.RunAsync("auth", "list", "--json");

        Assert.Equal(["\talice-read\thf_DEMO…\tfile\t", "active\tbob-read\thf_DEMO…\tfile\t"], list.OutLines);
        Assert.Contains("The active token is now 'alice-read'.", switched.Error, StringComparison.Ordinal);
        Assert.Equal("alice", who.Json.GetProperty("name").GetString());
        Assert.Equal("bob-read", again.Json.GetProperty("active").GetString());
        Assert.Contains(removed.ErrorLines, l => l.StartsWith("warning: It was the active token", StringComparison.Ordinal));
        JsonElement token = Assert.Single(left.Json.GetProperty("tokens").EnumerateArray());
        Assert.Equal(("alice-read", false), (token.GetProperty("name").GetString(), token.GetProperty("active").GetBoolean()));
        Assert.Contains(left.ErrorLines, l => l.StartsWith("warning: No stored token is active", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "S0-19")]
    public async Task Logout_removes_every_stored_token_and_the_next_call_is_anonymous()
    {
        using CliHarness cli = hub.Cli();
        await LoginAsync(cli, SampleHub.AliceToken);
        Assert.Equal(ExitCodes.Done, (await cli.RunAsync("download", "snug/gated-model", "--dry-run")).ExitCode);

        CliResult result = await cli.RunAsync("logout", "--json");
        CliResult second = await cli.RunAsync("logout");

        Assert.True(result.Json.GetProperty("removed").GetBoolean());
        Assert.False(File.Exists(Path.Join(cli.Home, "token")) || File.Exists(Path.Join(cli.Home, "stored_tokens")));
        Assert.Equal(ExitCodes.Access, (await cli.RunAsync("download", "snug/gated-model", "--force")).ExitCode);
        Assert.Equal((ExitCodes.Done, "Nobody was logged in."), (second.ExitCode, second.Error.TrimEnd()));
    }

    [Fact]
    public async Task Logout_says_so_when_a_variable_goes_on_to_log_in()
    {
        using CliHarness cli = hub.Cli();
        cli.Variables["HF_TOKEN"] = SampleHub.BobToken;

        CliResult result = await cli.RunAsync("logout");

        Assert.Contains("warning: The token from HF_TOKEN is still in force here.", result.ErrorLines);
    }

    [Theory]
    [InlineData("auth", "switch", "nobody")]
    [InlineData("logout", "--name", "nobody")]
    [InlineData("auth", "switch", "--quiet")]
    public async Task A_name_that_is_not_stored_is_wrong_use(params string[] arguments)
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync(arguments);

        Assert.Equal(ExitCodes.Usage, result.ExitCode);
    }

    [Fact]
    public async Task The_commands_are_found_under_auth_too_as_with_hf()
    {
        using CliHarness cli = hub.Cli();
        cli.Input = SampleHub.AliceToken;

        Assert.Equal(ExitCodes.Done, (await cli.RunAsync("auth", "login")).ExitCode);
        Assert.Equal("alice", (await cli.RunAsync("auth", "whoami", "--json")).Json.GetProperty("name").GetString());
        Assert.Equal(ExitCodes.Done, (await cli.RunAsync("auth", "logout")).ExitCode);
        Assert.Contains("switch", (await cli.RunAsync("auth")).Out, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S0-40")]
    public async Task A_token_of_the_env_file_is_used_and_named_by_env()
    {
        using CliHarness cli = hub.Cli();
        File.WriteAllText(Path.Join(cli.Work, ".env"), $"export HF_TOKEN=\"{SampleHub.AliceToken}\"  # mine\n");
        await File.WriteAllTextAsync(Path.Join(cli.Home, "token"), SampleHub.BobToken, TestContext.Current.CancellationToken);

        CliResult who = await cli.RunAsync("whoami", "--json");
        CliResult env = await cli.RunAsync("env");

        Assert.Equal(("alice", "HF_TOKEN in .env"), (who.Json.GetProperty("name").GetString(), who.Json.GetProperty("source").GetString()));
        Assert.Contains("token\thf_DEMO…\tfrom HF_TOKEN in .env", env.OutLines);
        Assert.Contains(env.OutLines, l => l.StartsWith("token, not used\thf_DEMO…\tfrom ", StringComparison.Ordinal));
        Assert.Contains($".env file\t{Path.Join(cli.Work, ".env")}\tfrom the command line", env.OutLines);
        Assert.Single(who.ErrorLines, l => l.Contains("hold different tokens", StringComparison.Ordinal));
        Assert.DoesNotContain(SampleHub.AliceToken, who.Out + who.Error + env.Out + env.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fine_grained_token_is_warned_of_and_the_endpoint_is_named()
    {
        using CliHarness cli = hub.Cli();
        cli.Variables["HF_TOKEN"] = SampleHub.FineToken;

        CliResult result = await cli.RunAsync("whoami");

        Assert.Contains($"endpoint\t{hub.Endpoint.AbsoluteUri.TrimEnd('/')}", result.OutLines);
        Assert.Contains(result.ErrorLines, l => l.Contains("may not read gated repositories", StringComparison.Ordinal));
    }

    private static async Task LoginAsync(CliHarness cli, string token)
    {
        cli.Input = token;
        Assert.Equal(ExitCodes.Done, (await cli.RunAsync("login", "--quiet")).ExitCode);
    }
}
