using System.Globalization;
using System.Text;
using Snug.Inference;

namespace Snug.Bench;

/// <summary>A new process that loads a model, reads a short prompt and generates one token: how long it takes, and how much memory.</summary>
internal static class GenerateStartCommand
{
    private const int Prompt = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task<int> RunAsync(string[] args)
    {
        Arguments arguments = new(args, "shapes", "types", "threads", "rounds", "llama-bench", "work", "markdown");
        IReadOnlyList<string> shapes = arguments.List("shapes", ModelShape.All.Select(shape => shape.Name)) ?? ["135M"];
        IReadOnlyList<string> types = arguments.List("types", SyntheticModel.Types) ?? SyntheticModel.Types;
        string threads = arguments.Number("threads", Environment.ProcessorCount).ToString(CultureInfo.InvariantCulture);
        string work = Directory.CreateDirectory(arguments.Text("work") ?? Path.Join(Path.GetTempPath(), "snug-bench-models")).FullName;
        string? peer = arguments.Text("llama-bench");
        string load = Machine.Load;
        StringBuilder rows = new();
        foreach ((ModelShape shape, string type) in ModelShape.All.Where(shape => shapes.Contains(shape.Name)).SelectMany(_ => types, (shape, type) => (shape, type)))
        {
            string file = SyntheticModel.Ensure(work, shape, type);
            List<ProcessMeter.Usage> own = [];
            List<ProcessMeter.Usage> other = [];
            for (long round = arguments.Number("rounds", 5); round > 0; round--)
            {
                own.Add(await RunAsync(Environment.ProcessPath!, ["generate-start-once", "--file", file, "--threads", threads]));
                if (peer is not null)
                {
                    other.Add(await RunAsync(peer, ["-m", file, "-t", threads, "-p", "0", "-n", "0", "-pg", $"{Prompt},1", "-r", "1", "--no-warmup", "-ngl", "0", "-o", "json"]));
                }
            }

            double needed = Told(own[0])[0] + Told(own[0])[1];
            rows.Append(CultureInfo.InvariantCulture, $"| {shape.Name} {type} | {Seconds(own):F2} | {own.Min(run => Told(run)[2]):F2} | {(other.Count > 0 ? $"{Seconds(other):F2}" : "")} ")
                .AppendLine(CultureInfo.InvariantCulture, $"| {needed / 1e6:F0} | {Memory(own) / 1e6:F0} | {Memory(own) / needed:P0} | {(other.Count > 0 ? $"{Memory(other) / 1e6:F0}" : "")} |");
            Console.Error.WriteLine($"{shape.Name} {type}");
        }

        string report = $"""
            # Start

            {TimeProvider.System.GetUtcNow():yyyy-MM-dd}, {Machine.Describe()}, {threads} threads; load {load} before and {Machine.Load} after. A new process loads a model whose file is in the page cache, reads {Prompt} tokens, generates one
            and ends. Seconds and memory (largest resident set, mapped files included) are those of the whole process, the best of the runs, taken in turns; "inside" is from the program's first line to the token.

            | model | Snug, s | inside, s | llama.cpp, s | weights and KV cache, MB | Snug's memory, MB | of what is needed | llama.cpp's memory, MB |
            |---|---:|---:|---:|---:|---:|---:|---:|
            {rows}
            """;
        Console.WriteLine(report);
        if (arguments.Text("markdown") is { } markdown)
        {
            await File.WriteAllTextAsync(markdown, report);
        }

        return 0;
    }

    /// <summary>The process that is measured; says the bytes of its weights and of its KV cache, and its seconds.</summary>
    public static int RunOnce(string[] args)
    {
        long start = TimeProvider.System.GetTimestamp();
        Arguments arguments = new(args, "file", "threads");
        using CausalModel model = CausalModel.Load(arguments.Required("file"), new ModelOptions { Threads = (int)arguments.Number("threads", 1) });
        using InferenceSession session = model.CreateSession();
        session.Read([.. Enumerable.Range(1, Prompt)]);
        int best = session.Logits.IndexOf(Max(session.Logits));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{model.WeightBytes} {session.CacheBytes} {TimeProvider.System.GetElapsedTime(start).TotalSeconds} {best}"));
        return 0;
    }

    private static Task<ProcessMeter.Usage> RunAsync(string program, string[] arguments)
    {
        string[] host = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(GenerateStartCommand).Assembly.Location] : [];
        return ProcessMeter.RunAsync(program, [.. host, .. arguments], [], Patience);
    }

    private static double[] Told(ProcessMeter.Usage run) => [.. run.Output.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];

    private static float Max(ReadOnlySpan<float> values)
    {
        float max = float.NegativeInfinity;
        foreach (float value in values)
        {
            max = MathF.Max(max, value);
        }

        return max;
    }

    private static double Seconds(List<ProcessMeter.Usage> runs) => runs.Min(run => run.Elapsed.TotalSeconds);

    private static double Memory(List<ProcessMeter.Usage> runs) => runs.Min(run => run.PeakMemory);
}
