using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>
/// Runs the functions that a model calls and asks it again with their results, until it calls none: what the pipeline of
/// Microsoft.Extensions.AI does around a client. A call that was demanded is demanded once.
/// </summary>
internal sealed class FunctionLoop(IChatClient inner) : DelegatingChatClient(inner)
{
    private const int MaxRounds = 10;

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<ChatMessage> history = [.. messages];
        List<ChatMessage> added = [];
        UsageDetails usage = new();
        for (int round = 0; round < MaxRounds; round++)
        {
            ChatResponse response = await base.GetResponseAsync([.. history, .. added], options, cancellationToken);
            usage.Add(response.Usage ?? new UsageDetails());
            added.AddRange(response.Messages);
            if (await RunAsync(response.Messages, options, cancellationToken) is not { } results)
            {
                response.Messages = added;
                response.Usage = usage;
                return response;
            }

            added.Add(results);
            options = OnceDemanded(options);
        }

        throw new InvalidOperationException("The model calls functions for ever.");
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ChatMessage> history = [.. messages];
        for (int round = 0; round < MaxRounds; round++)
        {
            List<ChatResponseUpdate> updates = [];
            await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync([.. history], options, cancellationToken))
            {
                updates.Add(update);
                yield return update;
            }

            ChatResponse response = updates.ToChatResponse();
            history.AddRange(response.Messages);
            if (await RunAsync(response.Messages, options, cancellationToken) is not { } results)
            {
                yield break;
            }

            history.Add(results);
            yield return new ChatResponseUpdate(ChatRole.Tool, results.Contents) { MessageId = $"results-{round}" };
            options = OnceDemanded(options);
        }

        throw new InvalidOperationException("The model calls functions for ever.");
    }

    private static async Task<ChatMessage?> RunAsync(IList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        List<AIContent> results = [];
        foreach (FunctionCallContent call in messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>())
        {
            AIFunction function = options!.Tools!.OfType<AIFunction>().Single(tool => tool.Name == call.Name);
            object? result = await function.InvokeAsync(new AIFunctionArguments(call.Arguments), cancellationToken);
            results.Add(new FunctionResultContent(call.CallId, result));
        }

        return results.Count == 0 ? null : new ChatMessage(ChatRole.Tool, results);
    }

    private static ChatOptions? OnceDemanded(ChatOptions? options)
    {
        if (options?.ToolMode is not RequiredChatToolMode)
        {
            return options;
        }

        ChatOptions changed = options.Clone();
        changed.ToolMode = null;
        return changed;
    }
}
