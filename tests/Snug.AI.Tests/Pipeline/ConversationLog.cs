using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>Writes down, as JSON, all that is asked and answered.</summary>
internal sealed class ConversationLog(IChatClient inner) : DelegatingChatClient(inner)
{
    public List<string> Lines { get; } = [];

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<ChatMessage> conversation = [.. messages];
        Write(conversation);
        ChatResponse response = await base.GetResponseAsync(conversation, options, cancellationToken);
        Write(response);
        return response;
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ChatMessage> conversation = [.. messages];
        Write(conversation);
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(conversation, options, cancellationToken))
        {
            Write(update);
            yield return update;
        }
    }

    private void Write<T>(T value) => Lines.Add(JsonSerializer.Serialize(value, AIJsonUtilities.DefaultOptions));
}
