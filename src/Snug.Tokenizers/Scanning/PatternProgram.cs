namespace Snug.Tokenizers;

/// <summary>A compiled pattern.</summary>
/// <param name="Instructions">The instructions; the pattern begins with the first.</param>
/// <param name="Sets">Sets of characters.</param>
/// <param name="Literals">Bytes of literals.</param>
/// <param name="Filters">For each filter, which bytes may come next.</param>
/// <param name="Registers">Number of registers.</param>
/// <param name="First">Which bytes a match may start with; null when it may be empty.</param>
internal sealed record PatternProgram(
    PatternInstruction[] Instructions, CodePointSet[] Sets, byte[] Literals, bool[][] Filters, int Registers, bool[]? First);
