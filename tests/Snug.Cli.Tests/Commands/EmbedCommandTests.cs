using System.Text.Json;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>The model has random weights: its vectors are of no meaning, but always the same.</summary>
public sealed class EmbedCommandTests : IDisposable
{
    private const string Model = "snug/tiny-encoder";
    private readonly TemporaryFolder _folder = new();
    private readonly CliHarness _cli = new();

    public EmbedCommandTests() => TinyEncoder.Write(_folder);

    public void Dispose()
    {
        _cli.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_model_of_the_hub_is_downloaded_and_embeds_and_then_works_offline()
    {
        MemoryRepositorySource source = new();
        await source.Add(Model).CommitAsync([.. TinyEncoder.Files().Select(file => (file.Key, RepositoryContent.FromBytes(file.Value)))]);
        await using TestHub hub = await TestHub.StartAsync(source, cancellationToken: TestContext.Current.CancellationToken);
        using CliHarness cli = new(hub.Endpoint);

        CliResult first = await cli.RunAsync("embed", Model, "the cat", "tax law");
        int requests = hub.Requests.Count;
        CliResult second = await cli.RunAsync("embed", Model, "the cat", "tax law", "--offline");

        Assert.Equal(ExitCodes.Done, first.ExitCode);
        Assert.Contains("downloaded and verified", first.Error, StringComparison.Ordinal);
        Assert.Equal((ExitCodes.Done, first.Out, ""), (second.ExitCode, second.Out, second.Error));
        Assert.Equal(requests, hub.Requests.Count);
        Assert.DoesNotContain(Directory.EnumerateFiles(cli.Cache, "*", SearchOption.AllDirectories), file => file.EndsWith(".onnx", StringComparison.Ordinal));
        Assert.Equal(ExitCodes.NotFound, (await cli.RunAsync("embed", "snug/none", "x")).ExitCode);
    }

    [Fact]
    public async Task Every_text_gets_a_line_with_its_vector()
    {
        CliResult result = await _cli.RunAsync("embed", _folder.Root, "the cat", "tax law");

        JsonElement[] lines = Lines(result);
        Assert.Equal(["the cat", "tax law"], lines.Select(line => line.GetProperty("text").GetString()));
        Assert.Equal([0, 1], lines.Select(line => line.GetProperty("index").GetInt32()));
        Assert.All(lines, line => Assert.Equal(4, line.GetProperty("tokens").GetInt32()));
        Assert.All(lines, line => Assert.Equal(1, Vector(line).Sum(x => x * x), 1e-5));
        Assert.All(lines, line => Assert.Equal(TinyEncoder.Width, Vector(line).Length));
        Assert.Equal("", result.Error);
    }

    [Fact]
    public async Task Texts_come_from_the_lines_of_standard_input_where_none_is_written()
    {
        string written = (await _cli.RunAsync("embed", _folder.Root, "the cat", "tax law")).Out;
        _cli.Input = "the cat\ntax law\n";

        Assert.Equal(written, (await _cli.RunAsync("embed", _folder.Root)).Out);
        Assert.Equal(written, (await _cli.RunAsync("embed", _folder.Root, "-")).Out);
        _cli.Input = "";
        Assert.Equal(ExitCodes.Usage, (await _cli.RunAsync("embed", _folder.Root)).ExitCode);
        _cli.IsTerminal = true;
        Assert.Equal(ExitCodes.Usage, (await _cli.RunAsync("embed", _folder.Root)).ExitCode);
    }

    [Fact]
    public async Task A_prompt_is_put_before_each_text_and_an_unknown_one_is_wrong_use()
    {
        string written = (await _cli.RunAsync("embed", _folder.Root, "query: the cat")).Out;
        CliResult unknown = await _cli.RunAsync("embed", _folder.Root, "x", "--prompt", "title");

        Assert.Equal(Vector(Lines(written)[0]), Vector(Lines(await _cli.RunAsync("embed", _folder.Root, "the cat", "--prompt", "query"))[0]));
        Assert.Equal(ExitCodes.Usage, unknown.ExitCode);
        Assert.Contains("query, passage", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Similarity_is_a_table_of_cosines()
    {
        CliResult result = await _cli.RunAsync("embed", _folder.Root, "--similarity", "the cat", "tax law", "the cat");
        JsonElement json = (await _cli.RunAsync("embed", _folder.Root, "--similarity", "--json", "the cat", "tax law", "the cat")).Json;

        string[][] rows = [.. result.Out.TrimEnd('\n').Split('\n').Select(line => line.Split('\t'))];
        Assert.Equal(["1.0000", "1.0000", "1.0000"], rows.Select((row, i) => row[i]));
        Assert.Equal((rows[0][1], "1.0000", "2: tax law"), (rows[1][0], rows[0][2], rows[1][3]));
        double[][] vectors = [.. json.GetProperty("embeddings").EnumerateArray().Select(Vector)];
        double expected = vectors[0].Zip(vectors[1], (x, y) => x * y).Sum();
        Assert.Equal(expected, json.GetProperty("similarity")[0][1].GetDouble(), 1e-4);
        Assert.Equal(expected, double.Parse(rows[0][1], System.Globalization.CultureInfo.InvariantCulture), 1e-4);
    }

    [Fact]
    public async Task One_document_tells_everything()
    {
        JsonElement json = (await _cli.RunAsync("embed", _folder.Root, "the cat", "tax law", "--json", "--dimensions", "7", "--prompt", "query")).Json;

        Assert.Equal((7, "query", 12), (json.GetProperty("dimensions").GetInt32(), json.GetProperty("prompt").GetString(), json.GetProperty("tokens").GetInt32()));
        Assert.Equal(2, json.GetProperty("embeddings").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("commit").ValueKind);
        Assert.False(json.TryGetProperty("similarity", out _));
    }

    [Fact]
    public async Task Requests_are_answered_line_by_line_and_wrong_ones_with_an_error_in_their_place()
    {
        string[] wrong = ["no json", "[]", """{"txt": "x"}""", """{"text": 1}""", """{"text": "x", "prompt": "title"}"""];
        _cli.Input = string.Join('\n', ["""{"text": "the cat"}""", .. wrong, "", """{"text": "the cat", "prompt": "query"}""", """{"text": "query: the cat"}"""]);

        CliResult result = await _cli.RunAsync("embed", _folder.Root, "--jsonl");

        JsonElement[] lines = Lines(result.Out);
        Assert.Equal(ExitCodes.Unexpected, result.ExitCode);
        Assert.Equal(3 + wrong.Length, lines.Length);
        Assert.All(lines[1..^2], line => Assert.Equal("usage", line.GetProperty("error").GetProperty("kind").GetString()));
        Assert.Equal(Vector(lines[^1]), Vector(lines[^2]));
        Assert.NotEqual(Vector(lines[0]), Vector(lines[^2]));

        _cli.Input = """{"text": "the cat"}""" + "\n";
        Assert.Equal(ExitCodes.Done, (await _cli.RunAsync("embed", _folder.Root, "--jsonl")).ExitCode);
    }

    [Fact]
    public async Task What_is_cut_is_said_and_quiet_does_not_say_it()
    {
        string text = string.Join(' ', Enumerable.Repeat("cat", 40));

        CliResult said = await _cli.RunAsync("embed", _folder.Root, text);

        Assert.Contains("1 text had more than the 20 tokens", said.Error, StringComparison.Ordinal);
        Assert.True(Lines(said)[0].GetProperty("truncated").GetBoolean());
        Assert.Equal(said.Out, (await _cli.RunAsync("embed", _folder.Root, text, "--quiet")).Out);
    }

    [Theory]
    [InlineData("--dimensions", "0")]
    [InlineData("--dimensions", "33")]
    [InlineData("--threads", "0")]
    [InlineData("--dtype", "q2")]
    public async Task What_makes_no_sense_is_wrong_use(string option, string value) =>
        Assert.Equal(ExitCodes.Usage, (await _cli.RunAsync("embed", _folder.Root, "x", option, value)).ExitCode);

    [Fact]
    public async Task Requests_and_texts_exclude_one_another_and_a_file_is_no_model()
    {
        Assert.Equal(ExitCodes.Usage, (await _cli.RunAsync("embed", _folder.Root, "x", "--jsonl")).ExitCode);
        Assert.Equal(ExitCodes.Usage, (await _cli.RunAsync("embed", Path.Join(_folder.Root, "model.safetensors"), "x")).ExitCode);
        Assert.Equal(ExitCodes.NotFound, (await _cli.RunAsync("embed", "./none", "x")).ExitCode);
    }

    [Fact]
    public async Task Weights_rounded_to_eight_bits_point_the_same_way()
    {
        double[] exact = Vector(Lines(await _cli.RunAsync("embed", _folder.Root, "the cat"))[0]);
        double[] rounded = Vector(Lines(await _cli.RunAsync("embed", _folder.Root, "the cat", "--dtype", "q8"))[0]);

        Assert.NotEqual(exact, rounded);
        Assert.True(exact.Zip(rounded, (x, y) => x * y).Sum() > 0.99);
    }

    private static JsonElement[] Lines(CliResult result)
    {
        Assert.Equal(ExitCodes.Done, result.ExitCode);
        return Lines(result.Out);
    }

    private static JsonElement[] Lines(string text) =>
        [.. text.TrimEnd('\n').Split('\n').Select(line => JsonSerializer.Deserialize<JsonElement>(line))];

    private static double[] Vector(JsonElement line) => [.. line.GetProperty("embedding").EnumerateArray().Select(number => number.GetDouble())];
}
