using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Snug.AI;

/// <summary>
/// Turns the events of a streamed answer into updates: text as it comes, calls of functions when they are whole, and at the end one update
/// with usage and the reason of the end. An error in the stream is an exception, and so is an end that comes too soon.
/// </summary>
internal sealed class ChatStream(ProviderAnswer answer, ProviderErrors errors, string requestedModel, InlineReasoning reasoning)
{
    /// <summary>How long usage is waited for once an answer has its reason to end; a server that sends none may not close the connection either.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly ToolCallAssembler _calls = new(errors);
    private string? _id;
    private string? _model;
    private DateTimeOffset? _createdAt;
    private string? _reason;
    private UsageDetails? _usage;
    private JsonElement _last;
    private bool _hasBegun;

    public async IAsyncEnumerable<ChatResponseUpdate> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        bool isDone = false;
        answer.Body.MaxLength = ProviderBody.MaxEventLength;
        await foreach (SseItem<JsonElement?> item in SseParser.Create(answer.Body, Parse).EnumerateAsync(cancellationToken).ConfigureAwait(false))
        {
            answer.Body.ResetLength();
            if (item.Data is not { } chunk)
            {
                continue;
            }

            if (chunk.ValueKind == JsonValueKind.Undefined)
            {
                isDone = true;
                break;
            }

            if (ProviderErrors.IsError(chunk) || item.EventType == "error")
            {
                throw errors.FromAnswer(chunk, _model ?? requestedModel);
            }

            if (Accept(chunk) is { } update)
            {
                yield return update;
            }
        }

        if (!isDone && _reason is null)
        {
            throw errors.Interrupted(_hasBegun ? "the stream has neither a reason to finish nor an end mark" : "the stream is empty");
        }

        foreach (ChatResponseUpdate update in Finish())
        {
            yield return update;
        }
    }

    /// <returns>Nothing for an empty event, an undefined element for the end mark, else the object.</returns>
    private JsonElement? Parse(string eventType, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> text = data.Trim(" \t\r\n"u8);
        if (text.IsEmpty)
        {
            return null;
        }

        if (text.SequenceEqual("[DONE]"u8))
        {
            return default(JsonElement);
        }

        try
        {
            JsonElement root = Json.Parse(text);
            return root.ValueKind is JsonValueKind.Object || eventType == "error" ? root : throw errors.Protocol("an event of the stream is no JSON object");
        }
        catch (JsonException e)
        {
            throw errors.Protocol("an event of the stream is no JSON", e);
        }
    }

    private ChatResponseUpdate? Accept(JsonElement chunk)
    {
        _last = chunk;
        _id ??= Json.Text(chunk, "id") is { Length: > 0 } id ? id : null;
        _model = Json.String(chunk, "model") is { Length: > 0 } model ? model : _model;
        _createdAt ??= ChatAnswerReader.CreatedAt(chunk);

        // Some servers send usage with every piece, counting up: the last one counts.
        _usage = ChatAnswerReader.Usage(chunk) ?? _usage;
        if (ChatAnswerReader.FirstChoice(chunk) is not { } choice)
        {
            return null;
        }

        JsonElement delta = Json.Object(choice, "delta") ?? Json.Object(choice, "message") ?? default;
        _calls.Accept(delta, isWhole: false);
        if (Json.String(choice, "finish_reason") is { Length: > 0 } reason)
        {
            _reason = reason;
            answer.Body.Complete(Grace);
        }

        List<AIContent> contents = reasoning.Read(ChatAnswerReader.Contents(delta));
        if (contents.Count == 0 && _hasBegun)
        {
            return null;
        }

        _hasBegun = true;
        ChatResponseUpdate update = New(contents, chunk);
        update.AdditionalProperties = ChatAnswerReader.AdditionalProperties(chunk);
        return update;
    }

    private IEnumerable<ChatResponseUpdate> Finish()
    {
        if (reasoning.Finish() is { Count: > 0 } held)
        {
            yield return New(held, _last);
        }

        bool hasCalls = !_calls.IsEmpty;
        if (hasCalls)
        {
            yield return New(_calls.Complete(), _last);
        }

        ChatResponseUpdate end = New(_usage is null ? [] : [new UsageContent(_usage)], _last);
        end.FinishReason = ChatAnswerReader.FinishReason(_reason, hasCalls);
        yield return end;
    }

    private ChatResponseUpdate New(List<AIContent> contents, JsonElement raw)
    {
        _id ??= ChatAnswerReader.Id(default);
        return new ChatResponseUpdate(ChatRole.Assistant, contents)
        {
            ResponseId = _id,
            MessageId = _id,
            ModelId = _model ?? requestedModel,
            CreatedAt = _createdAt,
            RawRepresentation = raw,
        };
    }
}
