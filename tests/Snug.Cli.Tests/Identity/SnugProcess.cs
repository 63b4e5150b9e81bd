using System.Reflection;
using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>Runs the tool, or a shell that runs it, as a process with nothing of the environment that concerns the Hub.</summary>
internal static class SnugProcess
{
    public static string Program { get; } = typeof(SnugProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Program").Value!;

    public static Task<CommandResult> RunAsync(CliHarness cli, string? input, params string[] arguments) =>
        CommandRunner.RunAsync("dotnet", [Program, .. arguments], Environment(cli), cli.Work, input, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Runs a program that is the tool: its own executable, for example.</summary>
    public static Task<CommandResult> RunProgramAsync(CliHarness cli, string program, params string[] arguments) =>
        CommandRunner.RunAsync(program, arguments, Environment(cli), cli.Work, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Starts the tool and leaves it running.</summary>
    public static RunningCommand Start(CliHarness cli, params string[] arguments)
    {
        // Signals that whoever runs the tests ignores would be ignored by the tool, too.
        string[] command = [.. OperatingSystem.IsLinux() ? (string[])["env", "--default-signal"] : [], "dotnet", Program, .. arguments];
        return RunningCommand.Start(command[0], command[1..], Environment(cli), cli.Work);
    }

    /// <summary>Runs a script in which <c>$SNUG</c> is the tool.</summary>
    public static Task<CommandResult> ShellAsync(CliHarness cli, string script, string? input = null, params string[] wrapper)
    {
        string[] command = [.. wrapper, "sh", "-c", script];
        return CommandRunner.RunAsync(command[0], command[1..], Environment(cli), cli.Work, input, cancellationToken: TestContext.Current.CancellationToken);
    }

    private static List<KeyValuePair<string, string?>> Environment(CliHarness cli)
    {
        List<KeyValuePair<string, string?>> environment = [new("SNUG", $"dotnet {Program}"), new("SNUG_TRACE", "1"), new("DBUS_SESSION_BUS_ADDRESS", null)];
        foreach (string name in System.Environment.GetEnvironmentVariables().Keys.Cast<string>())
        {
            if (name.StartsWith("HF_", StringComparison.Ordinal) || name.StartsWith("HUGGING", StringComparison.Ordinal)
                || name.EndsWith("_PROXY", StringComparison.OrdinalIgnoreCase) || name is "TRANSFORMERS_CACHE" or "TRANSFORMERS_OFFLINE" or "XDG_CACHE_HOME")
            {
                environment.Add(new(name, null));
            }
        }

        environment.AddRange(cli.Variables.Select(v => new KeyValuePair<string, string?>(v.Key, v.Value)));
        return environment;
    }
}
