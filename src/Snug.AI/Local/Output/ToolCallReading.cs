namespace Snug.AI;

/// <summary>What is between the marks of calls.</summary>
/// <param name="Calls">The calls; null when it is none.</param>
/// <param name="IsIncomplete">Whether more text could make it calls: the end mark is part of an argument.</param>
internal readonly record struct ToolCallReading(IReadOnlyList<ToolCall>? Calls, bool IsIncomplete = false);
