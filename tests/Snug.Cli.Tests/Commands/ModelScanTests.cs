using System.Diagnostics;

namespace Snug.Cli.Tests;

/// <summary>Which repositories a program names.</summary>
public sealed class ModelScanTests : IDisposable
{
    private static readonly Uri Endpoint = new("https://huggingface.co");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("AutoModel.from_pretrained('org/name')", "org/name")]
    [InlineData("AutoModel.from_pretrained(\n    pretrained_model_name_or_path=\"org/name\",\n)", "org/name")]
    [InlineData("AutoTokenizer.from_pretrained('gpt2')", "gpt2")]
    [InlineData("snapshot_download(repo_id='org/name', local_dir='checkpoints')", "org/name")]
    [InlineData("hf_hub_download(\"org/name\", filename=\"config.json\")", "org/name")]
    [InlineData("pipeline('text-generation', model='org/name')", "org/name")]
    [InlineData("SentenceTransformer('sentence-transformers/all-MiniLM-L6-v2')", "sentence-transformers/all-MiniLM-L6-v2")]
    [InlineData("load_dataset('org/data', split='train')", "datasets/org/data")]
    [InlineData("BASE_MODEL: str = 'fishaudio/openaudio-s1-mini'", "fishaudio/openaudio-s1-mini")]
    [InlineData("!huggingface-cli download org/name --local-dir x", "org/name")]
    [InlineData("url = 'https://huggingface.co/org/name/resolve/main/config.json'", "org/name")]
    [InlineData("a('hf://datasets/org/name@main/x.csv')", "datasets/org/name")]
    public void Python_calls_name_repositories(string code, string expected) => Assert.Equal([expected], Scan("a.py", code));

    [Theory]
    [InlineData("# from_pretrained('org/name')")]
    [InlineData("x = 1  # see https://huggingface.co/org/name")]
    [InlineData("from_pretrained('./local/model')")]
    [InlineData("from_pretrained('/models/mine')")]
    [InlineData("from_pretrained(f'{owner}/name')")]
    [InlineData("MODEL = 'weights/model.safetensors'")]
    [InlineData("print('read/write')")]
    [InlineData("requests.get('https://huggingface.co/docs/hub/index')")]
    public void What_is_no_repository_is_left_out(string code) => Assert.Empty(Scan("a.py", code));

    [Fact]
    public void A_folder_that_is_there_is_no_repository()
    {
        Directory.CreateDirectory(Path.Join(_folder.Path, "checkpoints", "mine"));

        Assert.Empty(Scan("a.py", "AutoModel.from_pretrained('checkpoints/mine')"));
    }

    [Fact]
    public void A_sign_that_begins_a_comment_may_stand_in_a_string() =>
        Assert.Equal(["org/name"], Scan("a.py", "x = '#'; from_pretrained('org/name')"));

    [Fact]
    public void Notebooks_are_read_cell_by_cell()
    {
        string[] found = Scan("a.ipynb", """
            {"cells": [
              {"cell_type": "markdown", "source": ["from_pretrained('org/text')"]},
              {"cell_type": "code", "source": ["import x\n", "from_pretrained('org/first')\n"]},
              {"cell_type": "code", "source": "!hf download org/second"}
            ], "nbformat": 4}
            """);

        Assert.Equal(["org/first", "org/second"], found);
    }

    [Fact]
    public void Compose_files_name_models_in_variables_and_arguments()
    {
        string[] found = Scan("compose.yaml", """
            services:
              tts:
                image: registry.example/org/image:latest
                environment:
                  - WHISPER_MODEL=openai/whisper-base
                  HF_MODEL_ID: org/by-key
                  EMBEDDING_MODEL: ${EMBEDDING_MODEL:-org/by-default}
                  HF_MODEL_PATH: /models/cache
                command: ["--model", "org/by-argument", "--port", "80"]
                volumes: ["./models/cache:/models/cache"]
              other:
                command: serve --model org/inline
            """);

        Assert.Equal(["openai/whisper-base", "org/by-argument", "org/by-default", "org/by-key", "org/inline"], found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Json_names_models_in_properties_that_speak_of_them()
    {
        string[] found = Scan("config.json", """
            {"_name_or_path": "org/base", "tokenizer_name": "org/tok", "nested": {"model": "org/deep"}, "license": "mit/x", "model_type": "llama", "path": "a/b"}
            """);

        Assert.Equal(["org/base", "org/tok", "org/deep"], found);
    }

    [Fact]
    public void A_folder_is_read_whole_and_each_repository_is_named_once()
    {
        Directory.CreateDirectory(Path.Join(_folder.Path, "node_modules"));
        Directory.CreateDirectory(Path.Join(_folder.Path, ".git"));
        File.WriteAllText(Path.Join(_folder.Path, "node_modules", "x.json"), """{"model": "org/foreign"}""");
        File.WriteAllText(Path.Join(_folder.Path, ".git", "x.py"), "from_pretrained('org/hidden')");
        File.WriteAllText(Path.Join(_folder.Path, "a.py"), "from_pretrained('org/one')");
        File.WriteAllText(Path.Join(_folder.Path, "b.py"), "from_pretrained('org/one'); from_pretrained('org/two')");

        Assert.Equal(["org/one", "org/two"], ModelScan.Scan(_folder.Path, Endpoint).Select(t => t.Reference.Repository.ToString()));
    }

    [Theory]
    [InlineData("nothing.py")]
    [InlineData("a.txt")]
    public void A_path_that_cannot_be_scanned_is_wrong_use(string name)
    {
        File.WriteAllText(Path.Join(_folder.Path, "a.txt"), "");

        Assert.Equal(ExitCodes.Usage, Assert.Throws<CliException>(() => ModelScan.Scan(Path.Join(_folder.Path, name), Endpoint)).ExitCode);
    }

    [Theory]
    [InlineData("a.py", "from_pretrained(")]
    [InlineData("a.py", "model='")]
    [InlineData("a.yaml", "MODEL: ")]
    [InlineData("a.json", "\"model\":")]
    [InlineData("a.py", "\"\\")]
    public void Hostile_text_takes_no_time_to_speak_of(string name, string piece)
    {
        string text = string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length));
        Stopwatch watch = Stopwatch.StartNew();

        Scan(name, text);

        // Linear work is done in a fraction of a second; quadratic work would take hours.
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"It took {watch.Elapsed}.");
    }

    private string[] Scan(string name, string content)
    {
        string path = Path.Join(_folder.Path, name);
        File.WriteAllText(path, content);
        return [.. ModelScan.Scan(path, Endpoint).Select(t => t.Reference.Repository.ToString())];
    }
}
