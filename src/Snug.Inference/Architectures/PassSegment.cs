namespace Snug.Inference;

/// <summary>Tokens of one sequence in a pass; a pass may have tokens of several.</summary>
/// <param name="First">Number of its first token in the pass.</param>
/// <param name="Count">Number of its tokens.</param>
/// <param name="Start">Position of its first token in the sequence; so many tokens are in the cache already.</param>
/// <param name="Length">Length that the sequence will have when the prompt that these tokens belong to is read.</param>
/// <param name="Cache">Keys and values of the sequence.</param>
internal readonly record struct PassSegment(int First, int Count, int Start, int Length, KeyValueCache Cache);
