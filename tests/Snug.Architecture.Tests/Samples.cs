#pragma warning disable CA1051, CA1034, CA1711, CA1070, CA1063, CA1816, CA2217, MA0095, MA0096, MA0097, CA1000, CA1003, MA0008, MA0046, MA0055, MA0070, CA1041, MA0091, MA0010
// Shapes for the tests of the writer, made to be odd.
namespace Snug.Architecture.Tests;

/// <summary>A class with one member of each form.</summary>
public abstract class Sample<T> : List<T>, IDisposable
    where T : class, new()
{
    public const string Quote = "\"\n";

    protected static readonly int[] Numbers = [1];

    protected Sample(string? name = null) => Name = name ?? "";

    public event EventHandler<string>? Changed;

    public required string Name { get; init; }

    public (int Count, (string? Text, T) Other)? Pair { get; protected set; }

    public virtual T this[string key] => new();

    public static bool TryParse(ReadOnlySpan<char> text, out T? value, in long limit, params int[] rest)
    {
        value = null;
        return text.Length < limit;
    }

    [Obsolete("Old.")]
    public abstract Task<IReadOnlyList<string?>?> RunAsync<TItem>(
        TItem item, DayOfWeek? day = DayOfWeek.Friday, CancellationToken cancellationToken = default)
        where TItem : struct, IComparable<TItem>;

    public virtual void Dispose()
    {
    }

    public override string ToString() => Name;

    internal void Hidden() => Changed?.Invoke(this, Name);
}

/// <summary>A record whose generated members are no news.</summary>
public readonly record struct Point(int X, double? Y);

/// <summary>An enumeration with another underlying type.</summary>
[Flags]
public enum Shades : byte
{
    None = 0,
    Dark = 1,
}

/// <summary>A delegate with variance.</summary>
public delegate void Handler<in T>(T item);

/// <summary>A type with a type in it.</summary>
public static class Outer
{
    public static int Twice(this int number) => number * 2;

    public static class Inner
    {
        public static int Half(int number) => number / 2;
    }
}
