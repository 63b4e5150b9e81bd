using System.Collections.Immutable;

namespace Snug.Inference;

/// <summary>A text that beam search has found.</summary>
/// <param name="Tokens">The generated tokens, with the end token if it has one.</param>
/// <param name="Score">Sum of the log probabilities, divided by the number of tokens to the power of the length penalty.</param>
/// <param name="Finish">Why it ends.</param>
public sealed record BeamHypothesis(ImmutableArray<int> Tokens, float Score, FinishReason Finish);
