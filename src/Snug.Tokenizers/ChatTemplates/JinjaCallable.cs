namespace Snug.Tokenizers;

/// <summary>Something that can be called.</summary>
internal delegate object? JinjaCallable(IReadOnlyList<object?> positional, IReadOnlyDictionary<string, object?> named);
