namespace Snug.Inference;

/// <summary>A rule: where it starts, and whether it is an array or object.</summary>
internal readonly record struct GrammarRule(int Start, bool IsContainer);
