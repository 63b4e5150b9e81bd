namespace Snug.Cli.Tests;

public sealed class LoginCommandTests(SampleHub hub) : IClassFixture<SampleHub>
{
    private const string ScopedToken = "hf_DEMOaliceFINESCOPED00000000000000000000000";

    [Theory]
    [InlineData(SampleHub.AliceToken + "\n")]
    [InlineData("  \"" + SampleHub.AliceToken + "\"\r\n")]
    public async Task A_token_from_standard_input_is_confirmed_and_then_stored_for_all_clients(string input)
    {
        using CliHarness cli = hub.Cli();
        cli.Input = input;

        CliResult result = await cli.RunAsync("login");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Contains("account\talice\tAlice Demo", result.OutLines);
        Assert.Contains("role\tread", result.OutLines);
        Assert.Contains("Logged in as alice", result.Error, StringComparison.Ordinal);
        Assert.Equal(SampleHub.AliceToken, File.ReadAllText(Path.Join(cli.Home, "token")));
        Assert.Equal($"[alice-read]\nhf_token = {SampleHub.AliceToken}\n\n", File.ReadAllText(Path.Join(cli.Home, "stored_tokens")));
        Assert.DoesNotContain(SampleHub.AliceToken, result.Out + result.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, (await cli.RunAsync("download", "snug/gated-model")).ExitCode);
    }

    [Theory]
    [InlineData("--token", SampleHub.AliceToken)]
    [InlineData("--token", "-")]
    public async Task A_token_can_be_given_as_an_option_or_a_dash(string option, string value)
    {
        using CliHarness cli = hub.Cli();
        cli.IsTerminal = true;
        cli.Input = value == "-" ? SampleHub.AliceToken : SampleHub.BobToken;

        CliResult result = await cli.RunAsync("login", option, value);

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.DoesNotContain("Paste", result.Error, StringComparison.Ordinal);
        Assert.Equal(SampleHub.AliceToken, File.ReadAllText(Path.Join(cli.Home, "token")));
    }

