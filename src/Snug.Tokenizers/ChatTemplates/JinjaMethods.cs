using System.Text;

namespace Snug.Tokenizers;

/// <summary>Methods of texts, lists and dictionaries. Those that would change a value are refused, as in the sandbox of the reference.</summary>
internal static class JinjaMethods
{
    private static readonly HashSet<string> Changing = new(StringComparer.Ordinal) { "append", "extend", "insert", "pop", "remove", "clear", "update", "setdefault", "popitem", "sort", "reverse" };

    /// <summary>A method of a value, or null when it has none of that name.</summary>
    public static JinjaCallable? Find(object? value, string name)
    {
        Func<string, JinjaCallArguments, object?>? text = value is string ? OfText(name) : null;
        if (text is not null)
        {
            return (positional, named) => text((string)value!, new JinjaCallArguments(name, positional, named));
        }

        Func<JinjaCallArguments, object?>? other = value switch
        {
            JinjaDictionary dictionary => OfDictionary(dictionary, name),
            List<object?> list => OfList(list, name),
            _ => null,
        };
        return other is null ? null : (positional, named) => other(new JinjaCallArguments(name, positional, named));
    }

    private static Func<JinjaCallArguments, object?>? OfDictionary(JinjaDictionary dictionary, string name) => name switch
    {
        "get" => arguments => dictionary.TryGet(arguments.Require(0, "key"), out object? value) ? value : arguments.Get(1, "default"),
        "items" => _ => new List<object?>(dictionary.Items.Select(item => new JinjaTuple([item.Key, item.Value]))),
        "keys" => _ => new List<object?>(dictionary.Keys),
        "values" => _ => new List<object?>(dictionary.Values),
        "copy" => _ => dictionary,
        _ when Changing.Contains(name) => _ => throw new JinjaTypeException($"'{name}' would change a value, which templates may not"),
        _ => null,
    };

    private static Func<JinjaCallArguments, object?>? OfList(List<object?> list, string name) => name switch
    {
        "count" => arguments => (long)list.Count(item => JinjaOperators.AreEqual(item, arguments.Require(0, "value"))),
        "index" => arguments => list.FindIndex(item => JinjaOperators.AreEqual(item, arguments.Require(0, "value"))) is var found and >= 0 ? (long)found : throw new JinjaTypeException("the list has no such item"),
        "copy" => _ => list,
        _ when Changing.Contains(name) => _ => throw new JinjaTypeException($"'{name}' would change a value, which templates may not"),
        _ => null,
    };

    private static Func<string, JinjaCallArguments, object?>? OfText(string name) => name switch
    {
        "upper" => (text, _) => text.ToUpperInvariant(),
        "lower" or "casefold" => (text, _) => text.ToLowerInvariant(),
        "strip" => (text, arguments) => Strip(text, arguments, true, true),
        "lstrip" => (text, arguments) => Strip(text, arguments, true, false),
        "rstrip" => (text, arguments) => Strip(text, arguments, false, true),
        "startswith" => (text, arguments) => Affixes(arguments).Any(affix => text.StartsWith(affix, StringComparison.Ordinal)),
        "endswith" => (text, arguments) => Affixes(arguments).Any(affix => text.EndsWith(affix, StringComparison.Ordinal)),
        "removeprefix" => (text, arguments) => arguments.Text(0, "prefix") is var prefix && text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text,
        "removesuffix" => (text, arguments) => arguments.Text(0, "suffix") is { Length: > 0 } suffix && text.EndsWith(suffix, StringComparison.Ordinal) ? text[..^suffix.Length] : text,
        "replace" => (text, arguments) => Replace(text, arguments.Text(0, "old"), arguments.Text(1, "new"), arguments.Integer(2, "count", -1)),
        "split" => (text, arguments) => Split(text, arguments.Get(0, "sep"), arguments.Integer(1, "maxsplit", -1), fromEnd: false),
        "rsplit" => (text, arguments) => Split(text, arguments.Get(0, "sep"), arguments.Integer(1, "maxsplit", -1), fromEnd: true),
        "splitlines" => (text, _) => Lines(text),
        "join" => (text, arguments) => string.Join(text, JinjaSequences.Items(arguments.Require(0, "iterable")).Select(item => item as string ?? throw new JinjaTypeException($"{JinjaText.TypeName(item)} cannot be joined"))),
        "find" => (text, arguments) => CodePointIndex(text, text.IndexOf(arguments.Text(0, "sub"), StringComparison.Ordinal)),
        "rfind" => (text, arguments) => CodePointIndex(text, text.LastIndexOf(arguments.Text(0, "sub"), StringComparison.Ordinal)),
        "index" => (text, arguments) => text.IndexOf(arguments.Text(0, "sub"), StringComparison.Ordinal) is var found and >= 0 ? CodePointIndex(text, found) : throw new JinjaTypeException("the text has no such part"),
        "count" => (text, arguments) => (long)(Split(text, arguments.Text(0, "sub"), -1, false).Count - 1),
        "title" => (text, _) => Title(text),
        "capitalize" => (text, _) => Capitalize(text),
        "isdigit" or "isnumeric" or "isdecimal" => (text, _) => text.Length > 0 && text.All(char.IsDigit),
        "isalpha" => (text, _) => text.Length > 0 && text.All(char.IsLetter),
        "isalnum" => (text, _) => text.Length > 0 && text.All(char.IsLetterOrDigit),
        "isspace" => (text, _) => text.Length > 0 && text.All(char.IsWhiteSpace),
        "isupper" => (text, _) => text.Any(char.IsUpper) && !text.Any(char.IsLower),
        "islower" => (text, _) => text.Any(char.IsLower) && !text.Any(char.IsUpper),
        "zfill" => (text, arguments) => text.PadLeft(Math.Clamp(arguments.Integer(0, "width", 0), 0, 10_000), '0'),
        "ljust" => (text, arguments) => text.PadRight(Math.Clamp(arguments.Integer(0, "width", 0), 0, 10_000)),
        "rjust" => (text, arguments) => text.PadLeft(Math.Clamp(arguments.Integer(0, "width", 0), 0, 10_000)),
        _ => null,
    };

