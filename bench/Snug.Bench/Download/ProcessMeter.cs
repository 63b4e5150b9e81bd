using System.Diagnostics;
using System.Globalization;

namespace Snug.Bench;

/// <summary>
/// Runs a program under <c>time</c>, which asks the kernel for what the program used: sampling from outside would miss
/// peaks and cost processor time.
/// </summary>
internal static class ProcessMeter
{
    private const string TimeProgram = "/usr/bin/time";

    public static bool IsAvailable => File.Exists(TimeProgram);

    public static async Task<Usage> RunAsync(
        string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>> environment, TimeSpan timeout)
    {
        string report = Path.GetTempFileName();
        try
        {
            ProcessStartInfo start = new(TimeProgram, ["-q", "-f", "%U %S %M", "-o", report, program, .. arguments])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach ((string name, string? value) in environment)
            {
                start.Environment[name] = value;
            }

            long began = TimeProvider.System.GetTimestamp();
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            using CancellationTokenSource patience = new(timeout);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException e)
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"{program} was still running after {timeout.TotalSeconds:0} s.", e);
            }

            TimeSpan elapsed = TimeProvider.System.GetElapsedTime(began);
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {(await error).Trim()}");
            }

            double[] numbers = [.. (await File.ReadAllTextAsync(report)).Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
            return new Usage(elapsed, TimeSpan.FromSeconds(numbers[0] + numbers[1]), (long)numbers[2] * 1024, (await output).Trim());
        }
        finally
        {
            File.Delete(report);
        }
    }

    /// <summary>What a program used.</summary>
    /// <param name="Elapsed">Wall time, from start to end of the process.</param>
    /// <param name="Processor">User and system time.</param>
    /// <param name="PeakMemory">The largest resident set, in bytes.</param>
    /// <param name="Output">Its standard output.</param>
    internal sealed record Usage(TimeSpan Elapsed, TimeSpan Processor, long PeakMemory, string Output);
}
