using Microsoft.Extensions.AI;
using Snug.AI;
using Snug.Hub;
using Snug.Pretrained;

namespace Snug.Hosting;

/// <summary>Embeddings by a model of the directory: it waits until the model is ready, and sends nothing itself.</summary>
internal sealed class HostedEmbeddingGenerator(ModelDirectory directory, TimeProvider time, string model, SentenceEncoderOptions options)
    : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly Lock _gate = new();
    private LocalEmbeddingGenerator? _generator;
    private bool _disposed;

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        LocalEmbeddingGenerator generator = await OpenAsync(cancellationToken).ConfigureAwait(false);
        return await generator.GenerateAsync(values, options, cancellationToken).ConfigureAwait(false);
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        LocalEmbeddingGenerator? generator;
        lock (_gate)
        {
            generator = _generator;
        }

        return serviceKey is null && serviceType.IsInstanceOfType(this) ? this
            : generator is not null ? generator.GetService(serviceType, serviceKey)
            : serviceKey is null && serviceType == typeof(EmbeddingGeneratorMetadata)
                ? new EmbeddingGeneratorMetadata(defaultModelId: directory.GetStatus(model).Repository.ToString())
            : null;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _generator?.Dispose();
        }
    }

    private async ValueTask<LocalEmbeddingGenerator> OpenAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_generator is not null)
            {
                return _generator;
            }
        }

        // Opened by its name, so that vectors say what made them; nothing is sent, for the files are there.
        ModelEntry entry = directory.Find(model);
        CachedSnapshot snapshot = await directory.EnsureAsync(entry, cancellationToken).ConfigureAwait(false);
        SentenceEncoder encoder = await SentenceEncoder.FromHubAsync(
            snapshot.Repository.ToString(), options with { Client = entry.Client, Offline = true, Revision = snapshot.Commit }, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            if (_disposed || _generator is not null)
            {
                encoder.Dispose();
                ObjectDisposedException.ThrowIf(_disposed, this);
            }
            else
            {
                _generator = new LocalEmbeddingGenerator(encoder, time: time);
            }

            return _generator!;
        }
    }
}
