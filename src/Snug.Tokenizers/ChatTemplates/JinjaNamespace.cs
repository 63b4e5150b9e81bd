namespace Snug.Tokenizers;

/// <summary>A namespace: a dictionary whose entries templates may set.</summary>
internal sealed class JinjaNamespace
{
    public Dictionary<string, object?> Values { get; } = new(StringComparer.Ordinal);
}
