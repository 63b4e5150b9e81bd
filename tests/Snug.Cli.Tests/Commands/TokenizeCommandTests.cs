using System.Text.Json;

namespace Snug.Cli.Tests;

public sealed class TokenizeCommandTests(SampleHub hub) : IClassFixture<SampleHub>, IDisposable
{
    private const string Model = "snug/tiny-model";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_a_repository_only_the_tokenizer_is_downloaded()
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("tokenize", "-m", Model, "--ids", "a about unknownword");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Equal("25 26 0", result.OutLines.Single());
        string[] files = [.. Directory.EnumerateFiles(cli.Cache, "*", SearchOption.AllDirectories).Where(f => f.Contains("snapshots", StringComparison.Ordinal)).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
        Assert.Equal(["tokenizer.json", "tokenizer_config.json"], files);
    }

    [Fact]
    public async Task What_is_in_the_cache_works_offline_and_says_nothing()
    {
        using CliHarness cli = hub.Cli();
        await cli.RunAsync("tokenize", "-m", Model, "--count", "a");

        CliResult result = await cli.RunAsync("tokenize", "-m", Model, "--count", "a about", "--offline");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Equal("2\n", result.Out);
        Assert.Equal("", result.Error);
    }

    [Theory]
    [InlineData("snug/nothing-here", 5)]
    [InlineData("snug/private-model", 5)]
    [InlineData("snug/tiny-package", 5)]
    [InlineData("./no/such/folder", 5)]
    [InlineData("no-such-file.json", 5)]
    public async Task A_model_that_cannot_be_had_ends_as_with_other_commands(string model, int exitCode)
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("tokenize", "-m", model, "text", "--json");

