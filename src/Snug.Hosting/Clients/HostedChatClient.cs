using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Snug.AI;
using Snug.Hub;
using Snug.Pretrained;

namespace Snug.Hosting;

/// <summary>A chat client over a model of the directory: it waits until the model is ready, and sends nothing itself.</summary>
internal sealed class HostedChatClient(IModelDirectory directory, string model, LocalChatClientOptions options) : IChatClient
{
    private readonly Lock _gate = new();
    private LocalChatClient? _client;
    private bool _disposed;

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        LocalChatClient client = await OpenAsync(cancellationToken).ConfigureAwait(false);
        return await client.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        LocalChatClient client = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        LocalChatClient? client;
        lock (_gate)
        {
            client = _client;
        }

        return serviceKey is null && serviceType.IsInstanceOfType(this) ? this
            : client is not null ? client.GetService(serviceType, serviceKey)
            : serviceKey is null && serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(LocalChatClient.ProviderName, defaultModelId: NameOf())
            : null;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _client?.Dispose();
        }
    }

    private string NameOf() => options.ModelId ?? directory.GetStatus(model).Repository.ToString();

    private async ValueTask<LocalChatClient> OpenAsync(CancellationToken cancellationToken)
    {
        CachedSnapshot snapshot = await directory.GetAsync(model, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);

            // Nothing is loaded here: weights are at the first token.
            return _client ??= new LocalChatClient(
                PretrainedModel.FromDirectory(snapshot.Directory, options.Model.Model), options with { ModelId = NameOf() }, ownsModel: true);
        }
    }
}
