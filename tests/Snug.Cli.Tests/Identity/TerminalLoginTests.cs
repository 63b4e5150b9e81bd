using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>The prompt on a real terminal.</summary>
public sealed class TerminalLoginTests(SampleHub hub) : IClassFixture<SampleHub>
{
    /// <summary>Types into a terminal as soon as it shows that it is waiting.</summary>
    private const string Type = """(until grep -q "not shown" screen 2>/dev/null; do sleep 0.1; done; printf "$KEYS"; sleep 1) | script -qefc "$COMMAND" /dev/null > screen 2>&1""";

    [Fact]
    [Trait("Requirement", "S0-16")]
    public async Task A_token_that_is_pasted_is_not_shown()
    {
        await Tool.Script.RequireAsync();
        using CliHarness cli = hub.Cli();

        (int code, string screen) = await TypeAsync(cli, $"dotnet {SnugProcess.Program} login", SampleHub.AliceToken + "\\n");

        Assert.Equal((0, true), (code, screen.Contains("Logged in as alice", StringComparison.Ordinal)));
        Assert.DoesNotContain("DEMOalice", screen, StringComparison.Ordinal);
        Assert.Equal(SampleHub.AliceToken, await File.ReadAllTextAsync(Path.Join(cli.Home, "token"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_terminal_of_these_tests_shows_what_a_program_does_not_hide()
    {
        await Tool.Script.RequireAsync();
        using CliHarness cli = hub.Cli();

        (_, string screen) = await TypeAsync(cli, "echo not shown; read line", SampleHub.AliceToken + "\\n");

        Assert.Contains("DEMOalice", screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_an_interruption_the_terminal_shows_what_is_typed_again()
    {
        await Tool.Script.RequireAsync();
        using CliHarness cli = hub.Cli();

        // Programs that a shell started in the background inherit the signal as ignored; this one must not.
        (_, string screen) = await TypeAsync(cli, $"trap : INT; env --default-signal=INT dotnet {SnugProcess.Program} login; echo code=\\$?; stty -a", "\\003");

        Assert.Contains("code=130", screen, StringComparison.Ordinal);
        Assert.Contains(" echo ", screen, StringComparison.Ordinal);
        Assert.DoesNotContain(" -echo ", screen, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Join(cli.Home, "token")));
    }

    private static async Task<(int Code, string Screen)> TypeAsync(CliHarness cli, string command, string keys)
    {
        cli.Variables["COMMAND"] = command.Replace("\\$", "$", StringComparison.Ordinal);
        cli.Variables["KEYS"] = keys;
        CommandResult result = await SnugProcess.ShellAsync(cli, Type);
        return (result.ExitCode, await File.ReadAllTextAsync(Path.Join(cli.Work, "screen"), TestContext.Current.CancellationToken));
    }
}
