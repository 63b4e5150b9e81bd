using System.Diagnostics;
using System.Globalization;
using Snug.Tokenizers;
using Snug.Tokenizers.Conformance;

namespace Snug.Bench;

/// <summary>Compares how long loading a tokenizer.json takes us and the Rust engine.</summary>
internal static class TokenizersLoadCommand
{
    private const int DefaultRounds = 5;
    private const string DefaultTokenizers = "gemma3,gptoss,llama3,gpt2";

    // Both must have loaded the same thing.
    private const string Probe = "The quick brown fox, naïve café 漢字 😀 1234567890 don't\n\n  x = y**2";

    public static async Task<int> RunAsync(string[] args)
    {
        Arguments arguments = new(args, "tokenizers", "rounds", "markdown");
        int rounds = (int)arguments.Number("rounds", DefaultRounds);
        string folder = await Checkout.InstallEngineAsync();
        Dictionary<string, string> files = TokenizerCatalog.All(folder).ToDictionary(entry => entry.Name, entry => entry.File, StringComparer.Ordinal);
        string load = Machine.Load;
        List<LoadTimes> rows = [];
        foreach (string name in arguments.List("tokenizers", files.Keys) ?? DefaultTokenizers.Split(','))
        {
            rows.Add(await MeasureAsync(name, files[name], folder, rounds));
        }

        string report = Report(rows, rounds, $"{Machine.Describe(folder)}; load {load} before and {Machine.Load} after");
        Console.WriteLine(report);
        if (arguments.Text("markdown") is { } markdown)
        {
            await File.WriteAllTextAsync(markdown, report);
        }

        return 0;
    }

    /// <summary>Loads once in this process, and prints the milliseconds.</summary>
    public static int RunOnce(string[] args)
    {
        string file = new Arguments(args, "file").Required("file");
        Console.WriteLine(Time(file).ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    private static async Task<LoadTimes> MeasureAsync(string name, string file, string folder, int rounds)
    {
        LoadTimes times = new(name, new FileInfo(file).Length);
        for (int round = 0; round < rounds; round++)
        {
            times.OursFirst.Add(await TimeInNewProcessAsync(file));
            using ReferenceEngine fresh = ReferenceEngine.Start(folder);
            times.TheirsFirst.Add(await fresh.LoadAsync(file));
        }

        using ReferenceEngine engine = ReferenceEngine.Start(folder);
        await engine.LoadAsync(file);
        int[] expected = (await engine.EncodeAsync([(Probe, null)], special: true))[0].Ids;
        if (!Tokenizer.FromFile(file).EncodeToIds(Probe).SequenceEqual(expected))
        {
            throw new InvalidOperationException($"{name}: the engines do not agree.");
        }

        for (int round = 0; round < rounds; round++)
        {
            GC.Collect();
            times.Ours.Add(Time(file));
            times.Theirs.Add(await engine.LoadAsync(file));
        }

        return times;
    }

    private static double Time(string file)
    {
        Stopwatch watch = Stopwatch.StartNew();
        Tokenizer tokenizer = Tokenizer.FromFile(file);
        double elapsed = watch.Elapsed.TotalMilliseconds;
        GC.KeepAlive(tokenizer);
        return elapsed;
    }

    private static async Task<double> TimeInNewProcessAsync(string file)
    {
        string program = Environment.ProcessPath!;
        string[] host = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(TokenizersLoadCommand).Assembly.Location] : [];
        ProcessStartInfo start = new(program, [.. host, "tokenizers-load-once", "--file", file]) { RedirectStandardOutput = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return double.Parse(output, CultureInfo.InvariantCulture);
    }

    private static string Report(List<LoadTimes> rows, int rounds, string machine)
    {
        System.Text.StringBuilder report = new();
        report.Append(CultureInfo.InvariantCulture, $"""
            # Loading tokenizers

            {TimeProvider.System.GetUtcNow():yyyy-MM-dd}, {machine}. `Tokenizer.FromFile` of Snug.Tokenizers on .NET {Environment.Version} and of the Rust engine `tokenizers` 0.23.2 behind its Node
            binding, on the same files, taking turns, {rounds} times each; medians in milliseconds, with the range behind them, timed around the call. "First" is the
            first load of a new process, start-up of the process not included; "again" is a load by a process that has loaded the file before. Both engines
            give the same numbers for a text. A load above the number of cores means that other work took part.

            | tokenizer | MB | first: Snug | first: Rust | Rust / Snug | again: Snug | again: Rust | Rust / Snug |
            |---|---:|---:|---:|---:|---:|---:|---:|

            """);
        foreach (LoadTimes row in rows)
        {
            report.Append(
                CultureInfo.InvariantCulture,
                $"| {row.Name} | {row.Bytes / 1e6:0.0} | {Show(row.OursFirst)} | {Show(row.TheirsFirst)} | {Median(row.TheirsFirst) / Median(row.OursFirst):0.00} ")
                .Append(CultureInfo.InvariantCulture, $"| {Show(row.Ours)} | {Show(row.Theirs)} | {Median(row.Theirs) / Median(row.Ours):0.00} |\n");
        }

        return report.ToString();
    }

    private static string Show(List<double> times) =>
        string.Create(CultureInfo.InvariantCulture, $"{Median(times):0} ({times.Min():0} to {times.Max():0})");

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private sealed record LoadTimes(string Name, long Bytes)
    {
        public List<double> Ours { get; } = [];

        public List<double> Theirs { get; } = [];

        public List<double> OursFirst { get; } = [];

        public List<double> TheirsFirst { get; } = [];
    }
}
