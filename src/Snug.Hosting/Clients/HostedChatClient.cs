using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Snug.AI;
using Snug.Hub;
using Snug.Pretrained;

namespace Snug.Hosting;

/// <summary>A chat client over a model of the directory: it waits until the model is ready, and sends nothing itself.</summary>
internal sealed class HostedChatClient(ModelDirectory directory, string model, LocalChatClientOptions options) : IChatClient
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
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_client is not null)
            {
                return _client;
            }
        }

        // Nothing is sent, for the files are there, and nothing is loaded here: weights are at the first token.
        ModelEntry entry = directory.Find(model);
        CachedSnapshot snapshot = await directory.EnsureAsync(entry, cancellationToken).ConfigureAwait(false);
        PretrainedModelOptions from = options.Model with { Client = entry.Client, Offline = true, Revision = snapshot.Commit };
        PretrainedModel opened = entry.Fetches.Count > 0
            ? await PretrainedModel.FromHubAsync(entry.LoaderName, from, cancellationToken).ConfigureAwait(false)
            : PretrainedModel.FromDirectory(snapshot.Directory, options.Model.Model);
        lock (_gate)
        {
            if (_disposed || _client is not null)
            {
                opened.Dispose();
                ObjectDisposedException.ThrowIf(_disposed, this);
            }
            else
            {
                _client = new LocalChatClient(opened, options with { ModelId = NameOf() }, ownsModel: true);
            }

            return _client!;
        }
    }
}
