using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>Makes an activity of each request, with the tags of OpenTelemetry's conventions for generative models, from what clients tell of themselves.</summary>
internal sealed class Tracing(IChatClient inner, ActivitySource source) : DelegatingChatClient(inner)
{
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ChatClientMetadata metadata = this.GetService<ChatClientMetadata>()!;
        string? model = options?.ModelId ?? metadata.DefaultModelId;
        using Activity? activity = source.StartActivity($"chat {model}", ActivityKind.Client);
        activity?.SetTag("gen_ai.provider.name", metadata.ProviderName);
        activity?.SetTag("gen_ai.request.model", model);
        activity?.SetTag("server.address", metadata.ProviderUri?.Host);
        activity?.SetTag("server.port", metadata.ProviderUri?.Port);
        ChatResponse response = await base.GetResponseAsync(messages, options, cancellationToken);
        activity?.SetTag("gen_ai.response.id", response.ResponseId);
        activity?.SetTag("gen_ai.response.model", response.ModelId);
        activity?.SetTag("gen_ai.response.finish_reasons", response.FinishReason?.Value);
        activity?.SetTag("gen_ai.usage.input_tokens", response.Usage?.InputTokenCount);
        activity?.SetTag("gen_ai.usage.output_tokens", response.Usage?.OutputTokenCount);
        return response;
    }
}
