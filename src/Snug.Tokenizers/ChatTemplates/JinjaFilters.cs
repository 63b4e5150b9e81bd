using System.Globalization;
using System.Text;

namespace Snug.Tokenizers;

/// <summary>The filters behind "|".</summary>
internal static class JinjaFilters
{
    private delegate object? Filter(object? value, JinjaCallArguments arguments);

    private static readonly Dictionary<string, Filter> Known = new(StringComparer.Ordinal)
    {
        ["tojson"] = ToJson,
        ["length"] = (value, _) => JinjaSequences.Length(value),
        ["count"] = (value, _) => JinjaSequences.Length(value),
        ["string"] = (value, _) => JinjaText.Of(value),
        ["safe"] = (value, _) => value,
        ["trim"] = (value, arguments) => arguments.Get(0, "chars") is string chars ? JinjaText.Of(value).Trim(chars.ToCharArray()) : JinjaText.Of(value).Trim(),
        ["upper"] = (value, _) => JinjaText.Of(value).ToUpperInvariant(),
        ["lower"] = (value, _) => JinjaText.Of(value).ToLowerInvariant(),
        ["capitalize"] = (value, _) => JinjaMethods.Capitalize(JinjaText.Of(value)),
        ["title"] = (value, _) => JinjaMethods.Title(JinjaText.Of(value)),
        ["replace"] = (value, arguments) => JinjaMethods.Replace(JinjaText.Of(value), JinjaText.Of(arguments.Require(0, "old")), JinjaText.Of(arguments.Require(1, "new")), arguments.Integer(2, "count", -1)),
        ["default"] = Default,
        ["d"] = Default,
        ["join"] = Join,
        ["list"] = (value, _) => new List<object?>(JinjaSequences.Items(value)),
        ["items"] = Items,
        ["dictsort"] = DictSort,
        ["first"] = (value, _) => JinjaSequences.Items(value) is { Count: > 0 } items ? items[0] : new JinjaUndefined("first"),
        ["last"] = (value, _) => JinjaSequences.Items(value) is { Count: > 0 } items ? items[^1] : new JinjaUndefined("last"),
        ["reverse"] = (value, _) => value is string text ? string.Concat(Enumerable.Reverse(JinjaSequences.Characters(text))) : new List<object?>(JinjaSequences.Items(value).Reverse()),
        ["sort"] = Sort,
        ["unique"] = Unique,
        ["min"] = (value, arguments) => Extreme(value, arguments, -1),
        ["max"] = (value, arguments) => Extreme(value, arguments, 1),
        ["sum"] = Sum,
        ["map"] = Map,
        ["select"] = (value, arguments) => Select(value, arguments, attribute: false, keep: true),
        ["reject"] = (value, arguments) => Select(value, arguments, attribute: false, keep: false),
        ["selectattr"] = (value, arguments) => Select(value, arguments, attribute: true, keep: true),
        ["rejectattr"] = (value, arguments) => Select(value, arguments, attribute: true, keep: false),
        ["indent"] = Indent,
        ["int"] = ToInteger,
        ["float"] = ToFloat,
        ["abs"] = (value, _) => value switch { long and not long.MinValue and var number => (object)Math.Abs(number), double number => Math.Abs(number), _ => throw new JinjaTypeException($"{JinjaText.TypeName(value)} is no number") },
        ["round"] = Round,
        ["escape"] = (value, _) => Escape(JinjaText.Of(value)),
        ["e"] = (value, _) => Escape(JinjaText.Of(value)),
        ["attr"] = (value, arguments) => Attribute(value, arguments.Text(0, "name")),
        ["format"] = (value, arguments) => JinjaFormat.Percent(JinjaText.Of(value), new JinjaTuple(arguments.Positional)),
        ["wordcount"] = (value, _) => (long)JinjaText.Of(value).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length,
        ["groupby"] = GroupBy,
    };

    public static object? Run(string name, object? value, IReadOnlyList<object?> positional, IReadOnlyDictionary<string, object?> named) =>
        Known.TryGetValue(name, out Filter? filter)
            ? filter(value, new JinjaCallArguments(name, positional, named))
            : throw new JinjaTypeException($"the filter '{name}' is not known");

    /// <summary>An entry or an attribute, also one of several names with dots between them.</summary>
    public static object? Attribute(object? value, string path)
    {
        foreach (string name in path.Split('.'))
        {
            value = value switch
            {
                JinjaDictionary dictionary => dictionary.TryGet(name, out object? item) ? item : new JinjaUndefined(name),
                JinjaNamespace space => space.Values.TryGetValue(name, out object? item) ? item : new JinjaUndefined(name),
                List<object?> or string when long.TryParse(name, NumberStyles.None, null, out long index) => JinjaSequences.At(value, index),
                _ => new JinjaUndefined(name),
            };
        }

