namespace Snug.AI;

/// <summary>A piece of an answer: text, reasoning, or a call.</summary>
/// <param name="Text">The text; empty for a call.</param>
/// <param name="IsReasoning">Whether the text is reasoning.</param>
/// <param name="Call">The call.</param>
internal readonly record struct OutputPiece(string Text, bool IsReasoning = false, ToolCall? Call = null);
