using System.Globalization;
using System.Text.Json;

namespace Snug.Inference;

/// <summary>The numbers between two bounds.</summary>
internal sealed class NumberRange
{
    /// <summary>Integers beyond are not written: they would not survive a reader that has doubles.</summary>
    private const long Largest = 999_999_999_999_999;

    /// <summary>Most digits behind the point, and the largest number before it: together a double tells them all apart, so none is rounded out of the range.</summary>
    private const int FractionDigits = 6;
    private const long LargestBeforePoint = 999_999_999;

    private decimal? _least;
    private decimal? _most;
    private bool _excludesLeast;
    private bool _excludesMost;

    public bool IsUnbounded => _least is null && _most is null;

    /// <summary>Reads the keywords of a schema.</summary>
    public static NumberRange Read(JsonElement schema, bool isInteger, Func<string, string?, ConstraintException> refuse)
    {
        decimal? Bound(string keyword) =>
            !schema.TryGetProperty(keyword, out JsonElement value) ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal number) ? Math.Clamp(number, -Largest - 1m, Largest + 1m)
            : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double large) ? (large < 0 ? -Largest - 1m : Largest + 1m)
            : throw refuse(keyword, "it is no number");
        if (schema.TryGetProperty("multipleOf", out JsonElement multiple)
            && !(isInteger && multiple.ValueKind == JsonValueKind.Number && multiple.TryGetDecimal(out decimal unit) && unit == 1))
        {
            throw refuse("multipleOf", null);
        }

        NumberRange range = new() { _least = Bound("minimum"), _most = Bound("maximum") };
        if (Bound("exclusiveMinimum") is { } above && (range._least is null || above >= range._least))
        {
            (range._least, range._excludesLeast) = (above, true);
        }

        if (Bound("exclusiveMaximum") is { } below && (range._most is null || below <= range._most))
        {
            (range._most, range._excludesMost) = (below, true);
        }

        return range;
    }

    /// <summary>Adds the numbers to a grammar; null when there is none.</summary>
    public int? Write(GrammarBuilder builder, JsonGrammar json, int from, bool isInteger)
    {
        List<Func<int, int>> choices = [];
        decimal least = _least ?? -Largest;
        decimal most = _most ?? Largest;
        long first = (long)Math.Clamp(_excludesLeast ? Math.Floor(least) + 1 : Math.Ceiling(least), -Largest, Largest + 1m);
        long last = (long)Math.Clamp(_excludesMost ? Math.Ceiling(most) - 1 : Math.Floor(most), -Largest - 1m, Largest);
        if (first <= 0 && last >= 0)
        {
            choices.Add(at => builder.Literal(at, "0"u8));
        }

        AddIntegers(Math.Max(first, 1), last, "", at => at);
        AddIntegers(Math.Max(-last, 1), -first, "-", at => at);
        if (!isInteger)
        {
            // Between n and n + 1, of which both are in the range; n itself may not be.
            long low = (long)Math.Clamp(Math.Ceiling(least), -Largest, Largest);
            long high = (long)Math.Clamp(Math.Floor(most), -Largest, Largest);
            AddFractions(Math.Max(low, 0), high - 1, "", _excludesLeast && least == low ? low : null);
            AddFractions(Math.Max(-high, 0), -low - 1, "-", _excludesMost && most == high ? -high : null);
        }

        return choices.Count > 0 ? builder.Choice(from, choices) : null;

        void AddIntegers(long start, long end, string sign, Func<int, int> behind)
        {
            if (start <= end)
            {
                choices.Add(at => behind(Digits(builder, json, builder.Literal(at, System.Text.Encoding.ASCII.GetBytes(sign)), start, end)));
            }
        }

        void AddFractions(long start, long end, string sign, long? excluded)
        {
            end = Math.Min(end, LargestBeforePoint);
            if (excluded is { } alone && alone >= start && alone <= end)
            {
                choices.Add(at => json.FractionAboveZero(builder.Literal(at, System.Text.Encoding.ASCII.GetBytes($"{sign}{alone}")), FractionDigits));
                start = alone + 1;
            }

            if (start == 0 && end >= 0)
            {
                choices.Add(at => json.Fraction(builder.Literal(at, System.Text.Encoding.ASCII.GetBytes($"{sign}0")), FractionDigits));
                start = 1;
            }

            AddIntegers(start, end, sign, at => json.Fraction(at, FractionDigits));
        }
    }

    /// <summary>The integers from one to another, both above zero.</summary>
    private static int Digits(GrammarBuilder builder, JsonGrammar json, int from, long first, long last)
    {
        List<Func<int, int>> choices = [];
        int most = Text(last).Length;
        for (int length = Text(first).Length; length <= most; length++)
        {
            string low = length == Text(first).Length ? Text(first) : "1" + new string('0', length - 1);
            string high = length == most ? Text(last) : new string('9', length);
            choices.Add(at => Between(builder, json, at, low, high));
        }

        return builder.Choice(from, choices);
    }

    /// <summary>The digits from one number to another of the same length.</summary>
    private static int Between(GrammarBuilder builder, JsonGrammar json, int from, string low, string high)
    {
        int length = low.Length;
        if (length == 0)
        {
            return from;
        }

        if (low[0] == high[0])
        {
            return Between(builder, json, builder.Bytes(from, (byte)low[0], (byte)low[0]), low[1..], high[1..]);
        }

        char start = low[0];
        char end = high[0];
        List<Func<int, int>> choices = [];
        if (low.AsSpan(1).ContainsAnyExcept('0'))
        {
            choices.Add(at => Between(builder, json, builder.Bytes(at, (byte)low[0], (byte)low[0]), low[1..], new string('9', length - 1)));
            start++;
        }

        if (high.AsSpan(1).ContainsAnyExcept('9'))
        {
            choices.Add(at => Between(builder, json, builder.Bytes(at, (byte)high[0], (byte)high[0]), new string('0', length - 1), high[1..]));
            end--;
        }

        if (start <= end)
        {
            choices.Add(at => json.Digits(builder.Bytes(at, (byte)start, (byte)end), length - 1, length - 1));
        }

        return builder.Choice(from, choices);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