        return value;
    }

    private static object ToJson(object? value, JinjaCallArguments arguments)
    {
        int? indent = arguments.Get(1, "indent") is long number ? (int)Math.Clamp(number, 0, 100) : null;
        string item = indent is null ? ", " : ",";
        string key = ": ";
        if (arguments.Get(2, "separators") is List<object?> { Count: 2 } separators && separators[0] is string first && separators[1] is string second)
        {
            (item, key) = (first, second);
        }

        return JinjaText.Json(value, arguments.Truth(0, "ensure_ascii", false), indent, item, key, arguments.Truth(3, "sort_keys", false));
    }

    private static object? Default(object? value, JinjaCallArguments arguments) =>
        value is JinjaUndefined || (arguments.Truth(1, "boolean", false) && !JinjaOperators.IsTrue(value)) ? arguments.Get(0, "default_value", "") : value;

    private static object Join(object? value, JinjaCallArguments arguments)
    {
        string separator = JinjaText.Of(arguments.Get(0, "d", ""));
        IEnumerable<object?> items = JinjaSequences.Items(value);
        if (arguments.Get(1, "attribute") is string attribute)
        {
            items = items.Select(item => Attribute(item, attribute));
        }

        return string.Join(separator, items.Select(JinjaText.Of));
    }

    private static object Items(object? value, JinjaCallArguments arguments) => value switch
    {
        JinjaDictionary dictionary => new List<object?>(dictionary.Items.Select(item => new JinjaTuple([item.Key, item.Value]))),
        JinjaUndefined => new List<object?>(),
        _ => throw new JinjaTypeException($"{JinjaText.TypeName(value)} has no items"),
    };

    private static object DictSort(object? value, JinjaCallArguments arguments)
    {
        if (value is not JinjaDictionary dictionary)
        {
            throw new JinjaTypeException($"{JinjaText.TypeName(value)} is no dictionary");
        }

        bool caseSensitive = arguments.Truth(0, "case_sensitive", false);
        int part = arguments.Get(1, "by", "key") is "value" ? 1 : 0;
        List<object?> items = [.. dictionary.Items.Select(item => new JinjaTuple([item.Key, item.Value]))];
        return Sorted(items, item => ((JinjaTuple)item!)[part], caseSensitive, arguments.Truth(2, "reverse", false));
    }

    private static object Sort(object? value, JinjaCallArguments arguments)
    {
        string? attribute = arguments.Get(2, "attribute") as string;
        return Sorted(JinjaSequences.Items(value), item => attribute is null ? item : Attribute(item, attribute), arguments.Truth(1, "case_sensitive", false), arguments.Truth(0, "reverse", false));
    }

    private static List<object?> Sorted(IReadOnlyList<object?> items, Func<object?, object?> key, bool caseSensitive, bool reverse)
    {
        Comparer<object?> comparer = Comparer<object?>.Create((left, right) => JinjaOperators.Compare(Fold(left, caseSensitive), Fold(right, caseSensitive)));
        return [.. reverse ? items.OrderDescending(Comparer<object?>.Create((left, right) => comparer.Compare(key(left), key(right)))) : items.OrderBy(key, comparer)];
    }

    private static object? Fold(object? value, bool caseSensitive) => value is string text && !caseSensitive ? text.ToLowerInvariant() : value;

    private static object Unique(object? value, JinjaCallArguments arguments)
    {
        bool caseSensitive = arguments.Truth(0, "case_sensitive", false);
        string? attribute = arguments.Get(1, "attribute") as string;
        HashSet<JinjaKey> seen = [];
        return new List<object?>(JinjaSequences.Items(value).Where(item => seen.Add(new JinjaKey(Fold(attribute is null ? item : Attribute(item, attribute), caseSensitive)))));
    }

    private static object? Extreme(object? value, JinjaCallArguments arguments, int sign)
    {
        string? attribute = arguments.Get(1, "attribute") as string;
        object? best = new JinjaUndefined("item");
        bool any = false;
        foreach (object? item in JinjaSequences.Items(value))
        {
            object? Key(object? of) => Fold(attribute is null ? of : Attribute(of, attribute), arguments.Truth(0, "case_sensitive", false));
            if (!any || JinjaOperators.Compare(Key(item), Key(best)) * sign > 0)
            {
                (best, any) = (item, true);
            }
        }

        return best;
    }

