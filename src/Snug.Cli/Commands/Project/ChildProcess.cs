using System.ComponentModel;
using System.Diagnostics;

namespace Snug.Cli;

/// <summary>Runs a program in the foreground: it has our streams, gets our signals, and its end is ours to pass on.</summary>
internal static class ChildProcess
{
    /// <summary>What shells end with when there is no such program.</summary>
    public const int NotFound = 127;

    private const int AccessDenied = 13;
    private const int NotExecutable = 126;

    /// <summary>A command line for the system's shell.</summary>
    public static ProcessStartInfo Shell(string command, string folder)
    {
        // The command processor of Windows takes its command line as it is; an argument of its own would be quoted for programs.
        ProcessStartInfo start = OperatingSystem.IsWindows()
            ? new(Environment.GetEnvironmentVariable("COMSPEC") ?? "cmd.exe") { Arguments = $"/d /s /c \"{command}\"" }
            : new("/bin/sh", ["-c", command]);
        start.WorkingDirectory = folder;
        return start;
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="start">The program, its arguments and its folder.</param>
    /// <param name="prepare">Sets its environment.</param>
    /// <param name="console">Where its output goes: the process's own streams where the console has them.</param>
    /// <param name="keepOutFree">Whether what it writes to standard output goes to standard error, because ours belongs to a document.</param>
    /// <returns>Its exit code, for a signal 128 and the number of the signal; and whether we were asked to end meanwhile.</returns>
    /// <exception cref="CliException">It cannot be started.</exception>
    public static async Task<(int ExitCode, bool WasAskedToEnd)> RunAsync(ProcessStartInfo start, Action<ProcessStartInfo> prepare, CliConsole console, bool keepOutFree = false)
    {
        prepare(start);
        start.UseShellExecute = false;
        start.RedirectStandardInput = !console.LendsStreams;
        start.RedirectStandardOutput = !console.LendsStreams || keepOutFree;
        start.RedirectStandardError = !console.LendsStreams;
        console.Out.Flush();
        console.Error.Flush();
        using SignalForwarding signals = new(console.IsInTerminal || console.IsOutTerminal || console.IsErrorTerminal);
        using Process process = Start(start);
        signals.SendTo(process);
        if (start.RedirectStandardInput)
        {
            process.StandardInput.Close();
        }

        await Task.WhenAll(
            start.RedirectStandardOutput ? CopyAsync(process.StandardOutput, keepOutFree ? console.Error : console.Out) : Task.CompletedTask,
            start.RedirectStandardError ? CopyAsync(process.StandardError, console.Error) : Task.CompletedTask);

        // Whoever is asked to stop decides itself how; we end when it has.
        await process.WaitForExitAsync(CancellationToken.None);
        return (process.ExitCode, signals.WasAskedToEnd);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            string name = Text.Printable(start.FileName);
            throw e.NativeErrorCode == AccessDenied && !OperatingSystem.IsWindows()
                ? new CliException(NotExecutable, "command_not_executable", $"'{name}' cannot be run: permission denied.", "Make it executable, or name its interpreter before it.")
                : new CliException(NotFound, "command_not_found", $"'{name}' cannot be run: there is no such program here.", "Check its name, and whether it is in PATH.");
        }
    }

    private static async Task CopyAsync(StreamReader from, TextWriter to)
    {
        char[] buffer = new char[4096];
        for (int count; (count = await from.ReadAsync(buffer)) > 0;)
        {
            to.Write(new string(buffer, 0, count));
            to.Flush();
        }
    }
}
