using System.Security.Cryptography;
using Microsoft.Extensions.AI;
using Snug.Pretrained;

namespace Snug.AI;

/// <summary>Makes the updates of one answer: all have the same ids.</summary>
internal sealed class UpdateFactory(string? modelId, DateTimeOffset createdAt)
{
    /// <summary>Nine of them are an id, as Mistral's templates want it.</summary>
    private const string IdLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private readonly string _responseId = $"chatcmpl-{Guid.NewGuid():N}";
    private readonly string _messageId = $"msg-{Guid.NewGuid():N}";

    private int _calls;

    public ChatResponseUpdate Create(IList<AIContent> contents, TextChunk? raw) => new(ChatRole.Assistant, contents)
    {
        ResponseId = _responseId,
        MessageId = _messageId,
        ModelId = modelId,
        CreatedAt = createdAt,
        RawRepresentation = raw,
    };

    /// <summary>Updates for what was read of an answer.</summary>
    /// <param name="pieces">What was read.</param>
    /// <param name="raw">What it was read from.</param>
    /// <param name="options">Whether reasoning is wanted, and several calls.</param>
    public IEnumerable<ChatResponseUpdate> Create(IReadOnlyList<OutputPiece> pieces, TextChunk? raw, ChatOptions? options)
    {
        foreach (OutputPiece piece in pieces)
        {
            AIContent? content = piece switch
            {
                { Call: { } call } => options?.AllowMultipleToolCalls == false && _calls > 0 ? null : ContentOf(call),
                { IsReasoning: true } => options?.Reasoning?.Output == ReasoningOutput.None ? null : new TextReasoningContent(piece.Text),
                _ => new TextContent(piece.Text),
            };
            if (content is not null)
            {
                yield return Create([content], raw);
            }
        }
    }

    /// <summary>The last update: why the answer ended, and what it cost.</summary>
    public ChatResponseUpdate CreateLast(TextFinish finish, TextChunk raw)
    {
        GenerationUsage usage = raw.Usage!;
        UsageDetails details = new()
        {
            InputTokenCount = usage.PromptTokens,
            OutputTokenCount = usage.GeneratedTokens,
            TotalTokenCount = usage.PromptTokens + usage.GeneratedTokens,
            CachedInputTokenCount = usage.ReusedTokens,
        };
        ChatResponseUpdate update = Create([new UsageContent(details)], raw);
        update.FinishReason = finish is TextFinish.Length or TextFinish.ContextFull ? ChatFinishReason.Length
            : _calls > 0 ? ChatFinishReason.ToolCalls
            : ChatFinishReason.Stop;
        return update;
    }

    private FunctionCallContent ContentOf(ToolCall call)
    {
        const int IdLength = 9;
        _calls++;
        Dictionary<string, object?> arguments = call.Arguments.ToDictionary(argument => argument.Key, argument => (object?)argument.Value, StringComparer.Ordinal);
        return new FunctionCallContent(call.Id ?? RandomNumberGenerator.GetString(IdLetters, IdLength), call.Name, arguments);
    }
}
