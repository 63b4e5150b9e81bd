using System.Collections.Immutable;

namespace Snug.Inference;

/// <summary>What a model is made of, as its <c>config.json</c> or its GGUF metadata says. Checked when read.</summary>
public sealed record ModelConfiguration
{
    /// <summary>The architecture: <c>llama</c>, <c>mistral</c>, <c>qwen2</c>, <c>qwen3</c> or <c>gpt2</c>.</summary>
    public required string ModelType { get; init; }

    /// <summary>Number of tokens that the model knows.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width within the feed-forward blocks.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of layers.</summary>
    public required int LayerCount { get; init; }

    /// <summary>Number of query heads.</summary>
    public required int HeadCount { get; init; }

    /// <summary>Number of key and value heads; each serves <see cref="HeadCount"/> / this many query heads.</summary>
    public required int KeyValueHeadCount { get; init; }

    /// <summary>Width of a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Most positions that the model was made for.</summary>
    public required int MaximumPositions { get; init; }

    /// <summary>Added to the variance in normalizations.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>Rotary positions; null for models with learned ones.</summary>
    public RopeConfiguration? Rope { get; init; }

    /// <summary>Whether the output projection is the embedding table; null when the file decides by having one or not.</summary>
    public bool? TiedEmbeddings { get; init; }

    /// <summary>Positions that a token sees, itself included; null for all.</summary>
    public int? SlidingWindow { get; init; }

    /// <summary>Layers before this one see everything, even if there is a sliding window.</summary>
    public int FirstSlidingLayer { get; init; }

    /// <summary>Whether the projections of attention have biases, where the architecture leaves it open.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Whether the feed-forward projections have biases, where the architecture leaves it open.</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>Token that begins a text, if the file says so.</summary>
    public int? BeginToken { get; init; }

    /// <summary>Tokens that end generation, if the file says so.</summary>
    public ImmutableArray<int> EndTokens { get; init; } = [];

    internal int QuerySize => HeadCount * HeadSize;

    internal int KeyValueSize => KeyValueHeadCount * HeadSize;

    /// <summary>The window of one layer, or no limit.</summary>
    internal int WindowOf(int layer) => SlidingWindow is { } window && layer >= FirstSlidingLayer ? window : int.MaxValue;
}
