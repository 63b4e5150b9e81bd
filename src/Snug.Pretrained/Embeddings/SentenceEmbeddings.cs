namespace Snug.Pretrained;

/// <summary>The vectors of some texts.</summary>
/// <param name="Vectors">One for each text, in their order.</param>
/// <param name="TokenCounts">Tokens that each text became, special ones included, after it was cut.</param>
/// <param name="Truncated">Whether each text was longer than the model takes, so that its end was left out.</param>
public sealed record SentenceEmbeddings(IReadOnlyList<float[]> Vectors, IReadOnlyList<int> TokenCounts, IReadOnlyList<bool> Truncated);
