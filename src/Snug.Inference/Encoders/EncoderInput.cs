namespace Snug.Inference;

/// <summary>One sequence for an encoder.</summary>
/// <param name="Tokens">Tokens of the vocabulary, special ones included; not empty.</param>
public readonly record struct EncoderInput(ReadOnlyMemory<int> Tokens)
{
    /// <summary>Type of each token, as for pairs of texts; empty for all 0.</summary>
    public ReadOnlyMemory<int> TypeIds { get; init; }

    /// <summary>Tokens at the beginning that pooling passes over (means and maxima; not the first and the last token).</summary>
    public int Unpooled { get; init; }
}
