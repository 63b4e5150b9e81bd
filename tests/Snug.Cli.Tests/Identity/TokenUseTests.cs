using System.Text.Json;
using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>What was asked of tokens and of getting ready for a deployment, where no other test shows it alone.</summary>
public sealed class TokenUseTests(SampleHub hub) : IClassFixture<SampleHub>
{
    [Fact]
    [Trait("Requirement", "S1-28")]
    public void The_six_named_behaviours_are_tests_by_these_names() =>
        Assert.Equal(
            ["Helpful_auth_error", "Init_from_env_uses_the_variable", "Rate_limit_advice", "Token_passed_to_the_loaders", "Token_stored", "Warning_without_token"],
            typeof(NamedBehaviourTests).GetMethods().Where(method => method.GetCustomAttributes(typeof(FactAttribute), true).Length > 0).Select(method => method.Name).Order(StringComparer.Ordinal));

    [Fact]
    [Trait("Requirement", "S1-34")]
    public async Task Doctor_warns_of_an_env_file_that_git_does_not_ignore_and_is_content_when_it_does()
    {
        using CliHarness cli = hub.Cli();
        await File.WriteAllTextAsync(Path.Join(cli.Work, ".env"), "HF_TOKEN=\n", TestContext.Current.CancellationToken);
        CommandResult git = await CommandRunner.RunAsync("git", ["init", "--quiet", cli.Work], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(0, git.ExitCode);

        CliResult without = await cli.RunAsync("doctor", "--project", cli.Work);
        await File.WriteAllTextAsync(Path.Join(cli.Work, ".gitignore"), ".env\n", TestContext.Current.CancellationToken);
        CliResult with = await cli.RunAsync("doctor", "--project", cli.Work);

        Assert.Contains("warning: .env: git does not ignore", without.Out, StringComparison.Ordinal);
        Assert.Contains("ok: .env: git ignores it.", with.Out, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S1-35")]
    public async Task A_token_is_checked_by_asking_the_Hub_whose_it_is()
    {
        using CliHarness cli = hub.Cli();
        cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;
        int before = hub.Requests.Count(request => request == "GET /api/whoami-v2");

        CliResult good = await cli.RunAsync("whoami", "--json");
        cli.Variables["HF_TOKEN"] = SampleHub.ExpiredToken;
        CliResult expired = await cli.RunAsync("whoami", "--json");

        Assert.Equal(before + 2, hub.Requests.Count(request => request == "GET /api/whoami-v2"));
        JsonElement token = good.Json.GetProperty("token");
        Assert.Equal(("alice", "alice-read", "read"), (good.Json.GetProperty("name").GetString(), token.GetProperty("name").GetString(), token.GetProperty("role").GetString()));
        Assert.Equal(JsonValueKind.Null, token.GetProperty("expiresAt").ValueKind);
        Assert.Equal((ExitCodes.Token, "token_expired"), (expired.ExitCode, expired.Json.GetProperty("cause").GetString()));
    }

    [Fact]
    [Trait("Requirement", "S1-36")]
    public async Task Of_a_token_in_the_environment_its_presence_and_a_short_prefix_are_shown()
    {
        using CliHarness cli = hub.Cli();

        CliResult without = await cli.RunAsync("env", "--json");
        cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;
        CliResult with = await cli.RunAsync("env", "--json");

        Assert.False(without.Json.GetProperty("variables").TryGetProperty("HF_TOKEN", out _));
        string shown = with.Json.GetProperty("variables").GetProperty("HF_TOKEN").GetString()!;
        Assert.StartsWith(shown.TrimEnd('…'), SampleHub.AliceToken, StringComparison.Ordinal);
        Assert.InRange(shown.TrimEnd('…').Length, 1, 10);
        Assert.DoesNotContain(SampleHub.AliceToken, with.Out + with.Error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S1-38")]
    public void The_guide_tells_how_to_get_and_use_a_token_what_can_go_wrong_and_what_is_safe()
    {
        string guide = Page("setup.md");

        Assert.All(
            (string[])["Get a token", "Give it to the machine", "Without a token", "Troubleshooting", "Security"],
            section => Assert.Contains(Headings(guide), heading => heading.Contains(section, StringComparison.Ordinal)));
        string steps = guide[guide.IndexOf("Get a token\n", StringComparison.Ordinal)..guide.IndexOf("Give it to the machine", StringComparison.Ordinal)];
        Assert.All((string[])["\n1. ", "\n2. ", "\n3. ", "/settings/tokens"], step => Assert.Contains(step, steps, StringComparison.Ordinal));
        Assert.Contains("| know whose token is used, and from where | `snug whoami` |", Page("quick-reference.md"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S1-39")]
    public void The_summary_has_before_and_after_how_to_verify_and_what_can_be_configured() =>
        Assert.Equal(["Before and after", "Verify it", "Configuration", "State of this page"], Headings(Page("authentication-summary.md")));

    [Fact]
    [Trait("Requirement", "S1-40")]
    public async Task From_no_token_to_a_gated_model_nothing_fails_that_was_not_explained()
    {
        using CliHarness cli = hub.Cli();
        int before = hub.Requests.Count;

        CliResult open = await cli.RunAsync("download", "snug/tiny-model");
        CliResult refused = await cli.RunAsync("download", "snug/gated-model");
        cli.Input = SampleHub.AliceToken;
        CliResult login = await cli.RunAsync("login", "--token", "-");
        cli.Input = "";
        CliResult gated = await cli.RunAsync("download", "snug/gated-model");
        CliResult again = await cli.RunAsync("download", "snug/gated-model", "--json");
        CliResult training = await cli.RunAsync("doctor", "--for", "training", "--project", cli.Work, "snug/gated-model");

        Assert.Equal([0, ExitCodes.Access, 0, 0, 0, 0], new[] { open, refused, login, gated, again, training }.Select(result => result.ExitCode));
        Assert.Contains("snug login", refused.Error, StringComparison.Ordinal);
        Assert.Contains("/snug/gated-model", refused.Error, StringComparison.Ordinal);
        Assert.True(hub.Requests.Count - before < 100, $"{hub.Requests.Count - before} requests");
        Assert.All(new[] { open, refused, login, gated, again, training }, result => Assert.DoesNotContain(SampleHub.AliceToken, result.Out + result.Error, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "S1-43")]
    public async Task The_program_and_the_summary_say_which_version_of_when_by_whom_and_in_which_state()
    {
        using CliHarness cli = hub.Cli();
        CliResult version = await cli.RunAsync("--version");
        Dictionary<string, string> rows = Page("authentication-summary.md").Split("## State of this page\n")[1].Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToDictionary(cells => cells[1], cells => cells[2], StringComparer.Ordinal);

        Assert.Equal(0, version.ExitCode);
        Assert.Contains(rows["version"], version.Out, StringComparison.Ordinal);
        Assert.True(DateOnly.TryParseExact(rows["last changed"], "yyyy-MM-dd", out _), rows["last changed"]);
        Assert.NotEmpty(rows["maintained by"]);
        Assert.NotEmpty(rows["status"]);
    }

    private static string Page(string name) => File.ReadAllText(Path.Join(AppContext.BaseDirectory, "docs", name)).ReplaceLineEndings("\n");

    private static string[] Headings(string page) =>
        [.. page.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..])];
}
