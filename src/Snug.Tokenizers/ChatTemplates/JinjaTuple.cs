namespace Snug.Tokenizers;

/// <summary>A list that prints as a tuple.</summary>
internal sealed class JinjaTuple(IEnumerable<object?> items) : List<object?>(items);
