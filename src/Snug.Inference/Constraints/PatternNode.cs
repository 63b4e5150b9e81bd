namespace Snug.Inference;

/// <summary>A part of a pattern.</summary>
internal abstract record PatternNode
{
    /// <summary>One character of some: those of ASCII, and whether those beyond it.</summary>
    internal sealed record Set(bool[] Ascii, bool BeyondAscii) : PatternNode;

    /// <summary>One character beyond ASCII.</summary>
    internal sealed record Character(System.Text.Rune Value) : PatternNode;

    internal sealed record Sequence(IReadOnlyList<PatternNode> Parts) : PatternNode;

    internal sealed record Choice(IReadOnlyList<PatternNode> Parts) : PatternNode;

    internal sealed record Repeat(PatternNode Part, int Least, int? Most) : PatternNode;

    /// <summary>Whether the part can be nothing.</summary>
    public bool IsNullable => this switch
    {
        Sequence sequence => sequence.Parts.All(part => part.IsNullable),
        Choice choice => choice.Parts.Any(part => part.IsNullable),
        Repeat repeat => repeat.Least == 0 || repeat.Part.IsNullable,
        _ => false,
    };
}
