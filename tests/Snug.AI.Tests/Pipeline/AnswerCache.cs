using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>Answers a conversation that it knows from what it kept: as JSON, which is what a cache that many processes share can keep.</summary>
internal sealed class AnswerCache(IChatClient inner) : DelegatingChatClient(inner)
{
    private readonly Dictionary<string, string> _kept = [];

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<ChatMessage> conversation = [.. messages];
        string key = "whole" + ToJson(conversation);
        if (!_kept.TryGetValue(key, out string? kept))
        {
            kept = _kept[key] = ToJson(await base.GetResponseAsync(conversation, options, cancellationToken));
        }

        return JsonSerializer.Deserialize<ChatResponse>(kept, AIJsonUtilities.DefaultOptions)!;
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ChatMessage> conversation = [.. messages];
        string key = "stream" + ToJson(conversation);
        if (!_kept.TryGetValue(key, out string? kept))
        {
            List<ChatResponseUpdate> updates = [];
            await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(conversation, options, cancellationToken))
            {
                updates.Add(update);
            }

            kept = _kept[key] = ToJson(updates);
        }

        foreach (ChatResponseUpdate update in JsonSerializer.Deserialize<List<ChatResponseUpdate>>(kept, AIJsonUtilities.DefaultOptions)!)
        {
            yield return update;
        }
    }

    private static string ToJson<T>(T value) => JsonSerializer.Serialize(value, AIJsonUtilities.DefaultOptions);
}
