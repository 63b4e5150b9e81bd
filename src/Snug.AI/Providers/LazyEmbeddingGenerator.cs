using Microsoft.Extensions.AI;

namespace Snug.AI;

/// <summary>A generator of embeddings whose model is loaded when it is first used.</summary>
internal sealed class LazyEmbeddingGenerator(
    string provider, Uri address, string model, Func<CancellationToken, Task<IEmbeddingGenerator<string, Embedding<float>>>> load)
    : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly OnFirstUse<IEmbeddingGenerator<string, Embedding<float>>> _generator = new(load);
    private readonly EmbeddingGeneratorMetadata _metadata = new(provider, address, model);

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        IEmbeddingGenerator<string, Embedding<float>> generator = await _generator.GetAsync(cancellationToken).ConfigureAwait(false);
        return await generator.GenerateAsync(values, options, cancellationToken).ConfigureAwait(false);
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is null && serviceType.IsInstanceOfType(this) ? this
            : _generator.Loaded is { } loaded ? loaded.GetService(serviceType, serviceKey)
            : serviceKey is null && serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : null;
    }

    public void Dispose() => _generator.Dispose();
}
