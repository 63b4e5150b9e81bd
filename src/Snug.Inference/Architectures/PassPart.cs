namespace Snug.Inference;

/// <summary>What one sequence wants of a pass that several share.</summary>
/// <param name="Tokens">Its tokens that are to be read.</param>
/// <param name="Start">Position of the first.</param>
/// <param name="Length">Length that the sequence will have when the prompt that these tokens belong to is read.</param>
/// <param name="Cache">Its keys and values.</param>
/// <param name="Logits">Is filled with a row for each of the last tokens, as many as there is room for.</param>
internal readonly record struct PassPart(ReadOnlyMemory<int> Tokens, int Start, int Length, KeyValueCache Cache, Memory<float> Logits);
