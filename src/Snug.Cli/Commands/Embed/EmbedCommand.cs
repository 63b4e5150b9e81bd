using System.CommandLine;
using System.Text;
using Snug.Inference;
using Snug.Pretrained;

namespace Snug.Cli;

/// <summary><c>snug embed</c>: vectors of texts, as one JSON object a line, and how alike the texts are.</summary>
internal sealed class EmbedCommand : SnugCommand
{
    private readonly Argument<string> _model = new("MODEL") { Description = "A repository, or a folder." };

    private readonly Argument<string[]> _texts = new("TEXT")
    {
        Description = "The texts; '-', or nothing, for the lines of standard input.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> _jsonLines = new("--jsonl")
    {
        Description = "Answer requests, one JSON object a line on standard input: {\"text\", \"prompt\"}.",
    };

    private readonly Option<string?> _prompt = new("--prompt")
    {
        Description = "Name of the model's prompt that is put before each text, such as query or passage (default: the model's own).",
        HelpName = "NAME",
    };

    private readonly Option<bool> _similarity = new("--similarity") { Description = "Show how alike the texts are, as cosines, instead of the vectors." };
    private readonly Option<int?> _dimensions = new("--dimensions") { Description = "Keep only so many numbers of each vector.", HelpName = "N" };
    private readonly Option<bool> _normalize = new("--normalize") { Description = "Make vectors one long even where the model does not." };

    private readonly Option<string?> _format = new("--dtype")
    {
        Description = "What weights become when they are loaded: as they are stored, or rounded to eight bits (default: auto).",
        HelpName = "auto|q8",
    };

    private readonly Option<int?> _threads = new("--threads", "-t") { Description = "Threads that compute (default: the cores there are).", HelpName = "N" };

    public EmbedCommand(CliConsole console, CommonOptions common)
        : base("embed", "Make vectors of texts, for search and comparison.", console, common)
    {
        _format.AcceptOnlyFromAmong("auto", "q8");
        Add(_model);
        Add(_texts);
        AddAll(_jsonLines, _prompt, _similarity, _dimensions, _normalize, _format, _threads);
        AddAll(common.Revision, common.CacheDirectory, common.Token, common.Offline, common.Progress, common.Json, common.Quiet);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "snug embed sentence-transformers/all-MiniLM-L6-v2 \"How do I sign in?\"",
        "snug embed BAAI/bge-small-en-v1.5 - < passages.txt > vectors.jsonl",
        "snug embed intfloat/e5-small-v2 --prompt query --similarity \"cat\" \"kitten\" \"tax law\"",
        "snug embed ./model --jsonl < requests.jsonl",
    ];

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        bool answers = invocation.Get(_jsonLines);
        string[] texts = invocation.Get(_texts) ?? [];
        if (answers && (texts.Length > 0 || invocation.Get(_similarity) || invocation.IsJson))
        {
            throw CliException.Usage("--jsonl takes its texts from standard input and answers each at once.", "Drop TEXT, --similarity and --json.");
        }

        EmbedOptions options = new()
        {
            PromptName = invocation.Get(_prompt),
            Dimensions = Checked(invocation, _dimensions, 1, int.MaxValue),
            Normalize = invocation.Get(_normalize),
        };
        EncoderOptions encoding = new()
        {
            Format = invocation.Get(_format) == "q8" ? WeightFormat.Q8 : WeightFormat.AsStored,
            Threads = Checked(invocation, _threads, 1, CausalModel.MaxThreads),
        };
        if (!answers)
        {
            texts = await ReadTextsAsync(invocation, texts, cancellationToken);
        }

        using SentenceEncoder encoder = await FindAsync(invocation, encoding, cancellationToken);
        Check(options, encoder);
        await encoder.LoadAsync(cancellationToken);
        if (answers)
        {
            return await new EmbedLinesRun(encoder, invocation.Console, options).RunAsync(cancellationToken) ? ExitCodes.Done : ExitCodes.Unexpected;
        }

        SentenceEmbeddings embeddings = await encoder.EmbedAsync(texts, options, cancellationToken);
        int cut = embeddings.Truncated.Count(truncated => truncated);
        if (cut > 0)
        {
            invocation.Messages.Warn($"{Text.Count(cut, "text")} had more than the {encoder.MaximumTokens} tokens that the model reads; the rest was left out.");
        }

        new EmbedOutput(invocation, invocation.Get(_model)!, encoder, options).Write(texts, embeddings, invocation.Get(_similarity));
        return ExitCodes.Done;
    }

    private static int? Checked(Invocation invocation, Option<int?> option, int least, int most) =>
        invocation.Get(option) is not { } value || (value >= least && value <= most)
            ? invocation.Get(option)
            : throw CliException.Usage($"{option.Name} must be {(most == int.MaxValue ? $"at least {least}" : $"from {least} to {most}")}.");

    /// <summary>What only the model can tell to be wrong is wrong use all the same.</summary>
    private static void Check(EmbedOptions options, SentenceEncoder encoder)
    {
        if (options.PromptName is { } name && !encoder.Prompts.ContainsKey(name))
        {
            throw CliException.Usage(
                $"The model has no prompt '{name}'.",
                encoder.Prompts.Count == 0 ? "Drop --prompt: the model has none." : $"Take one of {string.Join(", ", encoder.Prompts.Keys)}.");
        }

        if (options.Dimensions > encoder.Dimensions)
        {
            throw CliException.Usage($"The vectors have {encoder.Dimensions} numbers, so {options.Dimensions} cannot be kept.", "Give a smaller number, or drop --dimensions.");
        }
    }

    private static async Task<string[]> ReadTextsAsync(Invocation invocation, string[] texts, CancellationToken cancellationToken)
    {
        if (texts.Length == 0 && invocation.Console.IsInTerminal)
        {
            throw CliException.Usage("There is no TEXT.", "Give texts behind MODEL, or send them to standard input, one a line.");
        }

        if (texts.Length > 0 && !texts.Contains("-"))
        {
            return texts;
        }

        List<string> lines = [];
        using StreamReader reader = new(invocation.Console.OpenIn(), Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            lines.Add(line);
        }

        string[] all = texts.Length == 0 ? [.. lines] : [.. texts.SelectMany(text => text == "-" ? lines : [text])];
        return all.Length > 0 ? all : throw CliException.Usage("Standard input is empty.", "Give texts behind MODEL, or send them to standard input, one a line.");
    }

    private async Task<SentenceEncoder> FindAsync(Invocation invocation, EncoderOptions options, CancellationToken cancellationToken)
    {
        string name = invocation.Get(_model)!;
        if (ModelSource.FindLocal(name) is { } path)
        {
            return Directory.Exists(path)
                ? SentenceEncoder.FromDirectory(path, options)
                : throw CliException.Usage($"'{name}' is a file, and a vector needs tokenizer and settings besides the weights.", "Name the folder that it lies in.");
        }

        return await new ModelSource(invocation).FetchAsync(
            source => SentenceEncoder.FromHubAsync(
                name,
                new SentenceEncoderOptions { Client = source.Client, Revision = source.Revision, Progress = source.Progress, Encoder = options },
                cancellationToken),
            encoder => encoder.Source);
    }
}