        Assert.Equal(exitCode, result.ExitCode);
        Assert.NotEmpty(result.Json.GetProperty("advice").EnumerateArray());
    }

    [Fact]
    public async Task A_token_that_is_not_valid_ends_with_3()
    {
        using CliHarness cli = hub.Cli();
        cli.Variables["HF_TOKEN"] = SampleHub.ExpiredToken;

        CliResult result = await cli.RunAsync("tokenize", "-m", Model, "text");

        Assert.Equal(ExitCodes.Token, result.ExitCode);
        Assert.DoesNotContain(SampleHub.ExpiredToken, result.Out + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offline_without_a_cached_tokenizer_ends_with_8()
    {
        using CliHarness cli = hub.Cli();
        Assert.Equal(ExitCodes.Offline, (await cli.RunAsync("tokenize", "-m", Model, "text", "--offline")).ExitCode);
    }

    [Fact]
    public async Task Redirected_output_is_a_row_for_each_token()
    {
        using CliHarness cli = hub.Cli();
        CliResult result = await cli.RunAsync("tokenize", "-m", TokenizerFile(), "a about");
        Assert.Equal(["25\ta\t0\t1", "26\tabout\t2\t7"], result.OutLines);
    }

    [Fact]
    public async Task A_terminal_gets_coloured_tokens()
    {
        using CliHarness cli = hub.Cli();
        cli.IsTerminal = true;
        CliResult result = await cli.RunAsync("tokenize", "-m", TokenizerFile(), "a about");
        Assert.Contains("\u001b[30;46ma\u001b[0m\u001b[30;42mabout\u001b[0m", result.Out, StringComparison.Ordinal);
        Assert.Contains("2 tokens", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf16", 5)]
    [InlineData("codepoint", 4)]
    [InlineData("byte", 7)]
    public async Task Offsets_are_in_the_unit_that_is_asked_for(string unit, int end)
    {
        using CliHarness cli = hub.Cli();
        CliResult result = await cli.RunAsync("tokenize", "-m", TokenizerFile(), "--offsets", "--offset-unit", unit, "a 😀a");
        Assert.Equal(["0\t1", $"2\t{end - 1}", $"{end - 1}\t{end}"], result.OutLines);
    }

    [Fact]
    public async Task Numbers_are_turned_back_into_text()
    {
        using CliHarness cli = hub.Cli();
        Assert.Equal("<s> a about\n", (await cli.RunAsync("tokenize", "-m", TokenizerFile(), "--decode", "1, 25 26")).Out);
        Assert.Equal("a about\n", (await cli.RunAsync("tokenize", "-m", TokenizerFile(), "--decode", "--no-special", "[1,25,26]")).Out);
        Assert.Equal(ExitCodes.Usage, (await cli.RunAsync("tokenize", "-m", TokenizerFile(), "--decode", "x")).ExitCode);
    }

    [Fact]
    public async Task Json_has_all_that_an_encoding_has()
    {
        using CliHarness cli = hub.Cli();
        JsonElement json = (await cli.RunAsync("tokenize", "-m", TokenizerFile(), "--pair", "about", "a", "--json")).Json;
        Assert.Equal(2, json.GetProperty("count").GetInt32());
        Assert.Equal("[0,1]", json.GetProperty("type_ids").GetRawText().Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal));
        Assert.Equal("a about", json.GetProperty("decoded").GetString());
    }

    [Fact]
    public async Task Text_is_read_from_standard_input()
    {
        using CliHarness cli = hub.Cli();
        cli.Input = "a about";
        Assert.Equal("25 26\n", (await cli.RunAsync("tokenize", "-m", TokenizerFile(), "--ids", "-")).Out);
        Assert.Equal("25 26\n", (await cli.RunAsync("tokenize", "-m", TokenizerFile(), "--ids")).Out);
        cli.IsTerminal = true;
        Assert.Equal(ExitCodes.Usage, (await cli.RunAsync("tokenize", "-m", TokenizerFile(), "--ids")).ExitCode);
    }

    [Fact]
    public async Task Requests_on_lines_are_answered_on_lines()
    {
        using CliHarness cli = hub.Cli();
        cli.Input = """
            {"text":"a about","pair":null,"add_special_tokens":false}

            {"text":"a \ud83d","pair":"about"}
            {"text":["a","about"]}
            {"ids":[1,25],"skip_special_tokens":false}
            {"ids":[1,25]}
            """;

        CliResult result = await cli.RunAsync("tokenize", "-m", TokenizerFile(), "--jsonl", "--offset-unit", "codepoint");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Equal(
        [
            """{"ids":[25,26],"tokens":["a","about"],"offsets":[[0,1],[2,7]],"type_ids":[0,0],"attention_mask":[1,1],"special_tokens_mask":[0,0],"word_ids":[0,1],"decoded":"a about"}""",
            """{"ids":[25,0,26],"tokens":["a","<unk>","about"],"offsets":[[0,1],[2,3],[0,5]],"type_ids":[0,0,1],"attention_mask":[1,1,1],"special_tokens_mask":[0,0,0],"word_ids":[0,1,0],"decoded":"a about"}""",
            """{"ids":[25,26],"tokens":["a","about"],"offsets":[[0,1],[0,5]],"type_ids":[0,0],"attention_mask":[1,1],"special_tokens_mask":[0,0],"word_ids":[0,1],"decoded":"a about"}""",
            """{"ids":[1,25],"decoded":"<s> a"}""",
            """{"ids":[1,25],"decoded":"a"}""",
        ],
            result.OutLines);
    }

    [Fact]
    public async Task A_request_that_cannot_be_answered_gets_an_error_in_its_place()
    {
        using CliHarness cli = hub.Cli();
        cli.Input = "{\n[]\n{}\n{\"text\":5}\n{\"ids\":[\"x\"]}\n{\"text\":\"a\"}\n";

        CliResult result = await cli.RunAsync("tokenize", "-m", TokenizerFile(), "--jsonl");

        Assert.Equal(ExitCodes.Unexpected, result.ExitCode);
        Assert.Equal(6, result.OutLines.Length);
        Assert.All(result.OutLines[..5], line => Assert.Equal("usage", JsonDocument.Parse(line).RootElement.GetProperty("error").GetProperty("kind").GetString()));
        Assert.StartsWith("""{"ids":[25]""", result.OutLines[5], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whole_files_are_tokenized_line_by_line()
    {
        using CliHarness cli = hub.Cli();
        string first = Path.Join(_folder.Path, "1.txt");
        string second = Path.Join(_folder.Path, "2.txt");
        await File.WriteAllTextAsync(first, "a\r\n\nabout a", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(second, string.Concat(Enumerable.Repeat("about\n", 10_000)), TestContext.Current.CancellationToken);
        string output = Path.Join(_folder.Path, "ids.txt");
        string lines = Path.Join(_folder.Path, "ids.jsonl");

        CliResult result = await cli.RunAsync("tokenize", "-m", TokenizerFile(), "--corpus", first, second, "--output", output, "--json");
        await cli.RunAsync("tokenize", "-m", TokenizerFile(), "--corpus", first, "--output", lines);

        Assert.Equal(10_003, result.Json.GetProperty("lines").GetInt32());
        Assert.Equal(10_003, result.Json.GetProperty("tokens").GetInt32());
        string[] ids = await File.ReadAllLinesAsync(output, TestContext.Current.CancellationToken);
        Assert.Equal(["25", "", "26 25", "26"], ids[..4]);
        Assert.Equal(10_003, ids.Length);
        Assert.Equal(["{\"ids\":[25]}", "{\"ids\":[]}", "{\"ids\":[26,25]}"], await File.ReadAllLinesAsync(lines, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("--corpus", "x.txt")]
    [InlineData("--output", "x.txt", "text")]
    [InlineData("--jsonl", "text")]
    [InlineData("--jsonl", "--decode")]
    [InlineData("--chat", "x.json", "text")]
    public async Task Options_that_do_not_go_together_are_wrong_use(params string[] arguments)
    {
        using CliHarness cli = hub.Cli();
        Assert.Equal(ExitCodes.Usage, (await cli.RunAsync(["tokenize", "-m", TokenizerFile(), .. arguments])).ExitCode);
    }

    [Fact]
    public async Task A_conversation_is_tokenized_with_the_models_template()
    {
        using CliHarness cli = hub.Cli();
        cli.Input = """{"messages":[{"role":"user","content":"about"}],"add_generation_prompt":true}""";

        CliResult result = await cli.RunAsync("tokenize", "-m", Model, "--chat", "-", "--json");

        Assert.Equal("<s>user : about </s>assistant : ", result.Json.GetProperty("text").GetString());
        Assert.Equal("[[1,5]]", string.Concat(result.Json.GetProperty("messages").GetRawText().Where(c => !char.IsWhiteSpace(c))));
        Assert.Equal(result.Json.GetProperty("count").GetInt32(), result.Json.GetProperty("assistant_mask").GetArrayLength());
    }

    [Fact]
    public async Task A_damaged_file_is_named_with_the_place()
    {
        using CliHarness cli = hub.Cli();
        string file = Path.Join(_folder.Path, "tokenizer.json");
        await File.WriteAllTextAsync(file, """{"model":{"type":"BPE","vocab":{},"merges":["a b"]}}""", TestContext.Current.CancellationToken);

        CliResult result = await cli.RunAsync("tokenize", "-m", file, "a", "--json");

        Assert.Equal(ExitCodes.Unexpected, result.ExitCode);
        Assert.Equal("tokenizer_error", result.Json.GetProperty("kind").GetString());
        Assert.Contains("$.model.merges[0]", result.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(file, result.Json.GetProperty("file").GetString());
    }

    [Fact]
    public async Task A_rendered_template_is_the_text_and_nothing_else()
    {
        using CliHarness cli = hub.Cli();
        cli.Input = """[{"role":"user","content":"Hi"}]""";
        Assert.Equal("<s>user : Hi </s>", (await cli.RunAsync("render", Model, "--data", "-")).Out);
        string file = Path.Join(_folder.Path, "t.jinja");
        await File.WriteAllTextAsync(file, "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{% endfor %}!{{ x }}", TestContext.Current.CancellationToken);
        Assert.Equal("Hi!", (await cli.RunAsync("render", file, "--data", "-")).Out);
        cli.Input = """{"x":true}""";
        Assert.Equal("!True", (await cli.RunAsync("render", file, "--data", "-")).Out);
        cli.Input = """[{"content":"Hi"}]""";
        Assert.Equal("[[0,2]]", string.Concat((await cli.RunAsync("render", file, "--data", "-", "--json")).Json.GetProperty("generated").GetRawText().Where(c => !char.IsWhiteSpace(c))));
    }

    [Theory]
    [InlineData("a\n{% if %}", "line 2, column")]
    [InlineData("\n\n  {{ raise_exception('no system role') }}", "line 3, column")]
    public async Task A_template_that_fails_is_reported_with_line_and_column(string template, string place)
    {
        using CliHarness cli = hub.Cli();
        string file = Path.Join(_folder.Path, "t.jinja");
        await File.WriteAllTextAsync(file, template, TestContext.Current.CancellationToken);

        CliResult result = await cli.RunAsync("render", file);

        Assert.Equal(ExitCodes.Unexpected, result.ExitCode);
        Assert.Contains(place, result.ErrorLines[0], StringComparison.Ordinal);
        Assert.Equal("", result.Out);
    }

    [Fact]
    public async Task Variables_that_are_not_JSON_are_wrong_use()
    {
        using CliHarness cli = hub.Cli();
        cli.Input = "{";
        Assert.Equal(ExitCodes.Usage, (await cli.RunAsync("render", Model, "--data", "-")).ExitCode);
        Assert.Equal(ExitCodes.Usage, (await cli.RunAsync("render", Model, "--data", Path.Join(_folder.Path, "none.json"))).ExitCode);
    }

    private static string TokenizerFile() => Path.Join(SampleHub.Repositories, "models", "snug", "tiny-model", "second", "tokenizer.json");
}