    private static object? Sum(object? value, JinjaCallArguments arguments)
    {
        string? attribute = arguments.Get(0, "attribute") as string;
        return JinjaSequences.Items(value).Aggregate(arguments.Get(1, "start", 0L), (sum, item) => JinjaOperators.Apply("+", sum, attribute is null ? item : Attribute(item, attribute)));
    }

    private static object Map(object? value, JinjaCallArguments arguments)
    {
        IReadOnlyList<object?> items = JinjaSequences.Items(value);
        if (arguments.Has(int.MaxValue, "attribute"))
        {
            string path = JinjaText.Of(arguments.Get(int.MaxValue, "attribute"));
            return new List<object?>(items.Select(item => Attribute(item, path) is JinjaUndefined missing ? arguments.Get(int.MaxValue, "default", missing) : Attribute(item, path)));
        }

        string filter = arguments.Text(0, "filter");
        object?[] rest = [.. arguments.Positional.Skip(1)];
        return new List<object?>(items.Select(item => Run(filter, item, rest, new Dictionary<string, object?>())));
    }

    private static object Select(object? value, JinjaCallArguments arguments, bool attribute, bool keep)
    {
        int at = attribute ? 1 : 0;
        string? path = attribute ? JinjaText.Of(arguments.Require(0, "attribute")) : null;
        string? test = arguments.Positional.Count > at ? arguments.Positional[at] as string ?? throw new JinjaTypeException("a test must be named") : null;
        if (test is not null && !JinjaTests.IsKnown(JinjaTests.Canonical(test)))
        {
            throw new JinjaTypeException($"the test '{test}' is not known");
        }

        object?[] rest = [.. arguments.Positional.Skip(at + 1)];
        return new List<object?>(JinjaSequences.Items(value).Where(item =>
        {
            object? tested = path is null ? item : Attribute(item, path);
            return (test is null ? JinjaOperators.IsTrue(tested) : JinjaTests.Run(JinjaTests.Canonical(test), tested, rest)) == keep;
        }));
    }

    private static object Indent(object? value, JinjaCallArguments arguments)
    {
        string prefix = arguments.Get(0, "width", 4L) is string text ? text : new string(' ', Math.Clamp(arguments.Integer(0, "width", 4), 0, 1000));
        string[] lines = JinjaText.Of(value).Split('\n');
        bool blank = arguments.Truth(2, "blank", false);
        StringBuilder builder = new();
        for (int i = 0; i < lines.Length; i++)
        {
            bool wanted = i == 0 ? arguments.Truth(1, "first", false) : blank || lines[i].Length > 0;
            builder.Append(i == 0 ? "" : "\n").Append(wanted ? prefix : "").Append(lines[i]);
        }

        return builder.ToString();
    }

    private static object? ToInteger(object? value, JinjaCallArguments arguments) => value switch
    {
        long or bool => Convert.ToInt64(value),
        double number when Math.Abs(number) < 9e18 => (long)number,
        string text when long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => number,
        string text when double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && Math.Abs(number) < 9e18 => (long)number,
        _ => arguments.Get(0, "default", 0L),
    };

    private static object? ToFloat(object? value, JinjaCallArguments arguments) => value switch
    {
        long or bool => (double)Convert.ToInt64(value),
        double number => number,
        string text when double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => number,
        _ => arguments.Get(0, "default", 0.0),
    };

    private static object Round(object? value, JinjaCallArguments arguments)
    {
        if (!JinjaOperators.TryNumber(value, out double number))
        {
            throw new JinjaTypeException($"{JinjaText.TypeName(value)} is no number");
        }

        double scale = Math.Pow(10, Math.Clamp(arguments.Integer(0, "precision", 0), -300, 300));
        return arguments.Get(1, "method", "common") switch
        {
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            _ => scale is >= 1 and <= 1e15 ? Math.Round(number, (int)Math.Log10(scale), MidpointRounding.ToEven) : Math.Round(number * scale) / scale,
        };
    }

    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&#34;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal);

    private static object GroupBy(object? value, JinjaCallArguments arguments)
    {
        string path = arguments.Text(0, "attribute");
        List<object?> sorted = Sorted(JinjaSequences.Items(value), item => Attribute(item, path), caseSensitive: true, reverse: false);
        List<object?> groups = [];
        foreach (object? item in sorted)
        {
            object? key = Attribute(item, path);
            if (groups.Count > 0 && JinjaOperators.AreEqual(((JinjaTuple)groups[^1]!)[0], key))
            {
                ((List<object?>)((JinjaTuple)groups[^1]!)[1]!).Add(item);
            }
            else
            {
                groups.Add(new JinjaTuple([key, new List<object?> { item }]));
            }
        }

        return groups;
    }
}
