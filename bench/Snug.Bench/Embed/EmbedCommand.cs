using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Snug.Inference;

namespace Snug.Bench;

/// <summary>Embeds the same sentences with the same weights as ONNX Runtime does, in turns.</summary>
internal static class EmbedCommand
{
    private const int DefaultSentences = 256;
    private const int DefaultRounds = 5;
    private const string DefaultBatches = "8,32";

    public static async Task<int> RunAsync(string[] args)
    {
        Arguments arguments = new(args, "sentences", "threads", "rounds", "batches", "python", "work", "markdown", "formats");
        string work = Directory.CreateDirectory(arguments.Text("work") ?? Path.Join(Path.GetTempPath(), "snug-bench-models")).FullName;
        int[] threads = Numbers(arguments.Text("threads") ?? $"1,{Environment.ProcessorCount}", "threads");
        int[] batches = Numbers(arguments.Text("batches") ?? DefaultBatches, "batches");
        IReadOnlyList<string> formats = arguments.List("formats", ["f32", "q8"]) ?? ["f32", "q8"];
        string folder = EncoderFiles.Ensure(work);
        int[][] sentences = EncoderFiles.Sentences((int)arguments.Number("sentences", DefaultSentences));
        string file = Path.Join(work, "sentences.json");
        await File.WriteAllBytesAsync(file, JsonSerializer.SerializeToUtf8Bytes(sentences));
        (string package, string version, string onnx) = await OnnxPeer.PrepareAsync(folder, arguments.Text("python") ?? "/usr/bin/python3");
        string load = Machine.Load;
        StringBuilder table = new();
        foreach (int count in threads)
        {
            table.Append(await MeasureAsync(folder, sentences, formats, batches, count, (int)arguments.Number("rounds", DefaultRounds), package, onnx, file));
        }

        string report = Report(table, sentences, version, $"{Machine.Describe()}; load {load} before and {Machine.Load} after");
        Console.WriteLine(report);
        if (arguments.Text("markdown") is { } markdown)
        {
            await File.WriteAllTextAsync(markdown, report);
        }

        return 0;
    }

    private static async Task<string> MeasureAsync(
        string folder, int[][] sentences, IReadOnlyList<string> formats, int[] batches, int threads, int rounds, string package, string onnx, string file)
    {
        EncoderInput[] inputs = [.. sentences.Select(sentence => new EncoderInput(sentence))];
        List<(string Name, EncoderModel Model)> models = [.. formats.Select(format => (format, EncoderModel.Load(folder, new EncoderOptions
        {
            Threads = threads,
            Format = format == "q8" ? WeightFormat.Q8 : WeightFormat.AsStored,
        })))];
        List<OnnxPeer> peers = [];
        try
        {
            foreach (int batch in batches)
            {
                peers.Add(await OnnxPeer.StartAsync(package, onnx, file, threads, batch));
            }

            float[][] expected = await peers[0].VectorsAsync();
            Dictionary<string, double> cosines = models.ToDictionary(model => model.Name, model => Cosine(expected, model.Model.Embed(inputs, PoolingModes.Mean)));
            Dictionary<string, TimeSpan> best = [];
            for (int round = 0; round < rounds; round++)
            {
                foreach ((string name, EncoderModel model) in models)
                {
                    long start = Stopwatch.GetTimestamp();
                    model.Embed(inputs, PoolingModes.Mean);
                    Keep(best, name, Stopwatch.GetElapsedTime(start));
                }

                foreach (OnnxPeer peer in peers)
                {
                    Keep(best, "onnx", await peer.RunAsync());
                }
            }

            StringBuilder rows = new();
            foreach ((string name, EncoderModel _) in models)
            {
                rows.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"| {name} | {threads} | {Rate(name):F0} | {Rate("onnx"):F0} | {Rate(name) / Rate("onnx"):F2} | {Tokens(name):F0} | {cosines[name]:F6} |");
            }

            return rows.ToString();

            double Rate(string name) => sentences.Length / best[name].TotalSeconds;

            double Tokens(string name) => sentences.Sum(sentence => sentence.Length) / best[name].TotalSeconds;
        }
        finally
        {
            foreach (IDisposable used in (IEnumerable<IDisposable>)[.. peers, .. models.Select(model => model.Model)])
            {
                used.Dispose();
            }
        }
    }

    private static string Report(StringBuilder table, int[][] sentences, string version, string machine)
    {
        int[] lengths = [.. sentences.Select(sentence => sentence.Length).Order()];
        return $"""
            # Embeddings

            {machine}. {sentences.Length} sentences of {lengths[0]} to {lengths[^1]} tokens, {lengths[lengths.Length / 2]} in the middle, {lengths.Sum()} together; all-MiniLM-L6-v2's shape, the same
            random weights. onnxruntime-node {version}, sentences sorted by length, the best of its batch sizes; best of interleaved rounds. f32: weights as stored, as ONNX Runtime has
            them; q8: rounded to eight bits. The cosine is the least of any sentence's two vectors.

            | Snug's weights | threads | Snug, sentences a second | ONNX Runtime | ratio | Snug, tokens a second | cosine |
            |---|---|---|---|---|---|---|
            {table}
            """;
    }

    private static void Keep(Dictionary<string, TimeSpan> best, string name, TimeSpan time) =>
        best[name] = best.TryGetValue(name, out TimeSpan known) && known < time ? known : time;

    /// <summary>The least of the cosines of vectors that should be the same.</summary>
    private static double Cosine(float[][] expected, float[][] actual) => expected.Zip(actual, (left, right) =>
    {
        double product = left.Zip(right, (x, y) => (double)x * y).Sum();
        return product / Math.Sqrt(left.Sum(x => (double)x * x) * right.Sum(x => (double)x * x));
    }).Min();

    private static int[] Numbers(string text, string option) =>
        [.. text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new UsageException($"--{option} is no list of numbers."))];
}
