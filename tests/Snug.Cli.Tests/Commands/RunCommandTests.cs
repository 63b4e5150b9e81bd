using System.Text.Json;

namespace Snug.Cli.Tests;

/// <summary>The model has random weights: what it says is of no meaning, but always the same.</summary>
public sealed class RunCommandTests(SampleHub hub) : IClassFixture<SampleHub>
{
    private const string Model = "snug/tiny-model";

    private static string Folder => Path.Join(SampleHub.Repositories, "models", "snug", "tiny-model", "first");

    [Fact]
    public async Task A_model_is_downloaded_and_answers_and_then_works_offline()
    {
        using CliHarness cli = hub.Cli();

        CliResult first = await cli.RunAsync("run", Model, "all about", "--threads", "1");
        int requests = hub.Requests.Count;
        CliResult second = await cli.RunAsync("run", Model, "all about", "--threads", "1", "--offline");

        Assert.Equal(ExitCodes.Done, first.ExitCode);
        Assert.Contains("downloaded and verified", first.Error, StringComparison.Ordinal);
        Assert.NotEqual("", first.Out.Trim());
        Assert.Equal((ExitCodes.Done, first.Out, ""), (second.ExitCode, second.Out, second.Error));
        Assert.Equal(requests, hub.Requests.Count);
        Assert.DoesNotContain(Directory.EnumerateFiles(cli.Cache, "*", SearchOption.AllDirectories), file => file.EndsWith(".onnx", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_folder_runs_without_the_hub_and_json_tells_all()
    {
        using CliHarness cli = new();

        JsonElement json = (await cli.RunAsync("run", Folder, "all about", "--max-tokens", "3", "--json", "--threads", "1")).Json;
        CliResult text = await cli.RunAsync("run", Folder, "all about", "-n", "3", "--threads", "1");

        Assert.Equal(text.Out.TrimEnd('\n'), json.GetProperty("text").GetString());
        Assert.Equal(("length", 3, 1), (json.GetProperty("finish").GetString(), json.GetProperty("generatedTokens").GetInt32(), json.GetProperty("threads").GetInt32()));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("commit").ValueKind);
        Assert.True(json.GetProperty("promptTokens").GetInt32() > 2);
    }

    [Fact]
    public async Task Raw_leaves_the_template_out_and_a_terminal_sees_the_text_before()
    {
        using CliHarness cli = new();
        JsonElement chat = (await cli.RunAsync("run", Folder, "all about", "-n", "2", "--json")).Json;
        JsonElement raw = (await cli.RunAsync("run", Folder, "all about", "-n", "2", "--json", "--raw")).Json;

        Assert.Equal(2, raw.GetProperty("promptTokens").GetInt32());
        Assert.True(chat.GetProperty("promptTokens").GetInt32() > 2);

        cli.IsTerminal = true;
        cli.Variables["NO_COLOR"] = "1";
        Assert.StartsWith("all about", (await cli.RunAsync("run", Folder, "all about", "-n", "2", "--raw")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_prompt_comes_from_standard_input_where_none_is_written()
    {
        using CliHarness cli = new() { Input = "all about\n" };
        string written = (await cli.RunAsync("run", Folder, "all about", "-n", "4")).Out;

        Assert.Equal(written, (await cli.RunAsync("run", Folder, "-n", "4")).Out);
        Assert.Equal(written, (await cli.RunAsync("run", Folder, "-", "-n", "4")).Out);
        cli.Input = "";
        Assert.Equal(ExitCodes.Usage, (await cli.RunAsync("run", Folder)).ExitCode);
    }

    [Fact]
    public async Task A_seed_repeats_what_is_drawn()
    {
        using CliHarness cli = new();
        string[] command = ["run", Folder, "all about", "--temperature", "5", "--threads", "1", "--seed"];

        string first = (await cli.RunAsync([.. command, "1"])).Out;

        Assert.Equal(first, (await cli.RunAsync([.. command, "1"])).Out);
        Assert.NotEqual(first, (await cli.RunAsync([.. command, "2"])).Out);
    }

    [Fact]
    public async Task Generation_stops_before_a_stop_string()
    {
        using CliHarness cli = new();
        string all = (await cli.RunAsync("run", Folder, "all about", "--temperature", "5", "--seed", "1")).Out.TrimEnd('\n');
        string stop = all.Split(' ')[2];

        JsonElement json = (await cli.RunAsync("run", Folder, "all about", "--temperature", "5", "--seed", "1", "--stop", stop, "--json")).Json;

        Assert.Equal(("stop_string", stop), (json.GetProperty("finish").GetString(), json.GetProperty("stopString").GetString()));
        Assert.Equal(all[..all.IndexOf(stop, StringComparison.Ordinal)], json.GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_conversation_is_held_line_by_line()
    {
        using CliHarness cli = new() { IsTerminal = true, Input = "all about\n\nall about\n/clear\nall about\n/exit\nnever\n" };
        cli.Variables["NO_COLOR"] = "1";

        CliResult result = await cli.RunAsync("run", Folder, "-n", "3", "--threads", "1", "--stats");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Equal(3, result.OutLines.Length);
        Assert.Equal(result.OutLines[0], result.OutLines[2]);
        string[] stats = [.. result.ErrorLines.Where(line => line.Contains("generated 3 tokens", StringComparison.Ordinal))];
        Assert.Equal(3, stats.Length);
        Assert.DoesNotContain("known", stats[0], StringComparison.Ordinal);
        Assert.Contains("known", stats[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_fit_does_not_end_the_conversation()
    {
        using CliHarness cli = new() { IsTerminal = true, Input = string.Concat(Enumerable.Repeat("all ", 200)) + "\nall\n" };

        CliResult result = await cli.RunAsync("run", Folder, "-n", "2");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Contains("/clear", result.Error, StringComparison.Ordinal);
        Assert.Single(result.OutLines);
        Assert.Equal(ExitCodes.Usage, (await cli.RunAsync("run", Folder, string.Concat(Enumerable.Repeat("all ", 200)))).ExitCode);
    }

    [Theory]
    [InlineData("run", "MODEL", "--json")]
    [InlineData("run", "MODEL", "hi", "--temperature", "-1")]
    [InlineData("run", "MODEL", "hi", "--top-p", "0")]
    [InlineData("run", "MODEL", "hi", "--threads", "0")]
    [InlineData("run", "MODEL", "hi", "--dtype", "q3")]
    [InlineData("run", "MODEL", "hi", "--max-tokens", "many")]
    [InlineData("run", "MODEL", "hi", "--raw", "--system", "x")]
    [InlineData("run", "", "hi")]
    [InlineData("tokenize", "-m", "", "hi")]
    [InlineData("embed", " ", "hi")]
    public async Task Wrong_use_is_told_before_anything_is_loaded(params string[] arguments)
    {
        using CliHarness cli = hub.Cli();
        int before = hub.Requests.Count;

        CliResult result = await cli.RunAsync([.. arguments.Select(argument => argument == "MODEL" ? Model : argument)]);

        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Equal(before, hub.Requests.Count);
    }

    [Theory]
    [InlineData("snug/gated-model", 4, "gated_repo_error")]
    [InlineData("snug/nothing-here", 5, "repository_not_found")]
    [InlineData("./no/such/model.gguf", 5, "file_not_found")]
    [InlineData("snug/tiny-package", 1, "model_format_error")]
    [InlineData("snug/tiny-model:Q4_K_M", 1, "model_format_error")]
    public async Task What_cannot_be_had_ends_with_its_code(string model, int exitCode, string kind)
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("run", model, "hi", "--json");

        Assert.Equal((exitCode, kind), (result.ExitCode, result.Json.GetProperty("kind").GetString()));
        Assert.NotEmpty(result.Json.GetProperty("advice").EnumerateArray());
    }

    [Fact]
    public async Task A_model_without_a_template_needs_a_prompt()
    {
        using TempFolder folder = new();
        foreach (string file in Directory.EnumerateFiles(Folder).Where(file => Path.GetFileName(file) != "tokenizer_config.json"))
        {
            File.Copy(file, Path.Join(folder.Path, Path.GetFileName(file)));
        }

        using CliHarness cli = new() { IsTerminal = true };

        CliResult result = await cli.RunAsync("run", folder.Path);

        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Contains("chat template", result.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, (await cli.RunAsync("run", folder.Path, "all about", "-n", "1")).ExitCode);
    }
}
