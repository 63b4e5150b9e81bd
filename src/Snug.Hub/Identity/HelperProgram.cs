using System.ComponentModel;
using System.Diagnostics;

namespace Snug.Hub;

/// <summary>
/// Runs a program of the system that keeps secrets. What is secret goes through its standard input and output, never into its arguments
/// or its environment.
/// </summary>
internal static class HelperProgram
{
    /// <summary>Long enough for a person to answer a dialogue that unlocks a keychain.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan PatienceForOutput = TimeSpan.FromSeconds(2);

    /// <summary>Runs it to its end.</summary>
    /// <param name="program">The program, found as a shell would.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="folder">Where it runs.</param>
    /// <returns>What it did, or <see langword="null"/> when there is no such program or it did not end.</returns>
    public static HelperResult? Run(string program, IEnumerable<string> arguments, string input = "", string? folder = null)
    {
        if (FindPath(program) is not { } path)
        {
            return null;
        }

        ProcessStartInfo start = new(path, arguments)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (string name in VariableReader.Tokens)
        {
            start.Environment.Remove(name);
        }

        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            try
            {
                process.StandardInput.Write(input);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It does not read; its exit code tells.
            }

            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                return null;
            }

            // A daemon that it started may keep the pipes open.
            bool isWhole = Task.WaitAll([output, error], PatienceForOutput);
            return new HelperResult(
                process.ExitCode,
                isWhole || output.IsCompletedSuccessfully ? output.GetAwaiter().GetResult() : "",
                isWhole || error.IsCompletedSuccessfully ? error.GetAwaiter().GetResult() : "");
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Windows would look into the working directory first, where anybody's program may lie.</summary>
    private static string? FindPath(string program) => !OperatingSystem.IsWindows() || Path.IsPathRooted(program)
        ? program
        : (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(Path.IsPathRooted)
            .Select(folder => Path.Join(folder, program + ".exe"))
            .FirstOrDefault(File.Exists);
}
