using System.Diagnostics;
using System.Globalization;
using System.Text;
using Snug.Inference;

namespace Snug.Bench;

/// <summary>Speed of reading prompts and of generating, beside llama.cpp on the same files, interleaved.</summary>
internal static class GenerateCommand
{
    private const int DefaultPrompt = 512;
    private const int DefaultDecode = 64;
    private const int DefaultRounds = 3;
    private const int BatchPrompt = 16;

    public static async Task<int> RunAsync(string[] args)
    {
        Arguments arguments = new(args, "shapes", "types", "threads", "prompt", "decode", "depths", "batches", "rounds", "llama-bench", "work", "model", "markdown");
        IReadOnlyList<string> shapes = arguments.List("shapes", ModelShape.All.Select(shape => shape.Name)) ?? ["135M"];
        IReadOnlyList<string> types = arguments.List("types", SyntheticModel.Types) ?? SyntheticModel.Types;
        int[] threads = Numbers(arguments.Text("threads") ?? $"1,{Environment.ProcessorCount}", "threads");
        int[] depths = Numbers(arguments.Text("depths") ?? "0", "depths");
        int[] batches = arguments.Text("batches") is { } list ? Numbers(list, "batches") : [];
        int prompt = (int)arguments.Number("prompt", DefaultPrompt);
        int decode = (int)arguments.Number("decode", DefaultDecode);
        string work = Directory.CreateDirectory(arguments.Text("work") ?? Path.Join(Path.GetTempPath(), "snug-bench-models")).FullName;
        string load = Machine.Load;
        List<(string Name, string Path, long Bytes)> models = arguments.Text("model") is { } folder
            ? [Existing(folder)]
            : [.. ModelShape.All.Where(shape => shapes.Contains(shape.Name)).SelectMany(_ => types, (shape, type) => Synthetic(work, shape, type))];
        List<Speed> speeds = [];
        Dictionary<int, double> bandwidth = [];
        foreach ((string model, string path, long _) in models)
        {
            for (int round = 0; round < arguments.Number("rounds", DefaultRounds); round++)
            {
                foreach (int count in threads)
                {
                    speeds.AddRange(RunSnug(path, model, count, prompt, decode, depths, batches));
                    if (arguments.Text("llama-bench") is { } program && File.Exists(path))
                    {
                        speeds.AddRange(await LlamaBench.RunAsync(program, path, model, count, prompt, decode, depths));
                    }

                    bandwidth[count] = Math.Max(bandwidth.GetValueOrDefault(count), ReadBandwidth.Measure(count));
                    Console.Error.WriteLine($"{model}, {count} threads, round {round + 1}");
                }
            }
        }

        string report = Report(speeds, bandwidth, models.ToDictionary(model => model.Name, model => model.Bytes), $"{Machine.Describe()}, models on {new DriveInfo(work).DriveFormat}; load {load} before and {Machine.Load} after", prompt, decode);
        Console.WriteLine(report);
        if (arguments.Text("markdown") is { } markdown)
        {
            await File.WriteAllTextAsync(markdown, report);
        }

        return 0;
    }

    private static (string Name, string Path, long Bytes) Synthetic(string work, ModelShape shape, string type)
    {
        string file = SyntheticModel.Ensure(work, shape, type);
        return ($"{shape.Name} {type}", file, new FileInfo(file).Length);
    }

    /// <summary>A model that is there: a GGUF file, or a folder as repositories have them.</summary>
    private static (string Name, string Path, long Bytes) Existing(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        long bytes = File.Exists(full)
            ? new FileInfo(full).Length
            : Directory.Exists(full)
                ? Directory.EnumerateFiles(full, "*.safetensors").Sum(file => new FileInfo(file).Length)
                : throw new UsageException($"There is no file or folder '{path}'.");
        return (Path.GetFileName(full), full, bytes);
    }

