namespace Snug.Inference;

/// <summary>One step of generation.</summary>
/// <param name="Id">The token.</param>
/// <param name="LogProbability">Natural logarithm of its probability before any processing; NaN unless it was asked for.</param>
/// <param name="Finish">Set on the last token. An end token is reported, too; it is no part of the text.</param>
public readonly record struct GeneratedToken(int Id, float LogProbability, FinishReason? Finish);
