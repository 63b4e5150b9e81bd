namespace Snug.Inference;

/// <summary>A call of the rule that starts at a state, and where it goes on.</summary>
internal readonly record struct CallEdge(int Start, int Target, bool IsContainer);
