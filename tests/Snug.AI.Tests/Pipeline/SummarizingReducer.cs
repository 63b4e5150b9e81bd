using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>
/// Shortens conversations: the system's message stays, the last messages stay, and a summary by the model, as its own words, stands for
/// what was before. Calls of functions and their results belong to the turn under way and stay. What was summarized once is remembered.
/// </summary>
internal sealed class SummarizingReducer(IChatClient summarizer, int kept, int threshold) : IChatReducer
{
    private readonly Dictionary<ChatMessage, ChatMessage> _summaries = [];

    /// <summary>What the model is told to do.</summary>
    public string Prompt { get; set; } = "Summarize the conversation.";

    public async Task<IEnumerable<ChatMessage>> ReduceAsync(IEnumerable<ChatMessage> messages, CancellationToken cancellationToken)
    {
        ChatMessage[] all = [.. messages];
        ChatMessage[] system = [.. all.TakeWhile(message => message.Role == ChatRole.System)];
        ChatMessage[] said = [.. all.Skip(system.Length).TakeWhile(message => !message.Contents.Any(content => content is FunctionCallContent))];
        ChatMessage[] turn = all[(system.Length + said.Length)..];
        if (said.Length <= kept + threshold)
        {
            return all;
        }

        ChatMessage[] old = said[..^kept];
        if (!_summaries.TryGetValue(old[^1], out ChatMessage? summary))
        {
            ChatResponse response = await summarizer.GetResponseAsync([.. old, new ChatMessage(ChatRole.System, Prompt)], cancellationToken: cancellationToken);
            summary = _summaries[old[^1]] = new ChatMessage(ChatRole.Assistant, response.Text);
        }

        return [.. system, summary, .. said[^kept..], .. turn];
    }
}
