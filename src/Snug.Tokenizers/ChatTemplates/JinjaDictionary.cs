using System.Diagnostics.CodeAnalysis;

namespace Snug.Tokenizers;

/// <summary>A dictionary that keeps the order in which keys came; 1, 1.0 and true are the same key.</summary>
internal sealed class JinjaDictionary
{
    private readonly OrderedDictionary<JinjaKey, object?> _items = [];

    public int Count => _items.Count;

    public IEnumerable<object?> Keys => _items.Keys.Select(key => key.Value);

    public IEnumerable<object?> Values => _items.Values;

    public IEnumerable<KeyValuePair<object?, object?>> Items => _items.Select(item => new KeyValuePair<object?, object?>(item.Key.Value, item.Value));

    public void Set(object? key, object? value) => _items[new JinjaKey(key)] = value;

    public bool TryGet(object? key, [MaybeNullWhen(false)] out object? value) => _items.TryGetValue(new JinjaKey(key), out value);

    public bool Contains(object? key) => _items.ContainsKey(new JinjaKey(key));
}
