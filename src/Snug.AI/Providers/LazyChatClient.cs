using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Snug.AI;

/// <summary>
/// A client whose model is loaded when it is first used. Callers that come meanwhile wait for the same load; one that failed, or was
/// cancelled, is tried again by the next caller.
/// </summary>
internal sealed class LazyChatClient(string provider, Uri address, string model, Func<CancellationToken, Task<IChatClient>> load) : IChatClient
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly ChatClientMetadata _metadata = new(provider, address, model);
    private volatile IChatClient? _client;
    private volatile bool _isDisposed;

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        IChatClient client = await LoadAsync(cancellationToken).ConfigureAwait(false);
        return await client.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return StreamAsync(messages, options, cancellationToken);
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is null && serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceKey is null && serviceType.IsInstanceOfType(this) ? this
            : _client?.GetService(serviceType, serviceKey);
    }

    public void Dispose()
    {
        _isDisposed = true;
        Interlocked.Exchange(ref _client, null)?.Dispose();
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IChatClient client = await LoadAsync(cancellationToken).ConfigureAwait(false);
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            yield return update;
        }
    }

    private async Task<IChatClient> LoadAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_client is { } ready)
        {
            return ready;
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_client is null)
            {
                IChatClient loaded = await load(cancellationToken).ConfigureAwait(false);
                _client = loaded;
                if (_isDisposed)
                {
                    Dispose();
                    throw new ObjectDisposedException(nameof(LazyChatClient));
                }
            }

            return _client!;
        }
        finally
        {
            _gate.Release();
        }
    }
}
