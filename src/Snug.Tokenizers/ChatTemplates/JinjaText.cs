using System.Globalization;
using System.Text;

namespace Snug.Tokenizers;

/// <summary>Values as text, as Python writes them, and as JSON.</summary>
internal static class JinjaText
{
    private const int MaxDepth = 100;

    public static string TypeName(object? value) => value switch
    {
        null => "none",
        bool => "a truth value",
        long => "a whole number",
        double => "a number",
        string => "a text",
        JinjaTuple => "a tuple",
        List<object?> => "a list",
        JinjaDictionary => "a dictionary",
        JinjaNamespace => "a namespace",
        JinjaUndefined undefined => $"'{undefined.Name}', which is not defined,",
        JinjaCallable => "a function",
        _ => "this value",
    };

    /// <summary>A value as it is put out.</summary>
    public static string Of(object? value) => value switch
    {
        string text => text,
        JinjaUndefined => "",
        _ => Representation(value),
    };

    /// <summary>A value as it stands inside of a list.</summary>
    public static string Representation(object? value)
    {
        StringBuilder builder = new();
        Append(builder, value, 0);
        return builder.ToString();
    }

    public static string OfFloat(double value)
    {
        if (double.IsNaN(value))
        {
            return "nan";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "inf" : "-inf";
        }

        double size = Math.Abs(value);
        if (size is not 0 and (>= 1e16 or < 1e-4))
        {
            string text = value.ToString("E16", CultureInfo.InvariantCulture);
            string shortest = value.ToString("R", CultureInfo.InvariantCulture);
            int exponent = int.Parse(text[(text.IndexOf('E', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
            string digits = new([.. (shortest.Split('E')[0]).Where(char.IsAsciiDigit)]);
            digits = digits.TrimStart('0').TrimEnd('0');
            digits = digits.Length == 0 ? "0" : digits;
            return $"{(value < 0 ? "-" : "")}{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent):00}";
        }

        string plain = size >= 1e15 ? value.ToString("F0", CultureInfo.InvariantCulture) : value.ToString("R", CultureInfo.InvariantCulture);
        if (plain.Contains('E', StringComparison.Ordinal))
        {
            plain = ((decimal)value).ToString(CultureInfo.InvariantCulture);
        }

        return plain.Contains('.', StringComparison.Ordinal) ? plain : plain + ".0";
    }

    /// <summary>JSON as Python's json.dumps writes it without escapes for what is not ASCII.</summary>
    public static string Json(object? value, bool ascii, int? indent, string itemSeparator, string keySeparator, bool sortKeys)
    {
        StringBuilder builder = new();
        new JsonStyle(ascii, indent, itemSeparator, keySeparator, sortKeys).Append(builder, value, 0);
        return builder.ToString();
    }

    private static void Append(StringBuilder builder, object? value, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new JinjaTypeException($"values nested more than {MaxDepth} deep");
        }

        switch (value)
        {
            case null:
                builder.Append("None");
                break;
            case bool truth:
                builder.Append(truth ? "True" : "False");
                break;
            case long number:
                builder.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                builder.Append(OfFloat(number));
                break;
            case string text:
                AppendQuoted(builder, text);
                break;
            case List<object?> list:
                bool tuple = list is JinjaTuple;
                builder.Append(tuple ? '(' : '[');
                for (int i = 0; i < list.Count; i++)
                {
                    builder.Append(i == 0 ? "" : ", ");
                    Append(builder, list[i], depth + 1);
                }

                builder.Append(tuple && list.Count == 1 ? "," : "").Append(tuple ? ')' : ']');
                break;
            case JinjaDictionary dictionary:
                builder.Append('{');
                bool first = true;
                foreach ((object? key, object? item) in dictionary.Items)
                {
                    builder.Append(first ? "" : ", ");
                    Append(builder, key, depth + 1);
                    builder.Append(": ");
                    Append(builder, item, depth + 1);
                    first = false;
                }

                builder.Append('}');
                break;
            case JinjaUndefined:
                builder.Append("Undefined");
                break;
            default:
                throw new JinjaTypeException($"{TypeName(value)} cannot be put out");
        }
    }

    private static void AppendQuoted(StringBuilder builder, string text)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        builder.Append(quote);
        foreach (Rune rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '\\':
                    builder.Append("\\\\");
                    break;
                case '\n':
                    builder.Append("\\n");
                    break;
                case '\r':
                    builder.Append("\\r");
                    break;
                case '\t':
                    builder.Append("\\t");
                    break;
                case var c when c == quote:
                    builder.Append('\\').Append(quote);
                    break;
                case < 0x20 or (>= 0x7F and < 0xA0) or 0xAD:
                    builder.Append($"\\x{rune.Value:x2}");
                    break;
                default:
                    builder.Append(rune.ToString());
                    break;
            }
        }

        builder.Append(quote);
    }

    private sealed record JsonStyle(bool Ascii, int? Indent, string ItemSeparator, string KeySeparator, bool SortKeys)
    {
        public void Append(StringBuilder builder, object? value, int depth)
        {
            if (depth > MaxDepth)
            {
                throw new JinjaTypeException($"values nested more than {MaxDepth} deep");
            }

            switch (value)
            {
                case null:
                    builder.Append("null");
                    break;
                case bool truth:
                    builder.Append(truth ? "true" : "false");
                    break;
                case long number:
                    builder.Append(number.ToString(CultureInfo.InvariantCulture));
                    break;
                case double number:
                    builder.Append(double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? number > 0 ? "Infinity" : "-Infinity" : OfFloat(number));
                    break;
                case string text:
                    AppendText(builder, text);
                    break;
                case List<object?> list:
                    AppendAll(builder, '[', ']', list.Count, depth, index => Append(builder, list[index], depth + 1));
                    break;
                case JinjaDictionary dictionary:
                    (string Key, object? Value)[] items = [.. dictionary.Items.Select(item => (KeyText(item.Key), item.Value))];
                    if (SortKeys)
                    {
                        items = [.. items.OrderBy(item => item.Key, StringComparer.Ordinal)];
                    }

                    AppendAll(builder, '{', '}', items.Length, depth, index =>
                    {
                        AppendText(builder, items[index].Key);
                        builder.Append(KeySeparator);
                        Append(builder, items[index].Value, depth + 1);
                    });
                    break;
                default:
                    throw new JinjaTypeException($"{TypeName(value)} cannot be written as JSON");
            }
        }

        private static string KeyText(object? key) => key switch
        {
            string text => text,
            null => "null",
            bool truth => truth ? "true" : "false",
            long or double => Of(key),
            _ => throw new JinjaTypeException($"{TypeName(key)} cannot be a key in JSON"),
        };

        private void AppendAll(StringBuilder builder, char open, char close, int count, int depth, Action<int> append)
        {
            builder.Append(open);
            for (int i = 0; i < count; i++)
            {
                builder.Append(i == 0 ? "" : ItemSeparator);
                NewLine(builder, depth + 1);
                append(i);
            }

            if (count > 0)
            {
                NewLine(builder, depth);
            }

            builder.Append(close);
        }

        private void NewLine(StringBuilder builder, int depth)
        {
            if (Indent is { } indent)
            {
                builder.Append('\n').Append(' ', Math.Max(0, indent) * depth);
            }
        }

        private void AppendText(StringBuilder builder, string text)
        {
            builder.Append('"');
            foreach (char c in text)
            {
                switch (c)
                {
                    case '"':
                        builder.Append("\\\"");
                        break;
                    case '\\':
                        builder.Append("\\\\");
                        break;
                    case '\n':
                        builder.Append("\\n");
                        break;
                    case '\r':
                        builder.Append("\\r");
                        break;
                    case '\t':
                        builder.Append("\\t");
                        break;
                    case '\b':
                        builder.Append("\\b");
                        break;
                    case '\f':
                        builder.Append("\\f");
                        break;
                    case < ' ':
                        builder.Append($"\\u{(int)c:x4}");
                        break;
                    case > '~' when Ascii:
                        builder.Append($"\\u{(int)c:x4}");
                        break;
                    default:
                        builder.Append(c);
                        break;
                }
            }

            builder.Append('"');
        }
    }
}