    private static List<Speed> RunSnug(string file, string model, int threads, int prompt, int decode, int[] depths, int[] batches)
    {
        List<Speed> speeds = [];
        using CausalModel loaded = CausalModel.Load(file, new ModelOptions { Threads = threads });
        using InferenceSession session = loaded.CreateSession();
        Random random = new(1);
        int[] tokens = [.. Enumerable.Range(0, Math.Max(prompt, depths.Max()) + decode).Select(_ => random.Next(loaded.Configuration.VocabularySize))];
        session.Read(tokens.AsSpan(0, 32));
        session.Read(tokens[0]);
        session.Rewind(0);
        long start = Stopwatch.GetTimestamp();
        session.Read(tokens.AsSpan(0, prompt));
        speeds.Add(new Speed("Snug", model, threads, "prompt", prompt / Stopwatch.GetElapsedTime(start).TotalSeconds));
        foreach (int depth in depths)
        {
            session.ReadFromStart(tokens.AsSpan(0, Math.Max(1, depth)));
            start = Stopwatch.GetTimestamp();
            for (int i = 0; i < decode; i++)
            {
                session.Read(tokens[depth + i]);
            }

            speeds.Add(new Speed("Snug", model, threads, $"decode at {depth}", decode / Stopwatch.GetElapsedTime(start).TotalSeconds));
        }

        speeds.AddRange(batches.Select(size => new Speed("Snug", model, threads, $"decode, {size} together", RunBatch(loaded, size, decode, tokens))));
        return speeds;
    }

    /// <summary>Tokens a second of several sequences together, after their prompts.</summary>
    private static double RunBatch(CausalModel model, int size, int decode, int[] tokens)
    {
        using GenerationBatch batch = new(model, size);
        for (int i = 0; i < size; i++)
        {
            batch.Add(tokens.AsSpan(i, BatchPrompt), new GenerationOptions { DoSample = false, MaxNewTokens = decode + 1, EndTokens = [] });
        }

        while (batch.Step().Count < size)
        {
            // Prompts are being read.
        }

        int count = 0;
        long start = Stopwatch.GetTimestamp();
        while (batch.Count > 0)
        {
            count += batch.Step().Count;
        }

        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static string Report(List<Speed> speeds, Dictionary<int, double> bandwidth, Dictionary<string, long> sizes, string machine, int prompt, int decode)
    {
        StringBuilder text = new();
        text.AppendLine("# Generation").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{machine}. Prompts of {prompt} tokens, {decode} tokens decoded; the best of interleaved rounds, in tokens a second.");
        string bandwidths = string.Join(", ", bandwidth.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value / 1e9:F1} GB/s by {pair.Key}"));
        text.AppendLine(CultureInfo.InvariantCulture, $"Memory read in the same process: {bandwidths} threads.").AppendLine();
        text.AppendLine("| model | threads | test | Snug | llama.cpp | ratio | share of the read bandwidth |").AppendLine("|---|---|---|---|---|---|---|");
        foreach (IGrouping<(string Model, int Threads, string Test), Speed> row in speeds.GroupBy(speed => (speed.Model, speed.Threads, speed.Test)))
        {
            double own = Best(row, "Snug");
            double peer = Best(row, "llama.cpp");
            string share = row.Key.Test == "decode at 0" ? $"{own * sizes[row.Key.Model] / bandwidth[row.Key.Threads]:P0}" : "";
            string ratio = peer > 0 ? $"{own / peer:F2}" : "";
            string other = peer > 0 ? $"{peer:F1}" : "";
            text.AppendLine(CultureInfo.InvariantCulture, $"| {row.Key.Model} | {row.Key.Threads} | {row.Key.Test} | {own:F1} | {other} | {ratio} | {share} |");
        }

        return text.ToString();

        static double Best(IEnumerable<Speed> speeds, string program) =>
            speeds.Where(speed => speed.Program == program).Select(speed => speed.TokensPerSecond).DefaultIfEmpty(0).Max();
    }

    private static int[] Numbers(string text, string option) =>
        [.. text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new UsageException($"--{option} is no list of numbers."))];
}
