namespace Snug.Tokenizers;

/// <summary>An instruction of a compiled pattern.</summary>
internal readonly record struct PatternInstruction(PatternOpCode Code, int A = 0, int B = 0, int C = 0);
