namespace Snug.Inference;

/// <summary>A token that a step has generated.</summary>
/// <param name="Sequence">Whose it is.</param>
/// <param name="Token">The token.</param>
public readonly record struct BatchToken(BatchSequence Sequence, GeneratedToken Token);
