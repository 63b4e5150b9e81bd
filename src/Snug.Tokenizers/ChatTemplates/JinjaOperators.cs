using System.Text;

namespace Snug.Tokenizers;

/// <summary>Truth, equality, order and arithmetic, as Python has them.</summary>
internal static class JinjaOperators
{
    public static bool IsTrue(object? value) => value switch
    {
        null or JinjaUndefined => false,
        bool truth => truth,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        List<object?> list => list.Count > 0,
        JinjaDictionary dictionary => dictionary.Count > 0,
        _ => true,
    };

    public static bool AreEqual(object? left, object? right)
    {
        if (TryNumber(left, out double leftNumber) && TryNumber(right, out double rightNumber))
        {
            return left is long a && right is long b ? a == b : leftNumber == rightNumber;
        }

        switch (left)
        {
            case null:
                return right is null;
            case string text:
                return right is string other && text == other;
            case List<object?> list:
                return right is List<object?> otherList && list is JinjaTuple == right is JinjaTuple && list.Count == otherList.Count && list.Zip(otherList).All(pair => AreEqual(pair.First, pair.Second));
            case JinjaDictionary dictionary:
                return right is JinjaDictionary otherDictionary && dictionary.Count == otherDictionary.Count
                    && dictionary.Items.All(item => otherDictionary.TryGet(item.Key, out object? value) && AreEqual(item.Value, value));
            case JinjaUndefined:
                return right is JinjaUndefined;
            default:
                return ReferenceEquals(left, right);
        }
    }

    public static int Compare(object? left, object? right)
    {
        if (left is long a && right is long b)
        {
            return a.CompareTo(b);
        }

        if (TryNumber(left, out double leftNumber) && TryNumber(right, out double rightNumber))
        {
            return leftNumber.CompareTo(rightNumber);
        }

        if (left is string text && right is string other)
        {
            return CompareText(text, other);
        }

        if (left is List<object?> list && right is List<object?> otherList)
        {
            for (int i = 0; i < Math.Min(list.Count, otherList.Count); i++)
            {
                if (!AreEqual(list[i], otherList[i]))
                {
                    return Compare(list[i], otherList[i]);
                }
            }

            return list.Count.CompareTo(otherList.Count);
        }

        throw new JinjaTypeException($"{JinjaText.TypeName(left)} and {JinjaText.TypeName(right)} have no order");
    }

    public static bool Contains(object? container, object? item) => container switch
    {
        string text => item is string part ? text.Contains(part, StringComparison.Ordinal) : throw new JinjaTypeException($"{JinjaText.TypeName(item)} cannot be in a text"),
        List<object?> list => list.Exists(value => AreEqual(value, item)),
        JinjaDictionary dictionary => dictionary.Contains(item),
        JinjaUndefined => false,
        JinjaNamespace space => item is string name && space.Values.ContainsKey(name),
        _ => throw new JinjaTypeException($"{JinjaText.TypeName(container)} has nothing in it"),
    };

    public static object? Apply(string name, object? left, object? right)
    {
        switch (name)
        {
            case "~":
                return JinjaText.Of(left) + JinjaText.Of(right);
            case "+" when left is string text && right is string other:
                return text + other;
            case "+" when left is List<object?> list && right is List<object?> otherList:
                return list is JinjaTuple ? new JinjaTuple([.. list, .. otherList]) : new List<object?>([.. list, .. otherList]);
            case "*" when left is string or List<object?> && right is long or bool:
                return Repeat(left, (long)Number(right));
            case "*" when right is string or List<object?> && left is long or bool:
                return Repeat(right, (long)Number(left));
            case "%" when left is string format:
                return JinjaFormat.Percent(format, right);
        }

        if (!TryNumber(left, out double a) || !TryNumber(right, out double b))
        {
            throw new JinjaTypeException($"{JinjaText.TypeName(left)} and {JinjaText.TypeName(right)} do not go with '{name}'");
        }

        if (name is "/" or "//" or "%" && b == 0)
        {
            throw new JinjaTypeException("division by zero");
        }

        if (left is not double && right is not double && name != "/" && !(name == "**" && b < 0))
        {
            return Integers(name, Convert.ToInt64(left), Convert.ToInt64(right));
        }

        return name switch
        {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" => a / b,
            "//" => Math.Floor(a / b),
            "%" => a - (b * Math.Floor(a / b)),
            _ => Math.Pow(a, b),
        };
    }

    public static object? Negate(object? value) => value switch
    {
        long.MinValue => throw new JinjaTypeException("a number that is too large"),
        long number => (object)-number,
        double number => -number,
        bool truth => truth ? -1L : 0L,
        _ => throw new JinjaTypeException($"{JinjaText.TypeName(value)} has no opposite"),
    };

    public static bool TryNumber(object? value, out double number)
    {
        number = value switch { long l => l, double d => d, bool b => b ? 1 : 0, _ => double.NaN };
        return value is long or double or bool;
    }

    /// <summary>Order by code points, not by UTF-16 units.</summary>
    public static int CompareText(string left, string right)
    {
        int at = left.AsSpan().CommonPrefixLength(right);
        if (at == left.Length || at == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        bool leftAstral = char.IsSurrogate(left[at]);
        bool rightAstral = char.IsSurrogate(right[at]);
        return leftAstral == rightAstral ? left[at].CompareTo(right[at]) : leftAstral ? 1 : -1;
    }

    private static double Number(object? value) => TryNumber(value, out double number) ? number : double.NaN;

    private static object Repeat(object? value, long count)
    {
        // What is repeated counts towards no other limit before it is put out.
        const int Most = 1_000_000;
        int size = value is string s ? s.Length : ((List<object?>)value!).Count;
        count = Math.Max(0, count);
        if (size > 0 && count > Most / size)
        {
            throw new JinjaTypeException($"a value of more than {Most} parts");
        }

        return value is string text
            ? new StringBuilder().Insert(0, text, (int)(size == 0 ? 0 : count)).ToString()
            : new List<object?>(Enumerable.Range(0, (int)(size == 0 ? 0 : count)).SelectMany(_ => (List<object?>)value!));
    }

    private static long Integers(string name, long left, long right)
    {
        try
        {
            checked
            {
                return name switch
                {
                    "+" => left + right,
                    "-" => left - right,
                    "*" => left * right,
                    "//" => (left / right) - (left % right != 0 && (left < 0) != (right < 0) ? 1 : 0),
                    "%" => ((left % right) + right) % right,
                    _ => Power(left, right),
                };
            }
        }
        catch (OverflowException)
        {
            throw new JinjaTypeException("a number that is too large");
        }
    }

    private static long Power(long number, long exponent)
    {
        long result = 1;
        for (; exponent > 0 && number is not (0 or 1); exponent--)
        {
            if (number == -1)
            {
                return exponent % 2 == 0 ? result : -result;
            }

            result = checked(result * number);
        }

        return exponent > 0 ? number : result;
    }
}
