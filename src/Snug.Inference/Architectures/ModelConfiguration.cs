using System.Collections.Immutable;

namespace Snug.Inference;

/// <summary>What a model is made of, as its <c>config.json</c> or its GGUF metadata says. Checked when read.</summary>
public sealed record ModelConfiguration
{
    /// <summary>The architecture: <c>llama</c>, <c>gemma2</c>, <c>phi3</c> and so on, as transformers names it.</summary>
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

    /// <summary>Which layers have the sliding window, one by one; empty if all have it. Without a window it says which layers are local.</summary>
    public ImmutableArray<bool> SlidingLayers { get; init; } = [];

    /// <summary>Whether the projections of attention have biases, where the architecture leaves it open.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Whether the feed-forward projections have biases, where the architecture leaves it open.</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>Token that begins a text, if the file says so.</summary>
    public int? BeginToken { get; init; }

    /// <summary>Tokens that end generation, if the file says so.</summary>
    public ImmutableArray<int> EndTokens { get; init; } = [];

    /// <summary>Rotary positions of the local layers, where they have others than the rest.</summary>
    internal RopeConfiguration? LocalRope { get; init; }

    /// <summary>Which layers rotate queries and keys, one by one; empty if all do.</summary>
    internal ImmutableArray<bool> RotaryLayers { get; init; } = [];

    /// <summary>Factor of attention scores; null for the inverse root of the head size.</summary>
    internal float? AttentionScale { get; init; }

    /// <summary>Bound that attention scores approach; null for none.</summary>
    internal float? AttentionSoftCap { get; init; }

    /// <summary>Bound that logits approach; null for none.</summary>
    internal float? LogitSoftCap { get; init; }

    /// <summary>Whether attention and feed-forward network read the same input and are added together.</summary>
    internal bool ParallelResidual { get; init; }

    /// <summary>Whether GELU is the exact one, by the error function, where the architecture leaves it open.</summary>
    internal bool ExactGelu { get; init; }

    /// <summary>Factor of attention scores.</summary>
    internal float ScoreFactor => AttentionScale ?? 1f / MathF.Sqrt(HeadSize);

    internal int QuerySize => HeadCount * HeadSize;

    internal int KeyValueSize => KeyValueHeadCount * HeadSize;

    /// <summary>The window of one layer, or no limit.</summary>
    internal int WindowOf(int layer) => SlidingWindow is { } window && (SlidingLayers.IsEmpty || SlidingLayers[layer]) ? window : int.MaxValue;

    /// <summary>Whether a layer is one of the local ones.</summary>
    internal bool IsLocal(int layer) => !SlidingLayers.IsEmpty && SlidingLayers[layer];

    /// <summary>Whether a layer rotates its queries and keys.</summary>
    internal bool IsRotary(int layer) => RotaryLayers.IsEmpty || RotaryLayers[layer];
}
