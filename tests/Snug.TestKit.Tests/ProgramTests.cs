namespace Snug.TestKit.Tests;

public sealed class ProgramTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_gets_its_surroundings_and_tells_its_result()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a POSIX shell.");
        CommandResult result = await CommandRunner.RunAsync(
            "sh", ["-c", "read line; echo \"$line $VALUE\"; echo problem >&2; exit 7"], [new("VALUE", "b c")], input: "a\n", cancellationToken: Cancellation);

        Assert.Equal((7, "a b c\n", "problem\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task A_program_that_does_not_end_is_killed_with_its_children()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a POSIX shell.");
        TimeoutException e = await Assert.ThrowsAsync<TimeoutException>(() => CommandRunner.RunAsync(
            "sh", ["-c", "echo begun; sleep 60 | cat"], timeout: TimeSpan.FromMilliseconds(300), cancellationToken: Cancellation));

        Assert.Contains("begun", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_program_is_a_reason_to_skip()
    {
        Assert.Null(await Tool.Git.ProblemAsync());
        await Assert.ThrowsAsync<System.ComponentModel.Win32Exception>(() => CommandRunner.RunAsync("no-such-program-here", [], cancellationToken: Cancellation));
    }
}
