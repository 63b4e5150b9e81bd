using System.Globalization;
using System.Text;

namespace Snug.Tokenizers;

/// <summary>Python's % formatting and the formats of dates.</summary>
internal static class JinjaFormat
{
    private const int MaxWidth = 10_000;

    public static string Percent(string format, object? arguments)
    {
        List<object?> values = arguments is JinjaTuple tuple ? tuple : [arguments];
        int next = 0;
        StringBuilder builder = new();
        for (int at = 0; at < format.Length; at++)
        {
            if (format[at] != '%')
            {
                builder.Append(format[at]);
                continue;
            }

            int start = ++at;
            while (at < format.Length && format[at] is '-' or '+' or ' ' or '0' or '#')
            {
                at++;
            }

            string flags = format[start..at];
            int width = ReadNumber(format, ref at) ?? 0;
            int? precision = null;
            if (at < format.Length && format[at] == '.')
            {
                at++;
                precision = ReadNumber(format, ref at) ?? 0;
            }

            if (at >= format.Length)
            {
                throw new JinjaTypeException("a format that does not end");
            }

            if (format[at] == '%')
            {
                builder.Append('%');
                continue;
            }

            if (next >= values.Count)
            {
                throw new JinjaTypeException("not enough values for the format");
            }

            string text = One(format[at], precision, values[next++], flags);
            builder.Append(Pad(text, flags, width));
        }

        return builder.ToString();
    }

    /// <summary>strftime, in English.</summary>
    public static string Time(string format, DateTimeOffset time)
    {
        StringBuilder builder = new();
        for (int at = 0; at < format.Length; at++)
        {
            if (format[at] != '%' || at + 1 == format.Length)
            {
                builder.Append(format[at]);
                continue;
            }

            bool bare = format[at + 1] == '-' && at + 2 < format.Length;
            at += bare ? 2 : 1;
            string text = format[at] switch
            {
                'Y' => time.ToString("yyyy", CultureInfo.InvariantCulture),
                'y' => time.ToString("yy", CultureInfo.InvariantCulture),
                'm' => time.ToString("MM", CultureInfo.InvariantCulture),
                'd' => time.ToString("dd", CultureInfo.InvariantCulture),
                'e' => time.Day.ToString().PadLeft(2),
                'B' => time.ToString("MMMM", CultureInfo.InvariantCulture),
                'b' or 'h' => time.ToString("MMM", CultureInfo.InvariantCulture),
                'A' => time.ToString("dddd", CultureInfo.InvariantCulture),
                'a' => time.ToString("ddd", CultureInfo.InvariantCulture),
                'H' => time.ToString("HH", CultureInfo.InvariantCulture),
                'I' => time.ToString("hh", CultureInfo.InvariantCulture),
                'M' => time.ToString("mm", CultureInfo.InvariantCulture),
                'S' => time.ToString("ss", CultureInfo.InvariantCulture),
                'f' => time.ToString("ffffff", CultureInfo.InvariantCulture),
                'p' => time.ToString("tt", CultureInfo.InvariantCulture),
                'j' => time.DayOfYear.ToString("000"),
                'w' => ((int)time.DayOfWeek).ToString(),
                'F' => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                'T' => time.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
                'D' => time.ToString("MM'/'dd'/'yy", CultureInfo.InvariantCulture),
                'z' or 'Z' => "",
                'n' => "\n",
                't' => "\t",
                '%' => "%",
                var other => throw new JinjaTypeException($"the date format '%{other}', which is not supported"),
            };
            builder.Append(bare ? text.TrimStart('0') is { Length: > 0 } trimmed ? trimmed : "0" : text);
        }

        return builder.ToString();
    }

    private static int? ReadNumber(string format, ref int at)
    {
        int start = at;
        int value = 0;
        while (at < format.Length && char.IsAsciiDigit(format[at]))
        {
            value = Math.Min((value * 10) + format[at++] - '0', MaxWidth);
        }

        return at > start ? value : null;
    }

    private static string One(char kind, int? precision, object? value, string flags)
    {
        string text;
        switch (kind)
        {
            case 's':
                text = JinjaText.Of(value);
                return precision is { } most && most < text.Length ? text[..most] : text;
            case 'r':
                return JinjaText.Representation(value);
            case 'd' or 'i' when JinjaOperators.TryNumber(value, out double whole):
                text = value is double ? Math.Truncate(whole).ToString("F0", CultureInfo.InvariantCulture) : Convert.ToInt64(value).ToString(CultureInfo.InvariantCulture);
                break;
            case 'x' when value is long number:
                return number.ToString("x", CultureInfo.InvariantCulture);
            case 'X' when value is long number:
                return number.ToString("X", CultureInfo.InvariantCulture);
            case 'f' or 'F' when JinjaOperators.TryNumber(value, out double real):
                text = real.ToString($"F{precision ?? 6}", CultureInfo.InvariantCulture);
                break;
            default:
                throw new JinjaTypeException($"the format '%{kind}' does not take {JinjaText.TypeName(value)}");
        }

        return flags.Contains('+', StringComparison.Ordinal) && !text.StartsWith('-') ? "+" + text : text;
    }

    private static string Pad(string text, string flags, int width)
    {
        if (text.Length >= width)
        {
            return text;
        }

        if (flags.Contains('-', StringComparison.Ordinal))
        {
            return text.PadRight(width);
        }

        if (!flags.Contains('0', StringComparison.Ordinal))
        {
            return text.PadLeft(width);
        }

        return text[0] is '-' or '+' ? text[0] + text[1..].PadLeft(width - 1, '0') : text.PadLeft(width, '0');
    }
}
