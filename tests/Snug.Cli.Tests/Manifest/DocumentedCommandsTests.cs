using System.Text.RegularExpressions;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>
/// The commands of the guides work as they are written. A block of shell lines says in a comment before it what it is run with,
/// <c>&lt;!-- run with: token --&gt;</c> or <c>nothing</c>, or why it cannot be run here, <c>&lt;!-- not run: … --&gt;</c>. A line that ends with a comment
/// such as <c># exit code 4: …</c> is expected to end with that code, every other one with 0.
/// </summary>
public sealed partial class DocumentedCommandsTests : IAsyncLifetime
{
    private static readonly string[] Pages = ["setup.md", "deployment.md", "quick-reference.md", "manifest.md", "authentication-summary.md"];

    private readonly TempFolder _repositories = new();
    private HubServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await Tool.Python.RequireAsync();
        Copy(SampleHub.Repositories, _repositories.Path);
        Copy(Path.Join(SampleHub.Repositories, "models/tiny"), Path.Join(_repositories.Path, "models/openai/whisper-tiny"));
        _server = await HubServer.StartAsync(new HubServerOptions { Source = new FolderRepositorySource(_repositories.Path) }, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _repositories.Dispose();
    }

    public static TheoryData<string, int, string, string> Blocks()
    {
        TheoryData<string, int, string, string> blocks = [];
        foreach (string page in Pages)
        {
            string text = File.ReadAllText(Path.Join(AppContext.BaseDirectory, "docs", page)).ReplaceLineEndings("\n");
            foreach (Match match in Block().Matches(text))
            {
                string[] commands = [.. match.Groups["lines"].Value.Split('\n').Where(line => line.StartsWith("snug ", StringComparison.Ordinal))];
                if (commands.Length > 0)
                {
                    blocks.Add(page, text[..match.Index].Count(c => c == '\n') + 1, match.Groups["mark"].Value, string.Join('\n', commands));
                }
            }
        }

        return blocks;
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task Every_command_of_a_block_ends_as_the_page_says(string page, int line, string mark, string commands)
    {
        if (mark.StartsWith("not run: ", StringComparison.Ordinal))
        {
            Assert.True(mark.Length > "not run: ".Length, $"{page}:{line} does not say why.");
            return;
        }

        using CliHarness cli = new(_server.Endpoint);
        cli.Variables["HF_TOKEN"] = mark switch
        {
            "run with: token" => SampleHub.AliceToken,
            "run with: nothing" => "",
            _ => throw new InvalidOperationException($"{page}:{line} does not say what its commands are run with."),
        };
        WriteProject(cli.Work);
        foreach (string command in commands.Split('\n'))
        {
            int expected = ExpectedCode().Match(command) is { Success: true } match ? int.Parse(match.Groups["code"].ValueSpan) : 0;
            string[] arguments = command.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];

            CliResult result = await cli.RunAsync(ReplaceFolders(arguments, cli.Work));

            Assert.True(expected == result.ExitCode, $"{page}:{line}: '{command}' ended with {result.ExitCode}.\n{result.Out}\n{result.Error}");
        }
    }

    [Theory]
    [InlineData("setup.md", "Get a token", "Give it to the machine: three methods", "Without a token", "Right and wrong", "Troubleshooting", "Security")]
    [InlineData("authentication-summary.md", "Before and after", "Verify it", "Configuration")]
    [InlineData("deployment.md", "Containers", "Kubernetes", "CI")]
    [InlineData("identity.md", "Get a token", "Which token is used", "Troubleshooting", "Security")]
    public void The_guides_have_the_sections_that_people_look_for(string page, params string[] sections)
    {
        string[] lines = File.ReadAllLines(Path.Join(AppContext.BaseDirectory, "docs", page));

        Assert.All(sections, section => Assert.Contains(lines, l => l.StartsWith("## ", StringComparison.Ordinal) && l.EndsWith(section, StringComparison.Ordinal)));
    }

    [Fact]
    public void Nearly_every_command_is_run()
    {
        string[] marks = [.. Blocks().Select(row => row.Data.Item3)];

        Assert.True(marks.Length > 10);
        Assert.True(marks.Count(m => m.StartsWith("not run", StringComparison.Ordinal)) <= 2);
    }

    /// <summary>The tests share one process, whose folder cannot be changed for one of them.</summary>
    private static string[] ReplaceFolders(string[] arguments, string work)
    {
        int folder = Array.IndexOf(arguments, "--local-dir") + 1;
        if (folder > 0)
        {
            arguments[folder] = Path.Join(work, arguments[folder]);
        }

        return [.. arguments.Select(a => a.EndsWith(".py", StringComparison.Ordinal) ? Path.Join(work, a) : a)];
    }

    private static void WriteProject(string folder)
    {
        File.WriteAllText(Path.Join(folder, "train.py"), "import os\nprint('trained', 'HF_HOME' in os.environ)\n");
        File.WriteAllText(Path.Join(folder, "serve.py"), "print('served')\n");
        File.WriteAllText(Path.Join(folder, "snug.json"), """
            {
              "stages": [{ "name": "greet", "run": "echo set up" }],
              "models": ["openai/whisper-tiny", { "repository": "fishaudio/openaudio-s1-mini", "directory": "checkpoints/openaudio-s1-mini" }]
            }
            """);
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Join(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    [GeneratedRegex(@"(?:<!-- (?<mark>[^\n]*) -->\n)?```sh\n(?<lines>.*?)\n```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Block();

    [GeneratedRegex("# exit code (?<code>[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExpectedCode();
}
