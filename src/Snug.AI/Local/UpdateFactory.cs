using Microsoft.Extensions.AI;
using Snug.Pretrained;

namespace Snug.AI;

/// <summary>Makes the updates of one answer: all have the same ids.</summary>
internal sealed class UpdateFactory(string? modelId, DateTimeOffset createdAt)
{
    private readonly string _responseId = $"chatcmpl-{Guid.NewGuid():N}";
    private readonly string _messageId = $"msg-{Guid.NewGuid():N}";

    public ChatResponseUpdate Create(IList<AIContent> contents, TextChunk? raw) => new(ChatRole.Assistant, contents)
    {
        ResponseId = _responseId,
        MessageId = _messageId,
        ModelId = modelId,
        CreatedAt = createdAt,
        RawRepresentation = raw,
    };

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
        update.FinishReason = finish is TextFinish.Length or TextFinish.ContextFull ? ChatFinishReason.Length : ChatFinishReason.Stop;
        return update;
    }
}
