using System.CommandLine;
using Snug.Inference;
using Snug.Pretrained;

namespace Snug.Cli;

/// <summary>The options of <c>snug run</c> that say how text is generated and how the model is loaded.</summary>
internal sealed class RunOptions
{
    private readonly Option<int?> _maxTokens = new("--max-tokens", "-n") { Description = "Tokens to generate at most (default: the model's setting, or 512).", HelpName = "N" };
    private readonly Option<float?> _temperature = new("--temperature") { Description = "How freely tokens are drawn; 0 takes the likeliest.", HelpName = "T" };
    private readonly Option<int?> _topK = new("--top-k") { Description = "Draw from that many of the likeliest tokens; 0 for all.", HelpName = "K" };
    private readonly Option<float?> _topP = new("--top-p") { Description = "Draw from the likeliest tokens that together have this probability.", HelpName = "P" };
    private readonly Option<float?> _minP = new("--min-p") { Description = "Draw from tokens with at least this share of the likeliest one's probability.", HelpName = "P" };

    private readonly Option<float?> _repetitionPenalty = new("--repetition-penalty")
    {
        Description = "Makes tokens that occurred less likely; 1 does nothing.",
        HelpName = "R",
    };

    private readonly Option<ulong?> _seed = new("--seed") { Description = "Makes drawing repeatable.", HelpName = "N" };

    private readonly Option<string[]> _stop = new("--stop")
    {
        Description = "Stop before this text; may be given several times.",
        HelpName = "TEXT",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _format = new("--dtype")
    {
        Description = "What weights become when they are loaded: as they are stored, or rounded to eight or four bits (default: auto).",
        HelpName = "auto|q8|q4",
    };

    private readonly Option<int?> _threads = new("--threads", "-t") { Description = "Threads that compute (default: the cores there are).", HelpName = "N" };
    private readonly Option<int?> _context = new("--context") { Description = "Most tokens of prompt and answer together (default: what the model was made for).", HelpName = "N" };

    public RunOptions() => _format.AcceptOnlyFromAmong("auto", "q8", "q4");

    public IEnumerable<Option> All =>
        [_maxTokens, _temperature, _topK, _topP, _minP, _repetitionPenalty, _seed, _stop, _format, _threads, _context];

    /// <summary>How text is generated.</summary>
    /// <exception cref="CliException">A value makes no sense.</exception>
    public TextGenerationOptions ReadGeneration(Invocation invocation)
    {
        GenerationOptions options = new()
        {
            MaxNewTokens = Checked(invocation, _maxTokens, value => value >= 1, "at least 1"),
            Temperature = Checked(invocation, _temperature, value => value is >= 0 and < float.PositiveInfinity, "0 or more"),
            TopK = Checked(invocation, _topK, value => value >= 0, "0 or more"),
            TopP = Checked(invocation, _topP, value => value is > 0 and <= 1, "more than 0 and at most 1"),
            MinP = Checked(invocation, _minP, value => value is >= 0 and <= 1, "from 0 to 1"),
            RepetitionPenalty = Checked(invocation, _repetitionPenalty, value => value is > 0 and < float.PositiveInfinity, "more than 0"),
            Seed = invocation.Get(_seed),
        };
        string[] stops = invocation.Get(_stop) ?? [];
        return Array.TrueForAll(stops, stop => stop.Length > 0)
            ? new TextGenerationOptions { Generation = options, StopStrings = [.. stops] }
            : throw CliException.Usage("--stop is empty.", "Give a text to stop at, or drop the option.");
    }

    /// <summary>How the model is loaded.</summary>
    /// <exception cref="CliException">A value makes no sense.</exception>
    public ModelOptions ReadModel(Invocation invocation) => new()
    {
        Format = invocation.Get(_format) switch { "q8" => WeightFormat.Q8, "q4" => WeightFormat.Q4, _ => WeightFormat.AsStored },
        Threads = Checked(invocation, _threads, value => value is >= 1 and <= CausalModel.MaxThreads, $"from 1 to {CausalModel.MaxThreads}"),
        ContextLength = Checked(invocation, _context, value => value >= 1, "at least 1"),
    };

    private static T? Checked<T>(Invocation invocation, Option<T?> option, Predicate<T> holds, string range)
        where T : struct =>
        invocation.Get(option) is not { } value || holds(value)
            ? invocation.Get(option)
            : throw CliException.Usage($"{option.Name} must be {range}.");
}
