using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Snug.Bench;

/// <summary>llama.cpp's own benchmark program, on the same file.</summary>
internal static class LlamaBench
{
    public static async Task<IReadOnlyList<Speed>> RunAsync(string program, string file, string model, int threads, int prompt, int decode, IReadOnlyList<int> depths)
    {
        List<Speed> speeds = [];
        foreach (int depth in depths)
        {
            string[] arguments =
            [
                "-m", file, "-t", Text(threads), "-p", Text(depth == 0 ? prompt : 0), "-n", Text(decode), "-d", Text(depth), "-r", "1", "-ngl", "0", "-o", "json",
            ];
            ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            using Process process = Process.Start(start) ?? throw new UsageException($"{program} does not start.");
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
            {
                throw new UsageException($"{program} failed: {await errors}");
            }

            using JsonDocument document = JsonDocument.Parse(output);
            foreach (JsonElement row in document.RootElement.EnumerateArray())
            {
                string test = row.GetProperty("n_gen").GetInt32() > 0 ? $"decode at {depth}" : "prompt";
                speeds.Add(new Speed("llama.cpp", model, threads, test, row.GetProperty("avg_ts").GetDouble()));
            }
        }

        return speeds;

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
