namespace Snug.Inference;

/// <summary>The intermediate results of an encoder for one batch of tokens. Layers use the same ones in turn.</summary>
internal sealed class EncoderBuffers : IDisposable
{
    /// <param name="c">The model.</param>
    /// <param name="tokens">Most tokens.</param>
    /// <param name="rounded">Whether weights were rounded, so that what is multiplied with them must be as well.</param>
    public EncoderBuffers(EncoderConfiguration c, int tokens, bool rounded)
    {
        Activation Input(int width) => new(tokens, width, rounded && width % PackedRows.Block == 0);

        Tokens = tokens;
        Hidden = Input(c.HiddenSize);
        Query = new Activation(tokens, c.HiddenSize);
        Key = new Activation(tokens, c.HiddenSize);
        Value = new Activation(tokens, c.HiddenSize);
        Attended = Input(c.HiddenSize);
        Projected = new Activation(tokens, c.HiddenSize);
        Inner = Input(c.IntermediateSize);
    }

    /// <summary>Tokens that there is room for.</summary>
    public int Tokens { get; }

    /// <summary>The tokens' vectors: what goes into a layer and comes out of it.</summary>
    public Activation Hidden { get; }

    public Activation Query { get; }

    public Activation Key { get; }

    public Activation Value { get; }

    /// <summary>Values weighted by attention.</summary>
    public Activation Attended { get; }

    /// <summary>Output of a block, before it is added.</summary>
    public Activation Projected { get; }

    /// <summary>Inner activation of the feed-forward network.</summary>
    public Activation Inner { get; }

    public void Dispose()
    {
        foreach (Activation activation in (ReadOnlySpan<Activation>)[Hidden, Query, Key, Value, Attended, Projected, Inner])
        {
            activation.Dispose();
        }
    }
}