    [Fact]
    public async Task On_a_terminal_it_asks_and_says_where_to_get_a_token()
    {
        using CliHarness cli = hub.Cli();
        cli.IsTerminal = true;
        cli.Input = SampleHub.AliceToken;

        CliResult result = await cli.RunAsync("login");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Contains(hub.Endpoint.AbsoluteUri + "settings/tokens", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains("Paste the token and press Enter", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Requirement", "S2-18")]
    [InlineData("hf_wrong0000000000000000000000000000000", "Invalid credentials")]
    [InlineData(SampleHub.ExpiredToken, "expired")]
    [InlineData("not a token", "characters that no token has")]
    [InlineData("api_org_000000000000000000000000", "organization")]
    public async Task A_token_that_does_not_work_is_refused_with_the_reason_and_nothing_is_stored(string token, string reason)
    {
        using CliHarness cli = hub.Cli();
        cli.Input = token;

        CliResult result = await cli.RunAsync("login");

        Assert.Equal(ExitCodes.Token, result.ExitCode);
        Assert.Contains(reason, result.ErrorLines[0], StringComparison.Ordinal);
        Assert.DoesNotContain(token, result.Out + result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(cli.Home));
    }

    [Theory]
    [Trait("Requirement", "S2-18")]
    [InlineData("not a token", "characters that no token has")]
    [InlineData("hf_" + "\u00e4\u00f6\u00fc", "characters that no token has")]
    public async Task A_token_that_cannot_be_one_is_refused_before_it_is_used(string token, string reason)
    {
        using CliHarness cli = hub.Cli();
        int before = hub.Requests.Count;

        CliResult result = await cli.RunAsync("download", "snug/tiny-model", "--token", token);

        Assert.Equal(ExitCodes.Token, result.ExitCode);
        Assert.Contains(reason, result.ErrorLines[0], StringComparison.Ordinal);
        Assert.DoesNotContain(token, result.Error, StringComparison.Ordinal);
        Assert.Equal(before, hub.Requests.Count);
    }

    [Fact]
    public async Task A_token_that_cannot_be_confirmed_is_not_stored()
    {
        using CliHarness down = new();
        down.Input = SampleHub.AliceToken;
        using CliHarness offline = hub.Cli();
        offline.Input = SampleHub.AliceToken;
        offline.Variables["HF_HUB_OFFLINE"] = "1";

        Assert.Equal(ExitCodes.Network, (await down.RunAsync("login")).ExitCode);
        Assert.Equal(ExitCodes.Offline, (await offline.RunAsync("login")).ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(down.Home));
        Assert.Empty(Directory.GetFileSystemEntries(offline.Home));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    public async Task Without_a_token_it_is_wrong_use_and_says_how_to_give_one(string input)
    {
        using CliHarness cli = hub.Cli();
        cli.Input = input;

        CliResult result = await cli.RunAsync("login");

        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Contains("/settings/tokens", result.ErrorLines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fine_grained_token_without_the_gated_permission_is_stored_with_a_warning_that_says_what_to_change()
    {
        using CliHarness cli = hub.Cli();
        cli.Input = ScopedToken;

        CliResult result = await cli.RunAsync("login");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Contains("gated repositories\tnot allowed by the token", result.OutLines);
        Assert.Contains("model snug/private-model\trepo.content.read", result.OutLines);
        Assert.Contains(result.ErrorLines, l => l.StartsWith("warning: This fine-grained token may not read gated", StringComparison.Ordinal)
            && l.Contains("/settings/tokens", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_tells_account_token_and_place_but_not_the_token()
    {
        using CliHarness cli = hub.Cli();
        cli.Input = ScopedToken;

        CliResult result = await cli.RunAsync("login", "--json", "--name", "mine");

        Assert.Equal(("alice", "mine", Path.Join(cli.Home, "token")), (
            result.Json.GetProperty("name").GetString(), result.Json.GetProperty("storedAs").GetString(), result.Json.GetProperty("storedIn").GetString()));
        Assert.Equal("fine_grained", result.Json.GetProperty("token").GetProperty("role").GetString());
        Assert.True(result.Json.GetProperty("token").GetProperty("lacksGatedPermission").GetBoolean());
        Assert.Equal("snug/private-model", result.Json.GetProperty("token").GetProperty("scopes")[0].GetProperty("entity").GetString());
        Assert.DoesNotContain(ScopedToken, result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_env_file_of_the_folder_does_not_say_where_a_pasted_token_goes()
    {
        await using SampleHub foreign = new();
        await foreign.InitializeAsync();
        using CliHarness cli = hub.Cli();
        File.WriteAllText(Path.Join(cli.Work, ".env"), $"HF_ENDPOINT={foreign.Endpoint}\nHF_HOME={cli.Work}\n");
        cli.Input = SampleHub.AliceToken;

        CliResult result = await cli.RunAsync("login");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Empty(foreign.Requests);
        Assert.Equal([".env"], Directory.GetFileSystemEntries(cli.Work).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_variable_that_beats_the_stored_token_is_warned_of()
    {
        using CliHarness cli = hub.Cli();
        cli.Input = SampleHub.AliceToken;
        cli.Variables["HF_TOKEN"] = SampleHub.BobToken;

        CliResult result = await cli.RunAsync("login");

        Assert.Contains("warning: The token from HF_TOKEN beats the stored one here.", result.ErrorLines);
    }

    [Fact]
    public async Task A_damaged_store_is_left_as_it_is()
    {
        using CliHarness cli = hub.Cli();
        cli.Input = SampleHub.AliceToken;
        File.WriteAllText(Path.Join(cli.Home, "stored_tokens"), "damaged");

        CliResult result = await cli.RunAsync("login", "--json");

        Assert.Equal((ExitCodes.Storage, "token_storage"), (result.ExitCode, result.Json.GetProperty("kind").GetString()));
        Assert.Equal("damaged", File.ReadAllText(Path.Join(cli.Home, "stored_tokens")));
    }
}
