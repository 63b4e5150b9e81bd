using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Snug.Hub;
using Snug.Inference;
using Snug.Pretrained;
using Snug.Tokenizers;

namespace Snug.AI;

/// <summary>
/// A chat client over a model that runs in this process. Any number of threads may use it at once: their tokens are computed in turns, and
/// requests beyond <see cref="LocalChatClientOptions.MaxSessions"/> wait. Functions are not invoked, answers not stored.
/// </summary>
public sealed class LocalChatClient : IChatClient
{
    /// <summary>The name of the provider in <see cref="ChatClientMetadata"/>.</summary>
    public const string ProviderName = "huggingface";

    private readonly LocalChatClientOptions _options;
    private readonly ModelHolder _holder;
    private readonly ChatClientMetadata _metadata;
    private readonly ConstraintCache _constraints = new();
    private readonly Lock _gate = new();
    private SessionPool? _sessions;
    private PromptWriter? _writer;
    private bool _disposed;

    /// <summary>
    /// Creates a client of a model by its name. Nothing is downloaded or loaded before the first request or <see cref="LoadAsync"/>.
    /// </summary>
    /// <param name="model">
    /// A folder, a GGUF or safetensors file, or a repository of the Hub as <see cref="PretrainedModel.FromHubAsync"/> takes it.
    /// </param>
    /// <param name="options">How the model is found, loaded and used.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is not at least one session.</exception>
    public LocalChatClient(string model, LocalChatClientOptions? options = null)
        : this(options, model)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        _holder = new ModelHolder(cancellationToken => OpenAsync(model, _options.Model, cancellationToken));
    }

    /// <summary>Creates a client of a model that is there.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How the model is used.</param>
    /// <param name="ownsModel">Whether the model is disposed with the client.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is not at least one session.</exception>
    public LocalChatClient(PretrainedModel model, LocalChatClientOptions? options = null, bool ownsModel = false)
        : this(options, NameOf(model))
    {
        _holder = new ModelHolder(model, ownsModel);
    }

    private LocalChatClient(LocalChatClientOptions? options, string name)
    {
        _options = options ?? new LocalChatClientOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaxSessions, 1, nameof(options));
        _metadata = new ChatClientMetadata(ProviderName, defaultModelId: _options.ModelId ?? name);
        _holder = null!;
    }

    /// <summary>Downloads what is missing of a model of the Hub and creates a client of it. Weights are loaded at the first request.</summary>
    /// <param name="model">The repository, as <see cref="PretrainedModel.FromHubAsync"/> takes it.</param>
    /// <param name="options">How the model is found, loaded and used.</param>
    /// <param name="cancellationToken">Cancels the call; what has arrived stays for the next one.</param>
    /// <exception cref="HubException">The Hub refused or could not be reached.</exception>
    /// <exception cref="ModelFormatException">The repository has no weights that can be read.</exception>
    public static async Task<LocalChatClient> FromHubAsync(
        string model, LocalChatClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new LocalChatClientOptions();
        PretrainedModel opened = await PretrainedModel.FromHubAsync(model, options.Model, cancellationToken).ConfigureAwait(false);
        return new LocalChatClient(opened, options, ownsModel: true);
    }

    /// <summary>Downloads what is missing, and loads weights and tokenizer, so that the first request need not.</summary>
    /// <param name="cancellationToken">Ends the wait; a load that has begun goes on.</param>
    /// <exception cref="HubException">The Hub refused or could not be reached.</exception>
    /// <exception cref="ModelFormatException">A file is damaged, or the model is of a kind that cannot be run.</exception>
    /// <exception cref="TokenizerException">There is no tokenizer, a file is damaged, or needs what is not supported.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken = default)
    {
        PretrainedModel model = await _holder.GetAsync(cancellationToken).ConfigureAwait(false);
        await model.LoadAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="PromptTooLongException">The conversation does not fit into the model's context.</exception>
    /// <exception cref="TemplateException">The chat template refuses the conversation.</exception>
    /// <exception cref="TokenizerException">The model has no tokenizer or chat template, or it is damaged.</exception>
    /// <exception cref="ModelFormatException">The model is damaged or of a kind that cannot be run.</exception>
    /// <exception cref="HubException">The model is to be downloaded, and the Hub refused or could not be reached.</exception>
    /// <exception cref="NotSupportedException">A message has something other than text, or there are tools and the template takes none.</exception>
    /// <exception cref="ConstraintException">The answer is to follow a schema that has what is not supported.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return CollectAsync(GetStreamingResponseAsync(messages, options, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="PromptTooLongException">The conversation does not fit into the model's context.</exception>
    /// <exception cref="TemplateException">The chat template refuses the conversation.</exception>
    /// <exception cref="TokenizerException">The model has no tokenizer or chat template, or it is damaged.</exception>
    /// <exception cref="ModelFormatException">The model is damaged or of a kind that cannot be run.</exception>
    /// <exception cref="HubException">The model is to be downloaded, and the Hub refused or could not be reached.</exception>
    /// <exception cref="NotSupportedException">A message has something other than text, or there are tools and the template takes none.</exception>
    /// <exception cref="ConstraintException">The answer is to follow a schema that has what is not supported.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return RunAsync([.. messages], options?.Clone(), cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(_holder.Opened) ? _holder.Opened
            : null;
    }

    /// <summary>Frees what sessions have read, and the model if it is the client's. Requests under way fail.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _sessions?.Dispose();
        }

        _holder.Dispose();
    }

    private static string NameOf(PretrainedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Source.Repository?.ToString() ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(model.Source.Path));
    }

    private static Task<PretrainedModel> OpenAsync(string model, PretrainedModelOptions options, CancellationToken cancellationToken) =>
        Directory.Exists(model) ? Task.FromResult(PretrainedModel.FromDirectory(model, options.Model))
        : File.Exists(model) ? Task.FromResult(PretrainedModel.FromFile(model, options.Model))
        : PretrainedModel.FromHubAsync(model, options, cancellationToken);

    private static async Task<ChatResponse> CollectAsync(IAsyncEnumerable<ChatResponseUpdate> stream, CancellationToken cancellationToken)
    {
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in stream.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            updates.Add(update);
        }

        ChatResponse response = updates.ToChatResponse();
        response.RawRepresentation = updates[^1].RawRepresentation;
        return response;
    }

    private async IAsyncEnumerable<ChatResponseUpdate> RunAsync(
        ChatMessage[] messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PretrainedModel model = await _holder.GetAsync(cancellationToken).ConfigureAwait(false);
        (SessionPool sessions, PromptWriter writer) = Parts(model);
        TextGenerationOptions generation = OptionsMapper.Generation(this, options, _options);
        (WrittenPrompt written, AnswerPlan plan, int[] prompt) = await Task.Run(
            () =>
            {
                WrittenPrompt written = writer.Write(messages, options);
                AnswerPlan plan = AnswerPlan.Create(written, options, _constraints);
                return (written, plan, model.Tokenizer.EncodeToIds(written.Text + plan.Prefix, addSpecialTokens: false));
            },
            cancellationToken).ConfigureAwait(false);
        generation = generation with { ShownSpecialTokens = written.MarksIn(model.Tokenizer), Constraint = plan.Constraint ?? generation.Constraint };
        OutputReader reader = written.CreateReader(plan);
        UpdateFactory updates = new(_metadata.DefaultModelId, _options.Time.GetUtcNow());
        TextSession session = await sessions.RentAsync(prompt, cancellationToken).ConfigureAwait(false);
        try
        {
            await foreach (TextChunk chunk in session.AnswerAsync(prompt, generation, cancellationToken).ConfigureAwait(false))
            {
                IReadOnlyList<OutputPiece> pieces = reader.Push(chunk.Text);
                foreach (ChatResponseUpdate update in updates.Create(chunk.Finish is null ? pieces : [.. pieces, .. reader.Finish()], chunk, options))
                {
                    yield return update;
                }

                if (chunk.Finish is { } finish)
                {
                    yield return updates.CreateLast(finish, chunk);
                }
            }
        }
        finally
        {
            sessions.Return(session);
        }
    }

    private (SessionPool Sessions, PromptWriter Writer) Parts(PretrainedModel model)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return (_sessions ??= new SessionPool(model, _options.MaxSessions), _writer ??= new PromptWriter(model, _options));
        }
    }
}
