using System.Diagnostics;

namespace Snug.Server.Tests;

/// <summary>Runs programs that tests compare with.</summary>
internal static class Programs
{
    public static async Task<string> RunAsync(string folder, string program, string[] arguments, string? input = null, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {await error}");
        return (await output).Trim();
    }

    /// <summary>Skips the test where a program is missing; where everything must be there, its absence is a failure.</summary>
    public static async Task RequireAsync(string program)
    {
        try
        {
            await RunAsync(Path.GetTempPath(), program, ["--version"]);
        }
        catch (System.ComponentModel.Win32Exception) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip($"The program '{program}' is not installed.");
        }
    }
}