    public static string Capitalize(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    public static string Title(string text)
    {
        StringBuilder builder = new(text.Length);
        bool inWord = false;
        foreach (char c in text)
        {
            builder.Append(inWord ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c));
            inWord = char.IsLetter(c);
        }

        return builder.ToString();
    }

    public static string Replace(string text, string old, string replacement, int count)
    {
        if (count < 0)
        {
            return TextReplacement.All(text, old, replacement);
        }

        StringBuilder builder = new();
        int at = 0;
        for (; count > 0 && old.Length > 0; count--)
        {
            int found = text.IndexOf(old, at, StringComparison.Ordinal);
            if (found < 0)
            {
                break;
            }

            builder.Append(text, at, found - at).Append(replacement);
            at = found + old.Length;
        }

        return builder.Append(text, at, text.Length - at).ToString();
    }

    private static string Strip(string text, JinjaCallArguments arguments, bool left, bool right)
    {
        char[]? characters = arguments.Get(0, "chars") is string chars ? chars.ToCharArray() : null;
        text = left ? text.TrimStart(characters) : text;
        return right ? text.TrimEnd(characters) : text;
    }

    private static IEnumerable<string> Affixes(JinjaCallArguments arguments) => arguments.Require(0, "affix") switch
    {
        string text => [text],
        JinjaTuple tuple => tuple.Select(item => item as string ?? throw new JinjaTypeException("an affix must be a text")),
        _ => throw new JinjaTypeException("an affix must be a text"),
    };

    private static List<object?> Split(string text, object? separator, int most, bool fromEnd)
    {
        if (separator is null)
        {
            return SplitWords(text, most, fromEnd);
        }

        if (separator is not string { Length: > 0 } mark)
        {
            throw new JinjaTypeException("a separator must be a text that is not empty");
        }

        List<object?> parts = [];
        if (!fromEnd)
        {
            int at = 0;
            while (parts.Count != most && text.IndexOf(mark, at, StringComparison.Ordinal) is var found and >= 0)
            {
                parts.Add(text[at..found]);
                at = found + mark.Length;
            }

            parts.Add(text[at..]);
            return parts;
        }

        int end = text.Length;
        while (parts.Count != most && end >= mark.Length && text.AsSpan(0, end).LastIndexOf(mark) is var last and >= 0)
        {
            parts.Add(text[(last + mark.Length)..end]);
            end = last;
        }

        parts.Add(text[..end]);
        parts.Reverse();
        return parts;
    }

    private static List<object?> SplitWords(string text, int most, bool fromEnd)
    {
        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (most < 0 || words.Length <= most + 1)
        {
            return [.. words];
        }

        // What is left over keeps its white space inside.
        List<object?> parts = [];
        string rest = text.Trim();
        for (int i = 0; i < most; i++)
        {
            int cut = fromEnd ? Array.FindLastIndex(rest.ToCharArray(), char.IsWhiteSpace) : Array.FindIndex(rest.ToCharArray(), char.IsWhiteSpace);
            parts.Add(fromEnd ? rest[(cut + 1)..] : rest[..cut]);
            rest = fromEnd ? rest[..cut].TrimEnd() : rest[cut..].TrimStart();
        }

        parts.Add(rest);
        if (fromEnd)
        {
            parts.Reverse();
        }

        return parts;
    }

    private static List<object?> Lines(string text)
    {
        List<object?> lines = [.. text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r')];
        if (lines[^1] is "")
        {
            lines.RemoveAt(lines.Count - 1);
        }

        return lines;
    }

    private static long CodePointIndex(string text, int index) => index < 0 ? -1 : JinjaSequences.Length(text[..index]);
}
