using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>Has each conversation shortened before it is sent.</summary>
internal sealed class Reducing(IChatClient inner, IChatReducer reducer) : DelegatingChatClient(inner)
{
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await base.GetResponseAsync(await reducer.ReduceAsync(messages, cancellationToken), options, cancellationToken);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(await reducer.ReduceAsync(messages, cancellationToken), options, cancellationToken))
        {
            yield return update;
        }
    }
}
