using System.Diagnostics;
using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>Who asks snug to end asks everything that it has started.</summary>
public sealed class ProcessTreeTests(SampleHub hub) : IClassFixture<SampleHub>, IDisposable
{
    /// <summary>A program that a shell has started, which waits for the signal; by itself it ends after a minute.</summary>
    private const string Inner = """
        trap 'echo told > told.txt; exit 0' TERM HUP
        echo ready > ready.tmp; mv ready.tmp ready.txt
        i=0; while [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done
        """;

    /// <summary>The shell has something left to do, so that it starts the program instead of becoming it.</summary>
    private const string Outer = "/bin/sh inner.sh; echo after > after.txt";

    private readonly CliHarness _cli = hub.Cli();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("TERM", 128 + 15)]
    [InlineData("HUP", 128 + 1)]
    public async Task A_signal_to_exec_reaches_the_programs_of_its_command(string signal, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such signals.");
        await using RunningCommand exec = await StartAsync("exec", "--", "/bin/sh", "-c", Outer);

        Assert.Equal(exitCode, (await EndAsync(exec, signal)).ExitCode);

        await WaitForAsync("told.txt");
        Assert.False(File.Exists(Path.Join(_cli.Work, "after.txt")));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task A_signal_to_setup_reaches_the_programs_of_a_stage_which_runs_again_the_next_time(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such signals.");
        await File.WriteAllTextAsync(Path.Join(_cli.Work, "snug.json"), $$"""{ "stages": [{ "name": "long", "run": "{{Outer}}" }] }""", TestContext.Current.CancellationToken);
        await using RunningCommand setup = await StartAsync("setup");

        Assert.Equal(ExitCodes.Cancelled, (await EndAsync(setup, signal)).ExitCode);

        await WaitForAsync("told.txt");
        CliResult status = await _cli.RunAsync("status", "--json");
        Assert.Equal("todo", status.Json.GetProperty("stages")[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task Descendants_are_found_and_strangers_are_not()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Nothing is looked for on Windows.");
        await using RunningCommand shell = await StartInnerAsync();

        IReadOnlyList<int> mine = ProcessTree.FindDescendants(Environment.ProcessId);
        IReadOnlyList<int> its = ProcessTree.FindDescendants(shell.Id);

        // What the script starts comes and goes; the shell and the script itself stay.
        Assert.Contains(shell.Id, mine);
        Assert.NotEmpty(its);
        Assert.Contains(its[0], mine);
        Assert.DoesNotContain(Environment.ProcessId, its);
    }

    [Theory]
    [InlineData("12 (sh) S 7 12 12 0", 7)]
    [InlineData("12 (a) S 9 b) R 7 12", 7)]
    [InlineData("12 (sh)", null)]
    [InlineData("", null)]
    public void The_parent_is_read_whatever_the_program_is_called(string line, int? parent) => Assert.Equal(parent, ProcessTree.ParseParent(line));

    private async Task<RunningCommand> StartAsync(params string[] arguments)
    {
        await File.WriteAllTextAsync(Path.Join(_cli.Work, "inner.sh"), Inner);
        RunningCommand command = SnugProcess.Start(_cli, arguments);
        await WaitForAsync("ready.txt");
        return command;
    }

    private async Task<RunningCommand> StartInnerAsync()
    {
        await File.WriteAllTextAsync(Path.Join(_cli.Work, "inner.sh"), Inner);
        RunningCommand command = RunningCommand.Start("/bin/sh", ["-c", Outer], folder: _cli.Work);
        await WaitForAsync("ready.txt");
        return command;
    }

    private static async Task<CommandResult> EndAsync(RunningCommand command, string signal)
    {
        using (Process kill = Process.Start("kill", [$"-{signal}", $"{command.Id}"]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        return await command.WaitAsync(TestContext.Current.CancellationToken);
    }

    private async Task WaitForAsync(string name)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(50));
        while (!File.Exists(Path.Join(_cli.Work, name)))
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
