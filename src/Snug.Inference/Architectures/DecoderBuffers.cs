namespace Snug.Inference;

/// <summary>The intermediate results of a decoder, for one chunk of tokens. Layers use the same ones in turn.</summary>
internal sealed class DecoderBuffers : IDisposable
{
    /// <param name="c">The model.</param>
    /// <param name="chunk">Most tokens.</param>
    /// <param name="gated">Whether the feed-forward network has gates.</param>
    /// <param name="packed">Whether any weights are packed.</param>
    public DecoderBuffers(ModelConfiguration c, int chunk, bool gated, bool packed)
    {
        Activation Input(int width) => new(chunk, width, packed && width % PackedRows.Block == 0);

        Residual = new Activation(chunk, c.HiddenSize);
        Normed = Input(c.HiddenSize);
        Query = new Activation(chunk, c.QuerySize);
        Key = new Activation(chunk, c.KeyValueSize);
        Value = new Activation(chunk, c.KeyValueSize);
        Attended = Input(c.QuerySize);
        Projected = new Activation(chunk, c.HiddenSize);
        Inner = Input(c.IntermediateSize);
        Up = new Activation(gated ? chunk : 0, c.IntermediateSize);
        Logits = new Activation(chunk, c.VocabularySize);
    }

    /// <summary>The stream that every block adds to.</summary>
    public Activation Residual { get; }

    /// <summary>Normalized input of a block.</summary>
    public Activation Normed { get; }

    public Activation Query { get; }

    public Activation Key { get; }

    public Activation Value { get; }

    /// <summary>Values weighted by attention.</summary>
    public Activation Attended { get; }

    /// <summary>Output of a block, before it is added.</summary>
    public Activation Projected { get; }

    /// <summary>Inner activation of the feed-forward network.</summary>
    public Activation Inner { get; }

    /// <summary>What gates multiply.</summary>
    public Activation Up { get; }

    public Activation Logits { get; }

    public void Dispose()
    {
        foreach (Activation activation in (ReadOnlySpan<Activation>)[Residual, Normed, Query, Key, Value, Attended, Projected, Inner, Up, Logits])
        {
            activation.Dispose();
        }
    }
}
