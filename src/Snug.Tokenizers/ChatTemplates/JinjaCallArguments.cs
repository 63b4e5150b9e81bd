namespace Snug.Tokenizers;

/// <summary>The values of the arguments of a call, by place or by name.</summary>
internal readonly struct JinjaCallArguments(string function, IReadOnlyList<object?> positional, IReadOnlyDictionary<string, object?> named)
{
    public IReadOnlyList<object?> Positional => positional;

    public bool Has(int index, string name) => index < positional.Count || named.ContainsKey(name);

    /// <summary>An argument, or a value for when it is not given.</summary>
    public object? Get(int index, string name, object? otherwise = null) =>
        index < positional.Count ? positional[index] : named.TryGetValue(name, out object? value) ? value : otherwise;

    public object? Require(int index, string name) =>
        Has(index, name) ? Get(index, name) : throw new JinjaTypeException($"'{function}' needs '{name}'");

    public string Text(int index, string name) =>
        Require(index, name) is string text ? text : throw new JinjaTypeException($"'{function}' needs a text as '{name}'");

    public int Integer(int index, string name, int otherwise) => Get(index, name, (long)otherwise) switch
    {
        long number => (int)Math.Clamp(number, int.MinValue, int.MaxValue),
        bool truth => truth ? 1 : 0,
        null => otherwise,
        _ => throw new JinjaTypeException($"'{function}' needs a whole number as '{name}'"),
    };

    public bool Truth(int index, string name, bool otherwise) => JinjaOperators.IsTrue(Get(index, name, otherwise));
}
