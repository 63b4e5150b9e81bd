namespace Snug.Tokenizers;

/// <summary>What a tokenizer is made of.</summary>
internal sealed record TokenizerParts(TokenModel Model)
{
    public Normalizer? Normalizer { get; init; }

    public PreTokenizer? PreTokenizer { get; init; }

    public PostProcessor? PostProcessor { get; init; }

    public Decoder? Decoder { get; init; }

    public TruncationOptions? Truncation { get; init; }

    public PaddingOptions? Padding { get; init; }

    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    /// <summary>Special tokens by the names that Python gives them, where the file or its class says so.</summary>
    public IReadOnlyDictionary<string, string> NamedTokens { get; init; } = new Dictionary<string, string>();
}
