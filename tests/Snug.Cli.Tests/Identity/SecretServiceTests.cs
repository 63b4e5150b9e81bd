using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>Logins in the keychain, against a Secret Service that runs just for the test.</summary>
public sealed class SecretServiceTests(SampleHub hub) : IClassFixture<SampleHub>
{
    private const string Unlock = "printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1\n";

    [Fact]
    [Trait("Requirement", "S2-16")]
    public async Task A_token_is_kept_used_replaced_and_removed()
    {
        using CliHarness cli = await PrepareAsync();

        CommandResult result = await SnugProcess.ShellAsync(
            cli,
            Unlock + $"""
            printf %s {SampleHub.AliceToken} | $SNUG login --store keychain --quiet > /dev/null; echo "login $?"
            echo "kept $(secret-tool lookup service huggingface_token)"
            $SNUG whoami | grep -E '^(account|from)'
            grep -rl DEMOalice "$HF_HOME"; echo "grep $?"
            $SNUG auth list
            printf %s {SampleHub.BobToken} | $SNUG login --store keychain --quiet --name other > /dev/null; echo "login $?"
            echo "kept $(secret-tool lookup service huggingface_token)"
            $SNUG whoami | grep -E '^account'
            $SNUG auth list
            $SNUG logout --quiet; echo "logout $?"
            secret-tool lookup service huggingface_token; echo "lookup $?"
            $SNUG whoami 2>/dev/null; echo "whoami $?"
            """,
            null,
            "dbus-run-session",
            "--");

        Assert.Equal(
            [
                "login 0", $"kept {SampleHub.AliceToken}", "account\talice\tAlice Demo", "from\tkeychain (Secret Service)", "grep 1", "active\talice-read\thf_DEMO…\tkeychain\t",
                "login 0", $"kept {SampleHub.BobToken}", "account\tbob\tBob Demo", "active\tother\thf_DEMO…\tkeychain\t",
                "logout 0", "lookup 1", "whoami 3",
            ],
            result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Without_a_service_the_login_says_so_before_it_asks_for_a_token()
    {
        await Tool.SecretTool.RequireAsync();
        using CliHarness cli = hub.Cli();

        CommandResult result = await SnugProcess.RunAsync(cli, SampleHub.AliceToken, "login", "--store", "keychain", "--json");

        Assert.Equal(ExitCodes.Storage, result.ExitCode);
        Assert.Contains("token_storage", result.Output, StringComparison.Ordinal);
        Assert.Contains("--store file", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(cli.Home));
    }

    private async Task<CliHarness> PrepareAsync()
    {
        await Tool.DBusSession.RequireAsync();
        await Tool.GnomeKeyring.RequireAsync();
        await Tool.SecretTool.RequireAsync();
        CliHarness cli = hub.Cli();
        string run = Path.Join(cli.Work, "run");
        Directory.CreateDirectory(run);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(run, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        cli.Variables["HOME"] = cli.Work;
        cli.Variables["XDG_DATA_HOME"] = Path.Join(cli.Work, "data");
        cli.Variables["XDG_RUNTIME_DIR"] = run;
        cli.Variables["DOTNET_CLI_HOME"] = cli.Work;
        return cli;
    }
}
