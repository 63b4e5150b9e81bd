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
}
