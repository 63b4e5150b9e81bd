using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Snug.AI;

/// <summary>
/// A chat client for servers that speak the chat-completions protocol of OpenAI, with all their differences. It is safe for concurrent use,
/// only reads its arguments, and neither calls functions nor caches nor retries: those are jobs of the pipeline around it.
/// </summary>
/// <remarks>
/// Every field of <see cref="ChatOptions"/> is sent but <see cref="ChatOptions.ConversationId"/> (the protocol keeps no conversations) and
/// <see cref="ReasoningOptions.Output"/> (it cannot be chosen). <see cref="ChatOptions.AdditionalProperties"/> become members of the request and
/// win over the typed fields; <see cref="ChatOptions.RawRepresentationFactory"/> may make a <see cref="System.Text.Json.Nodes.JsonObject"/>
/// whose members win over everything. Tools other than functions, and content that the protocol does not know, are refused.
/// </remarks>
public sealed partial class OpenAICompatibleChatClient : IChatClient
{
    private readonly OpenAICompatibleOptions _options;
    private readonly ProviderConnection _connection;
    private readonly ChatClientMetadata _metadata;
    private readonly ILogger _log;

    /// <summary>Creates a client; nothing is sent.</summary>
    /// <param name="options">Server, key, model and limits of time.</param>
    /// <param name="httpClient">A client to send with, which is not disposed nor changed. Unset: one of its own.</param>
    /// <param name="logger">Receives one line a request, without any of its content.</param>
    /// <param name="timeProvider">The clock for limits of time.</param>
    /// <exception cref="ChatProviderException">The options have no address, or one that cannot be used.</exception>
    public OpenAICompatibleChatClient(
        OpenAICompatibleOptions options, HttpClient? httpClient = null, ILogger<OpenAICompatibleChatClient>? logger = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _connection = new ProviderConnection(options, httpClient, timeProvider);
        _metadata = new ChatClientMetadata(options.Server.Name, _connection.Address, options.Model ?? options.Server.DefaultModel);
        _log = logger ?? (ILogger)NullLogger.Instance;
    }

    /// <inheritdoc/>
    /// <exception cref="ChatProviderException">The server cannot be reached, refuses, or answers something else.</exception>
    /// <exception cref="NotSupportedException">A tool or a content cannot be sent.</exception>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        string model = ModelOf(options);
        using ProviderAnswer answer = await SendAsync(messages, options, model, asStream: false, cancellationToken).ConfigureAwait(false);
        if (answer.IsEventStream)
        {
            return await NewStream(answer, model).ReadAsync(cancellationToken).ToChatResponseAsync(cancellationToken).ConfigureAwait(false);
        }

        return Read(await answer.ReadJsonAsync(model, cancellationToken).ConfigureAwait(false), model);
    }

    /// <inheritdoc/>
    /// <exception cref="ChatProviderException">The server cannot be reached, refuses, fails in the middle, or ends too soon.</exception>
    /// <exception cref="NotSupportedException">A tool or a content cannot be sent.</exception>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return StreamAsync(messages, options, cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType == typeof(OpenAICompatibleOptions) ? _options
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Provider and address; never the key.</summary>
    public override string ToString() => $"{_options.Server.Name} at {_connection.Address}";

    /// <summary>Closes the connections, if they are its own.</summary>
    public void Dispose() => _connection.Dispose();

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string model = ModelOf(options);
        using ProviderAnswer answer = await SendAsync(messages, options, model, asStream: true, cancellationToken).ConfigureAwait(false);
        if (!answer.IsEventStream)
        {
            JsonElement root = await answer.ReadJsonAsync(model, cancellationToken).ConfigureAwait(false);
            foreach (ChatResponseUpdate update in Read(root, model).ToChatResponseUpdates())
            {
                yield return update;
            }

            yield break;
        }

        await foreach (ChatResponseUpdate update in NewStream(answer, model).ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return update;
        }
    }

    private async Task<ProviderAnswer> SendAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options, string model, bool asStream, CancellationToken cancellationToken)
    {
        try
        {
            ProviderAnswer answer = await _connection.SendAsync(
                "chat/completions", ChatRequest.Write(messages, options, _options, this, model, asStream), asStream, model, cancellationToken).ConfigureAwait(false);
            LogAnswered(_log, _options.Server.Name, model, asStream);
            return answer;
        }
        catch (ChatProviderException e)
        {
            LogFailed(_log, _options.Server.Name, model, e.Code);
            throw;
        }
    }

    private string ModelOf(ChatOptions? options) => options?.ModelId ?? _metadata.DefaultModelId ?? throw _connection.Errors.NoModel();

    private InlineReasoning NewReasoning() => new(_options.Server.MayInlineReasoning);

    private ChatStream NewStream(ProviderAnswer answer, string model) => new(answer, _connection.Errors, model, NewReasoning());

    private ChatResponse Read(JsonElement root, string model)
    {
        if (ChatAnswerReader.FirstChoice(root) is not { } choice)
        {
            throw _connection.Errors.Protocol("it has no choice");
        }

        JsonElement message = Json.Object(choice, "message") ?? Json.Object(choice, "delta") ?? throw _connection.Errors.Protocol("its choice has no message");
        ToolCallAssembler calls = new(_connection.Errors);
        calls.Accept(message, isWhole: true);
        string id = ChatAnswerReader.Id(root);
        InlineReasoning reasoning = NewReasoning();
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, [.. reasoning.Read(ChatAnswerReader.Contents(message)), .. reasoning.Finish(), .. calls.Complete()])
        {
            MessageId = id,
            CreatedAt = ChatAnswerReader.CreatedAt(root),
            RawRepresentation = root,
        })
        {
            ResponseId = id,
            ModelId = Json.String(root, "model") is { Length: > 0 } name ? name : model,
            CreatedAt = ChatAnswerReader.CreatedAt(root),
            FinishReason = ChatAnswerReader.FinishReason(Json.String(choice, "finish_reason"), !calls.IsEmpty),
            Usage = ChatAnswerReader.Usage(root),
            AdditionalProperties = ChatAnswerReader.AdditionalProperties(root),
            RawRepresentation = root,
        };
    }

    [LoggerMessage(1, LogLevel.Debug, "{Provider} answers for {Model} (stream: {IsStream})", EventName = "Answered")]
    private static partial void LogAnswered(ILogger logger, string provider, string model, bool isStream);

    [LoggerMessage(2, LogLevel.Warning, "{Provider} did not answer for {Model}: {Code}", EventName = "NotAnswered")]
    private static partial void LogFailed(ILogger logger, string provider, string model, string code);
}
