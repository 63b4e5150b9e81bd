using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>Remembers what goes by: the conversation and the tools of each request.</summary>
internal sealed class Watch(IChatClient inner) : DelegatingChatClient(inner)
{
    public List<(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options)> Requests { get; } = [];

    /// <summary>Names of the tools of a request.</summary>
    public string[] ToolsOf(int request) => [.. (Requests[request].Options?.Tools ?? []).Select(tool => tool.Name)];

    public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        base.GetResponseAsync(Note(messages, options), options, cancellationToken);

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        base.GetStreamingResponseAsync(Note(messages, options), options, cancellationToken);

    private List<ChatMessage> Note(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        List<ChatMessage> conversation = [.. messages];
        Requests.Add((conversation, options));
        return conversation;
    }
}
