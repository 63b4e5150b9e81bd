namespace Snug.Tokenizers;

/// <summary>In which order a repetition tries its counts.</summary>
internal enum RepeatKind
{
    Greedy,
    Lazy,
    Possessive,
}
