using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>A token is in the files that are made for it, and nowhere else.</summary>
public sealed class LeakTests(SampleHub hub) : IClassFixture<SampleHub>
{
    /// <summary>Stands for git and for the keychain's tool: writes down what it is called with and what it could see.</summary>
    private const string Spy = """
        #!/bin/sh
        { echo "$0 $*"; env; } >> "$SPY_LOG"
        case "$0 $*" in
          *git\ config*) echo store ;;
          *git\ credential*|*secret-tool\ store*) cat >> "$SPY_INPUT" ;;
        esac
        """;

    [Fact]
    public async Task Nothing_that_a_run_writes_says_or_starts_has_the_token_but_the_files_for_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs that listen here are shell scripts.");
        using CliHarness cli = hub.Cli();
        string log = Path.Join(cli.Work, "spy.log");
        string input = Path.Join(cli.Work, "spy.input");
        string programs = InstallSpies(cli, "git", "secret-tool");
        cli.Variables["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}";
        cli.Variables["SPY_LOG"] = log;
        cli.Variables["SPY_INPUT"] = input;
        await File.WriteAllTextAsync(log, "", TestContext.Current.CancellationToken);

        List<CommandResult> results =
        [
            await SnugProcess.RunAsync(cli, SampleHub.AliceToken, "login", "--add-to-git-credential"),
            await SnugProcess.RunAsync(cli, SampleHub.AliceToken, "login", "--store", "keychain", "--json"),
            await SnugProcess.RunAsync(cli, null, "auth", "switch", "alice-read", "--add-to-git-credential", "--json"),
        ];

        // From here on a variable has it too, which children must not inherit.
        cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;
        results.AddRange(
        [
            await SnugProcess.RunAsync(cli, SampleHub.AliceToken, "login", "--add-to-git-credential", "--json"),
            await SnugProcess.RunAsync(cli, null, "whoami"),
            await SnugProcess.RunAsync(cli, null, "auth", "list", "--json"),
            await SnugProcess.RunAsync(cli, null, "env"),
            await SnugProcess.RunAsync(cli, null, "env", "--json"),
            await SnugProcess.RunAsync(cli, null, "download", "snug/gated-model", "--progress", "json"),
            await SnugProcess.RunAsync(cli, null, "download", "snug/missing-model", "--json"),
            await SnugProcess.RunAsync(cli, null, "info", "snug/gated-model"),
        ]);
        cli.Variables["HF_HUB_OFFLINE"] = "1";
        results.Add(await SnugProcess.RunAsync(cli, null, "whoami", "--json"));
        cli.Variables["HF_HUB_ETAG_TIMEOUT"] = SampleHub.AliceToken;
        results.Add(await SnugProcess.RunAsync(cli, null, "env", "--json"));

        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 8, 2], results.Select(r => r.ExitCode));
        Assert.All(results, r => Assert.DoesNotContain(SampleHub.AliceToken, r.Output + r.Error, StringComparison.Ordinal));
        string[] telling = [.. FilesWith(SampleHub.AliceToken, cli.Home).Concat(FilesWith(SampleHub.AliceToken, cli.Work)).Order(StringComparer.Ordinal)];
        Assert.Equal(new[] { Path.Join(cli.Home, "stored_tokens"), Path.Join(cli.Home, "token"), input }.Order(StringComparer.Ordinal), telling);

        string calls = await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken);
        Assert.Contains("git credential approve", calls, StringComparison.Ordinal);
        Assert.Contains("secret-tool store --label=huggingface_token service huggingface_token", calls, StringComparison.Ordinal);
        Assert.Contains($"password={SampleHub.AliceToken}", await File.ReadAllTextAsync(input, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static string InstallSpies(CliHarness cli, params string[] names)
    {
        string folder = Path.Join(cli.Work, "programs");
        Directory.CreateDirectory(folder);
        foreach (string name in names)
        {
            string path = Path.Join(folder, name);
            File.WriteAllText(path, Spy);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        return folder;
    }

    private static IEnumerable<string> FilesWith(string text, string folder) => Directory
        .EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
        .Where(path => File.ReadAllText(path).Contains(text, StringComparison.Ordinal));
}
