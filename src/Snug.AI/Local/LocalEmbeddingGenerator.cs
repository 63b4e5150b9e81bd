using Microsoft.Extensions.AI;
using Snug.Pretrained;

namespace Snug.AI;

/// <summary>
/// Embeddings computed on this machine. Batches any number of texts itself; may be used by several threads, whose calls take turns.
/// </summary>
/// <remarks>
/// <see cref="EmbeddingGenerationOptions.AdditionalProperties"/> may have <see cref="PromptName"/>, <see cref="Prompt"/> and
/// <see cref="Normalize"/>.
/// </remarks>
public sealed class LocalEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>Property with the name of one of the model's prompts, text.</summary>
    public const string PromptName = "prompt_name";

    /// <summary>Property with what is put before every text, text.</summary>
    public const string Prompt = "prompt";

    /// <summary>Property that tells whether vectors are made one long even where the model does not do it, true or false.</summary>
    public const string Normalize = "normalize";

    private const string ProviderName = "snug";
    private readonly SentenceEncoder _encoder;
    private readonly EmbedOptions _defaults;
    private readonly bool _ownsEncoder;
    private readonly TimeProvider _time;

    /// <summary>Puts the interface over an encoder.</summary>
    /// <param name="encoder">The encoder; it is loaded at the first use.</param>
    /// <param name="defaults">Prompt and normalization where a call says nothing.</param>
    /// <param name="ownsEncoder">Whether the encoder is disposed with this.</param>
    /// <param name="time">The clock.</param>
    public LocalEmbeddingGenerator(SentenceEncoder encoder, EmbedOptions? defaults = null, bool ownsEncoder = true, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        _encoder = encoder;
        _defaults = defaults ?? new EmbedOptions();
        _ownsEncoder = ownsEncoder;
        _time = time ?? TimeProvider.System;
        ModelId = encoder.Source.Repository?.ToString() ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(encoder.Source.Path));
    }

    /// <summary>The repository, or the name of the folder.</summary>
    public string ModelId { get; }

    /// <summary>Makes a vector of each text.</summary>
    /// <param name="values">The texts.</param>
    /// <param name="options">Dimensions to keep, and additional properties; the model cannot be changed.</param>
    /// <param name="cancellationToken">Is looked at between batches.</param>
    /// <returns>One vector for each text, in their order, with the number of tokens as usage.</returns>
    /// <exception cref="ArgumentException">A prompt or property is not known, or a property has a value of another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">More dimensions are asked for than there are.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        EmbedOptions resolved = Resolve(options);
        SentenceEmbeddings result = await _encoder.EmbedAsync([.. values], resolved, cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = _time.GetUtcNow();
        long tokens = result.TokenCounts.Sum(count => (long)count);
        return new GeneratedEmbeddings<Embedding<float>>(result.Vectors.Select(vector => new Embedding<float>(vector) { ModelId = ModelId, CreatedAt = now }))
        {
            Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
    }

    /// <summary>This, the <see cref="SentenceEncoder"/>, or <see cref="EmbeddingGeneratorMetadata"/>.</summary>
    /// <param name="serviceType">What is asked for.</param>
    /// <param name="serviceKey">None is known.</param>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata(ProviderName, null, ModelId, _encoder.Dimensions)
            : serviceType == typeof(SentenceEncoder) ? _encoder
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Frees the encoder, if it belongs to this.</summary>
    public void Dispose()
    {
        if (_ownsEncoder)
        {
            _encoder.Dispose();
        }
    }

    private EmbedOptions Resolve(EmbeddingGenerationOptions? options)
    {
        EmbedOptions resolved = options?.Dimensions is { } dimensions ? _defaults with { Dimensions = dimensions } : _defaults;
        foreach ((string key, object? value) in options?.AdditionalProperties ?? [])
        {
            resolved = (key, value) switch
            {
                (_, null) => resolved,
                (PromptName, string name) => resolved with { PromptName = name, Prompt = null },
                (Prompt, string prompt) => resolved with { Prompt = prompt },
                (Normalize, bool normalize) => resolved with { Normalize = normalize },
                (PromptName or Prompt or Normalize, _) => throw new ArgumentException($"'{key}' cannot be a {value.GetType().Name}.", nameof(options)),

                // Properties that are for other providers are let pass, as is usual.
                _ => resolved,
            };
        }

        return resolved;
    }
}
