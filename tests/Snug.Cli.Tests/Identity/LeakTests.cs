using System.CommandLine;
using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>A token is in the files that are made for it, and nowhere else, however much a command is asked to tell.</summary>
public sealed class LeakTests(SampleHub hub) : IClassFixture<SampleHub>
{
    /// <summary>Stands for the token in a command line.</summary>
    private const string Given = "TOKEN";

    /// <summary>What the job of <c>exec</c> and the stages of <c>setup</c> write down: how they and the tool were called, and that they have the token.</summary>
    private const string Job = """
        ps -o args= -p $PPID -p $$ 2> /dev/null >> arguments.txt || tr '\0' ' ' < /proc/$PPID/cmdline >> arguments.txt
        [ ${#HF_TOKEN} -eq ${#HUGGING_FACE_HUB_TOKEN} ] && echo "${#HF_TOKEN} characters" >> given.txt
        exit 0
        """;

    private const string Manifest = """
        {
          "stages": [
            { "name": "open", "run": ["env > open-environment.txt", "sh job.sh"] },
            { "name": "closed", "run": "sh job.sh", "token": "required" }
          ],
          "models": ["snug/gated-model"]
        }
        """;

    /// <summary>Command lines by what they end with. Each is run as a process, with everything logged.</summary>
    private static readonly (int ExitCode, string Line)[] Lines =
    [
        (ExitCodes.Done, "login --token - --json"),
        (ExitCodes.Done, "login --token TOKEN --name second"),
        (ExitCodes.Done, "auth list --json"),
        (ExitCodes.Done, "auth switch second --json"),
        (ExitCodes.Done, "whoami --json"),
        (ExitCodes.Done, "env --json"),
        (ExitCodes.Done, "providers --json"),
        (ExitCodes.NotFound, "doctor snug/gated-model snug/missing --scan train.py --speed --deploy"),
        (ExitCodes.Done, "doctor --for training --json"),
        (ExitCodes.Done, "setup"),
        (ExitCodes.Done, "setup --force --json"),
        (ExitCodes.Done, "status"),
        (ExitCodes.Done, "status --json"),
        (ExitCodes.Done, "exec --require snug/gated-model -- sh job.sh"),
        (ExitCodes.NotFound, "exec --require snug/missing -- sh job.sh"),
        (ExitCodes.Access, "verify-access snug/gated-model"),
        (ExitCodes.Done, "verify-access --token TOKEN snug/gated-model --json"),
        (ExitCodes.Done, "run snug/tiny-model hello -n 1 --json"),
        (ExitCodes.NotFound, "run snug/missing hello"),
        (ExitCodes.NotFound, "embed snug/missing hello --json"),
        (ExitCodes.Done, "tokenize -m snug/tiny-model --json hello"),
        (ExitCodes.NotFound, "render snug/missing --json"),
        (ExitCodes.Done, "download snug/gated-model --token TOKEN --json"),
        (ExitCodes.NotFound, "download snug/missing --progress json"),
        (ExitCodes.Done, "ensure -m snug/gated-model --json"),
        (ExitCodes.Done, "files snug/gated-model --json"),
        (ExitCodes.Done, "info snug/gated-model --json"),
        (ExitCodes.Done, "cache verify --json"),
        (ExitCodes.Done, "cache list --json"),
    ];

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

    [Fact]
    public async Task No_command_tells_the_token_however_much_it_is_asked_to_tell()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The job and the program that listens are shell scripts.");
        await Tool.Git.RequireAsync();
        using CliHarness cli = hub.Cli();
        await PrepareAsync(cli);
        foreach ((int exitCode, string line) in Lines)
        {
            string[] words = [.. line.Replace(Given, SampleHub.AliceToken, StringComparison.Ordinal).Split(' ')];
            int end = Array.IndexOf(words, "--") is var separator && separator < 0 ? words.Length : separator;

            CommandResult result = await SnugProcess.RunAsync(cli, SampleHub.AliceToken, [.. words[..end], "-vv", .. words[end..]]);

            Assert.True(exitCode == result.ExitCode, $"{line} ended with {result.ExitCode}: {result.Output}{result.Error}");
            Assert.False((result.Output + result.Error).Contains(SampleHub.AliceToken, StringComparison.Ordinal), line);
            Assert.Empty(Telling(cli).Except([Path.Join(cli.Home, "stored_tokens"), Path.Join(cli.Home, "token"), Path.Join(cli.Work, ".env")]).Select(file => $"{line}: {file}"));
        }

        // The search finds what is there, and those who should have had the token had it.
        Assert.Equal(3, Telling(cli).Length);
        Assert.Equal(Enumerable.Repeat($"{SampleHub.AliceToken.Length} characters", 3), (await ReadAsync(cli, "given.txt")).Where(l => l[0] != '0'));
        Assert.Contains(await ReadAsync(cli, "arguments.txt"), l => l.Contains("exec --require snug/gated-model -vv -- sh job.sh", StringComparison.Ordinal));
        Assert.Contains(await ReadAsync(cli, "spy.log"), l => l.Contains("git -C", StringComparison.Ordinal) && l.Contains("ls-files", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_command_that_takes_a_token_is_run_here()
    {
        using StringWriter nowhere = new();
        RootCommand root = SnugApp.CreateRoot(new CliConsole { Out = nowhere, Error = nowhere }, new CommonOptions());

        HashSet<Type> run = [.. Lines.Select(l => root.Parse(l.Line).CommandResult.Command.GetType())];

        List<Command> open = [root];
        for (int i = 0; i < open.Count; i++)
        {
            open.AddRange(open[i].Subcommands);
        }

        Command[] taking = [.. open.Where(c => c.Options.Any(o => o.Name == "--token"))];
        Assert.True(taking.Length > 10);
        Assert.Empty(taking.Where(c => !run.Contains(c.GetType())).Select(c => c.Name));
    }

    /// <summary>A project in a git repository, with a home and a place for temporary files that are searched too.</summary>
    private static async Task PrepareAsync(CliHarness cli)
    {
        Assert.Equal(0, (await CommandRunner.RunAsync("git", ["init", "-q"], folder: cli.Work)).ExitCode);
        foreach ((string name, string text) in ((string, string)[])
        [
            ("snug.json", Manifest), ("job.sh", Job), (".env", $"HUGGINGFACE_TOKEN={SampleHub.AliceToken}\n"), ("spy.log", ""),
            ("train.py", "AutoModel.from_pretrained(\"snug/tiny-model\")\n"),
        ])
        {
            await File.WriteAllTextAsync(Path.Join(cli.Work, name), text, TestContext.Current.CancellationToken);
        }

        string temporary = Directory.CreateDirectory(Path.Join(cli.Work, "temporary")).FullName;
        cli.Variables["PATH"] = $"{InstallSpies(cli, "git")}:{Environment.GetEnvironmentVariable("PATH")}";
        cli.Variables["SPY_LOG"] = Path.Join(cli.Work, "spy.log");
        cli.Variables["SPY_INPUT"] = Path.Join(cli.Work, "spy.input");
        cli.Variables["HOME"] = cli.Home;
        cli.Variables["TMPDIR"] = temporary;
        cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;
    }

    private static Task<string[]> ReadAsync(CliHarness cli, string name) => File.ReadAllLinesAsync(Path.Join(cli.Work, name), TestContext.Current.CancellationToken);

    private static string[] Telling(CliHarness cli) => [.. FilesWith(SampleHub.AliceToken, cli.Home), .. FilesWith(SampleHub.AliceToken, cli.Work)];

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
