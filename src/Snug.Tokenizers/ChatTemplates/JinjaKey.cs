namespace Snug.Tokenizers;

/// <summary>A value as a key.</summary>
internal readonly struct JinjaKey(object? value) : IEquatable<JinjaKey>
{
    public object? Value => value;

    public bool Equals(JinjaKey other) => JinjaOperators.AreEqual(value, other.Value);

    public override bool Equals(object? obj) => obj is JinjaKey other && Equals(other);

    public override int GetHashCode() => value switch
    {
        null => 0,
        bool b => b ? 1 : 0,
        long l => l.GetHashCode(),
        double d => d == Math.Floor(d) && Math.Abs(d) < long.MaxValue ? ((long)d).GetHashCode() : d.GetHashCode(),
        string s => s.GetHashCode(StringComparison.Ordinal),
        JinjaTuple t => t.Count,
        _ => throw new JinjaTypeException($"{JinjaText.TypeName(value)} cannot be a key"),
    };
}
