namespace Snug.Inference;

/// <summary>The tables that tokens become vectors with: words, positions, and types where the model has them.</summary>
internal sealed class EncoderEmbeddings
{
    /// <summary>Takes them out of the files.</summary>
    /// <param name="c">The model.</param>
    /// <param name="weights">The files.</param>
    /// <param name="prefix">What stands before the names.</param>
    public EncoderEmbeddings(EncoderConfiguration c, WeightLoader weights, string prefix)
    {
        TensorName words = new($"{prefix}embeddings.word_embeddings", "");
        weights.AllowPrefix(prefix, words.Weight);
        Words = weights.Table(words, c.VocabularySize, c.HiddenSize);
        Positions = weights.Table(new TensorName($"{prefix}embeddings.position_embeddings", ""), c.PositionCount, c.HiddenSize);
        Types = c.TypeCount > 0 ? weights.Table(new TensorName($"{prefix}embeddings.token_type_embeddings", ""), c.TypeCount, c.HiddenSize) : null;
        Norm = new EncoderNorm(weights, $"{prefix}embeddings.LayerNorm", c.HiddenSize);
    }

    public Matrix Words { get; }

    public Matrix Positions { get; }

    public Matrix? Types { get; }

    public EncoderNorm Norm { get; }
}
