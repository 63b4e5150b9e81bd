using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Snug.Cli.Tests;

/// <summary>The bundled model, which was trained: what it says has a meaning, and is the same everywhere since the likeliest token is taken.</summary>
public sealed class DemonstrationModelTests
{
    private const string Blue = "The air scatters blue light more than red light, so blue reaches our eyes from all sides.";

    private static string Folder => Path.Join(SampleHub.Repositories, "models", "snug", "demonstration-model");

    [Fact]
    public async Task Without_anything_it_tells_what_it_can_do_and_leaves_nothing_behind()
    {
        using CliHarness cli = new();
        cli.Variables["HF_TOKEN"] = SampleHub.ExpiredToken;
        cli.Variables["HF_HUB_OFFLINE"] = "1";

        CliResult result = await cli.RunAsync("run");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.StartsWith("I can tell you about models and downloads", result.Out, StringComparison.Ordinal);
        Assert.Contains("> What can you do?", result.Error, StringComparison.Ordinal);
        Assert.Contains("snug/demonstration-model: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("downloaded and verified", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(cli.Home));
        Assert.Empty(Directory.GetFileSystemEntries(cli.Work));
    }

    [Theory]
    [InlineData("Why is the sky blue?", Blue)]
    [InlineData("what is 3 + 4", "3 + 4 = 7.")]
    [InlineData("What is the capital of France?", "The capital of France is Paris.")]
    [InlineData("What sound does a dog make?", "A dog barks.")]
    public async Task A_lone_argument_with_spaces_is_what_it_is_asked(string prompt, string answer)
    {
        using CliHarness cli = new();

        CliResult result = await cli.RunAsync("run", prompt, "--quiet");

        Assert.Equal((ExitCodes.Done, answer + "\n", ""), (result.ExitCode, result.Out, result.Error));
    }

    [Fact]
    public async Task Json_tells_the_commit_and_the_end_of_the_answer()
    {
        using CliHarness cli = new();

        JsonElement json = (await cli.RunAsync("run", "Why is the sky blue?", "--json")).Json;

        Assert.Equal(("snug/demonstration-model", "main", Blue), (json.GetProperty("model").GetString(), json.GetProperty("revision").GetString(), json.GetProperty("text").GetString()));
        Assert.Equal("end_token", json.GetProperty("finish").GetString());
        Assert.Equal(40, json.GetProperty("commit").GetString()!.Length);
    }

    [Fact]
    public async Task What_is_piped_in_is_asked_and_empty_input_is_as_none()
    {
        using CliHarness cli = new() { Input = "Why is the sky blue?\n" };

        Assert.Equal(Blue + "\n", (await cli.RunAsync("run")).Out);
        Assert.Equal(Blue + "\n", (await cli.RunAsync("run", "-")).Out);
        cli.Input = "";
        Assert.Equal(ExitCodes.Usage, (await cli.RunAsync("run", "-")).ExitCode);
        Assert.Equal(ExitCodes.Done, (await cli.RunAsync("run", "--json")).ExitCode);
    }

    [Fact]
    public async Task Raw_goes_on_with_a_text()
    {
        using CliHarness cli = new();

        CliResult result = await cli.RunAsync("run", "--raw");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.StartsWith(", a little ", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conversation_begins_with_a_question_and_goes_on_from_what_was_said()
    {
        using CliHarness cli = new() { IsTerminal = true, Input = "What is the capital of France?\nAnd of Italy?\n/clear\nWhy is the sky blue?\n/exit\n" };
        cli.Variables["NO_COLOR"] = "1";

        CliResult result = await cli.RunAsync("run", "--stats", "--threads", "1");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.StartsWith("I can tell you about models", result.OutLines[0], StringComparison.Ordinal);
        Assert.Equal(["The capital of France is Paris.", "The capital of Italy is Rome.", Blue], result.OutLines[1..]);
        string[] stats = [.. result.ErrorLines.Where(line => line.Contains("generated", StringComparison.Ordinal))];
        Assert.Equal([false, true, true], stats[..3].Select(line => line.Contains("known", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_system_prompt_changes_the_manner()
    {
        using CliHarness cli = new();

        Assert.StartsWith("Arr! ", (await cli.RunAsync("run", "What is the capital of France?", "--system", "You are a pirate.")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rounded_to_eight_bits_it_says_the_same()
    {
        using CliHarness cli = new();

        Assert.Equal(Blue + "\n", (await cli.RunAsync("run", "Why is the sky blue?", "--dtype", "q8")).Out);
    }

    [Theory]
    [InlineData("--cache-dir", "x")]
    [InlineData("--revision", "main")]
    [InlineData("--token", "hf_x")]
    public async Task What_is_for_a_model_of_the_Hub_needs_one(string option, string value)
    {
        using CliHarness cli = new();

        CliResult result = await cli.RunAsync("run", option, value);

        Assert.Equal((ExitCodes.Usage, ""), (result.ExitCode, result.Out));
        Assert.Contains(option, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_ends_a_text_in_the_middle()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The signal is made the default again by a program of Linux.");
        using CliHarness cli = new();

        // Nothing ends this text, and the pipe takes a part of it only.
        foreach (string file in Directory.EnumerateFiles(Folder))
        {
            File.Copy(file, Path.Join(cli.Work, Path.GetFileName(file)));
        }

        foreach (string file in (string[])["config.json", "generation_config.json"])
        {
            string path = Path.Join(cli.Work, file);
            JsonNode json = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!;
            json.AsObject().Remove("eos_token_id");
            await File.WriteAllTextAsync(path, json.ToJsonString(), TestContext.Current.CancellationToken);
        }

        using Process process = Start(cli, "run", cli.Work, "Once upon a time", "--raw", "--context", "50000", "--max-tokens", "49000");
        char[] begin = new char[20];
        await process.StandardOutput.ReadBlockAsync(begin, TestContext.Current.CancellationToken);

        await InterruptAsync(process);

        Assert.StartsWith(", a little ", new string(begin), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Cancelled, process.ExitCode);
    }

    [Fact]
    public async Task Input_that_stays_silent_is_not_waited_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The folder for temporary files is named by a variable of Linux.");
        using CliHarness cli = new();
        cli.Variables["TMPDIR"] = cli.Work;
        using Process process = Start(cli, "run", "--stats");

        // The input stays open and silent, so the first question is asked for it.
        string? line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith("I can tell you about models", line, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, process.ExitCode);
        Assert.DoesNotContain(Directory.EnumerateDirectories(cli.Work), folder => folder.Contains("snug-demo-", StringComparison.Ordinal));
    }

    private static Process Start(CliHarness cli, params string[] arguments)
    {
        ProcessStartInfo start = new("env", ["--default-signal", "dotnet", SnugProcess.Program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = cli.Work,
        };
        foreach ((string name, string value) in cli.Variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static async Task InterruptAsync(Process process)
    {
        using Process kill = Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);

        // Whoever writes into a full pipe has to be read from, or does not see the signal.
        await Task.WhenAll(
            process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
