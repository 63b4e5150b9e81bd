namespace Snug.Tokenizers;

/// <summary>Variables: those of a part of a template, then those of what is around it.</summary>
internal sealed class JinjaScope(JinjaScope? outer)
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    public void Set(string name, object? value) => _values[name] = value;

    public object? Get(string name)
    {
        for (JinjaScope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._values.TryGetValue(name, out object? value))
            {
                return value;
            }
        }

        return new JinjaUndefined(name);
    }

    private JinjaScope? Outer => outer;
}
