using System.CommandLine;
using Snug.Pretrained;

namespace Snug.Cli;

/// <summary><c>snug run</c>: a model goes on with a text, answers, or converses; downloaded first where that is needed.</summary>
internal sealed class RunCommand : SnugCommand
{
    private readonly Argument<string?> _model = new("MODEL")
    {
        Description = "A repository, for GGUF with the quantization behind a colon (org/repo:Q4_K_M); a folder, or a GGUF file. Without it, the bundled demonstration model.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Argument<string?> _prompt = new("PROMPT")
    {
        Description = "The text; '-' for standard input. Without it, what is piped in, or a conversation on a terminal.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _system = new("--system") { Description = "What the model is told before the conversation.", HelpName = "TEXT" };
    private readonly Option<bool> _raw = new("--raw") { Description = "Go on with the text as it is, without the chat template." };
    private readonly Option<bool> _stats = new("--stats") { Description = "Show times and speeds on standard error." };
    private readonly RunOptions _options = new();

    public RunCommand(CliConsole console, CommonOptions common)
        : base("run", "Run a language model on this machine.", console, common)
    {
        Add(_model);
        Add(_prompt);
        AddAll(_system, _raw, _stats);
        AddAll([.. _options.All]);
        AddAll(common.Revision, common.CacheDirectory, common.Token, common.Offline, common.Progress, common.Json, common.Quiet);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "snug run                                                 # the bundled demonstration model; needs no network",
        "snug run \"What is a tokenizer?\"                         # the same; names of models have no spaces",
        "snug run HuggingFaceTB/SmolLM2-135M-Instruct \"Why is the sky blue?\"",
        "snug run Qwen/Qwen2.5-0.5B-Instruct                      # a conversation",
        "snug run Qwen/Qwen2.5-0.5B-Instruct-GGUF:Q4_K_M --temperature 0 --stats \"Write a haiku.\"",
        "snug run ./model.gguf --raw --max-tokens 50 \"Once upon a time\"",
        "git diff | snug run Qwen/Qwen2.5-0.5B-Instruct --system \"Sum this change up.\"",
    ];

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        TextGenerationOptions generation = _options.ReadGeneration(invocation);
        if (invocation.Get(_raw) && invocation.Get(_system) is not null)
        {
            throw CliException.Usage("--raw and --system exclude one another: without the chat template nobody is told anything.", "Drop one of them.");
        }

        RunRequest request = await RunRequest.ReadAsync(
            invocation.Console, invocation.Get(_model), invocation.Get(_prompt), invocation.Get(_raw),
            converses: !invocation.Get(_raw) && !invocation.IsJson, cancellationToken);
        if (request.IsDemonstration && Array.Find<Option>([Common.Revision, Common.Token, Common.CacheDirectory], invocation.IsGiven) is { } option)
        {
            throw CliException.Usage($"{option.Name} is for a model of the Hub, and no MODEL is named.", "Name a MODEL, or drop the option.");
        }

        string name = request.Model;
        string? prompt = request.Prompt;
        await using EmbeddedHub? hub = request.IsDemonstration ? await EmbeddedHub.StartAsync(preloads: false, null, cancellationToken) : null;
        using PretrainedModel model = await FindAsync(invocation, name, hub, cancellationToken);
        long start = invocation.Console.Time.GetTimestamp();
        await model.LoadAsync(cancellationToken);
        TimeSpan load = invocation.Console.Time.GetElapsedTime(start);
        WarnOfSettings(invocation, model);
        bool chats = model.HasChatTemplate && !invocation.Get(_raw);
        if (!chats && (prompt is null || invocation.Get(_system) is not null))
        {
            throw CliException.Usage(
                $"{name} has no chat template, so it cannot {(prompt is null ? "converse" : "be told anything with --system")}.",
                "Give it a text to go on with: snug run MODEL \"PROMPT\"");
        }

        RunOutput output = new(invocation, name, model, load, invocation.Get(_stats));
        using TextSession session = model.CreateSession();
        if (request.IsDemonstration)
        {
            invocation.Messages.Hint("This is the bundled demonstration model, which is very small. Name a MODEL to run another one.");
        }

        if (prompt is null)
        {
            await new ChatLoop(invocation, session, output, generation).RunAsync(invocation.Get(_system), request.Opening, cancellationToken);
        }
        else
        {
            if (!chats)
            {
                output.Echo(prompt);
            }
            else if (request.Opening is not null)
            {
                invocation.Messages.Hint("> " + prompt);
            }

            await output.WriteAsync(chats
                ? session.ChatAsync(ChatLoop.Begin(invocation.Get(_system), prompt), generation, cancellationToken)
                : session.GenerateAsync(prompt, generation, cancellationToken));
        }

        return ExitCodes.Done;
    }

    private async Task<PretrainedModel> FindAsync(Invocation invocation, string name, EmbeddedHub? hub, CancellationToken cancellationToken)
    {
        Inference.ModelOptions options = _options.ReadModel(invocation);
        if (hub is null && ModelSource.FindLocal(name) is { } path)
        {
            return Directory.Exists(path) ? PretrainedModel.FromDirectory(path, options) : PretrainedModel.FromFile(path, options);
        }

        return await new ModelSource(invocation, hub?.ClientOptions(invocation.Console)).FetchAsync(
            source => PretrainedModel.FromHubAsync(name, source with { Model = options }, cancellationToken), model => model.Source);
    }

    private static void WarnOfSettings(Invocation invocation, PretrainedModel model)
    {
        if (!model.GenerationConfiguration.UnsupportedKeys.IsEmpty)
        {
            invocation.Messages.Warn(
                Text.Printable($"generation_config.json asks for what is not supported and goes without: {string.Join(", ", model.GenerationConfiguration.UnsupportedKeys)}."));
        }
    }
}
