namespace Snug.Inference;

/// <summary>What an encoder is made of, as its <c>config.json</c> says. Checked when read.</summary>
public sealed record EncoderConfiguration
{
    /// <summary>The architecture: <c>bert</c>, <c>roberta</c>, <c>xlm-roberta</c>, <c>camembert</c>, <c>distilbert</c> or <c>mpnet</c>.</summary>
    public required string ModelType { get; init; }

    /// <summary>Number of tokens that the model knows.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of a token's vector.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width within the feed-forward networks.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of layers.</summary>
    public required int LayerCount { get; init; }

    /// <summary>Number of attention heads, which divide the width evenly.</summary>
    public required int HeadCount { get; init; }

    /// <summary>Rows of the table of positions.</summary>
    public required int PositionCount { get; init; }

    /// <summary>Position of the first token: 0, or behind the padding token's for RoBERTa and its relatives.</summary>
    public int FirstPosition { get; init; }

    /// <summary>Number of token types; 0 for models that have none.</summary>
    public int TypeCount { get; init; }

    /// <summary>Added to the variance in normalizations.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>Activation of the feed-forward networks.</summary>
    public EncoderActivation Activation { get; init; }

    /// <summary>Classes of distances that MPNet learns biases of attention for; 0 for other models.</summary>
    public int RelativeBuckets { get; init; }

    /// <summary>The padding token, if the file names it.</summary>
    public int? PadToken { get; init; }

    /// <summary>Most tokens of a sequence.</summary>
    public int MaximumTokens => PositionCount - FirstPosition;

    /// <summary>Reads the <c>config.json</c> of a model folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="ignoredKeys">Keys that are known not to change the mathematics, besides those that Snug knows.</param>
    /// <exception cref="ModelFormatException">The file is damaged, or the model is of a kind that cannot be run.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static EncoderConfiguration FromDirectory(string path, IReadOnlySet<string>? ignoredKeys = null) =>
        EncoderConfigurationReader.Read(Path.Join(path, "config.json"), ignoredKeys ?? new HashSet<string>());

    internal int HeadSize => HiddenSize / HeadCount;
}
