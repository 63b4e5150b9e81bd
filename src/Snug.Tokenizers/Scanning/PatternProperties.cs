namespace Snug.Tokenizers;

/// <summary>Character properties by name, as Oniguruma names them: case, spaces, hyphens and underscores do not count.</summary>
internal static class PatternProperties
{
    private static readonly Lazy<Dictionary<string, Func<CodePointRanges>>> Names = new(Build);

    private static readonly Lazy<CodePointRanges[]> Categories = new(() => Split(RegexCategoryTable.Runs, 5, RegexCategoryTable.Names.Length));

    private static readonly Lazy<CodePointRanges[]> Scripts = new(() => Split(RegexScriptTable.Runs, 8, RegexScriptTable.Names.Length));

    /// <summary>\w by itself. Some numbers below U+0100 are in it that are not in the property.</summary>
    public static CodePointRanges Word { get; } = CodePointRanges.From(RegexPropertyTable.Word);

    /// <summary>\w in a class, and the property.</summary>
    public static CodePointRanges WordInClass { get; } = CodePointRanges.From(RegexPropertyTable.WordInClass);

    public static CodePointRanges Digit { get; } = CodePointRanges.From(RegexPropertyTable.Digit);

    public static CodePointRanges Space { get; } = CodePointRanges.From(RegexPropertyTable.WhiteSpace);

    public static CodePointRanges HexDigit { get; } = CodePointRanges.From(['0', '9', 'A', 'F', 'a', 'f']);

    /// <summary>The set of a POSIX class such as [:alpha:]; two of them are not the property of their name.</summary>
    public static CodePointRanges Posix(string name) => name switch
    {
        "punct" => CodePointRanges.From(RegexPropertyTable.Punct),
        "word" => WordInClass,
        _ => Find(name)!,
    };

    /// <summary>The set of a name, or null when there is no such property.</summary>
    public static CodePointRanges? Find(ReadOnlySpan<char> name)
    {
        Span<char> plain = stackalloc char[Math.Min(name.Length, 64)];
        int length = 0;
        foreach (char c in name)
        {
            if (c is ' ' or '_' or '-')
            {
                continue;
            }

            if (length == plain.Length)
            {
                return null;
            }

            plain[length++] = char.ToLowerInvariant(c);
        }

        return Names.Value.TryGetValue(plain[..length].ToString(), out Func<CodePointRanges>? set) ? set() : null;
    }

    private static Dictionary<string, Func<CodePointRanges>> Build()
    {
        Dictionary<string, Func<CodePointRanges>> names = new(StringComparer.Ordinal)
        {
            ["any"] = () => CodePointRanges.All,
            ["assigned"] = () => Category("Cn").Complement(),
            ["ascii"] = () => CodePointRanges.Range(0, 0x7F),
            ["alnum"] = () => CodePointRanges.From(RegexPropertyTable.Alphabetic).Union(Category("Nd")),
            ["alpha"] = () => CodePointRanges.From(RegexPropertyTable.Alphabetic),
            ["alphabetic"] = () => CodePointRanges.From(RegexPropertyTable.Alphabetic),
            ["blank"] = () => Category("Zs").Union(CodePointRanges.Of('\t')),
            ["cntrl"] = () => Category("Cc"),
            ["digit"] = () => Digit,
            ["graph"] = () => CodePointRanges.From(RegexPropertyTable.Graph),
            ["lower"] = () => CodePointRanges.From(RegexPropertyTable.Lowercase),
            ["lowercase"] = () => CodePointRanges.From(RegexPropertyTable.Lowercase),
            ["print"] = () => CodePointRanges.From(RegexPropertyTable.Print),
            ["punct"] = () => Group("P"),
            ["punctuation"] = () => Group("P"),
            ["space"] = () => Space,
            ["whitespace"] = () => Space,
            ["upper"] = () => CodePointRanges.From(RegexPropertyTable.Uppercase),
            ["uppercase"] = () => CodePointRanges.From(RegexPropertyTable.Uppercase),
            ["xdigit"] = () => HexDigit,
            ["word"] = () => Word,
            ["emoji"] = () => CodePointRanges.From(RegexPropertyTable.Emoji),
            ["emojipresentation"] = () => CodePointRanges.From(RegexPropertyTable.EmojiPresentation),
            ["emojimodifier"] = () => CodePointRanges.From(RegexPropertyTable.EmojiModifier),
            ["emojimodifierbase"] = () => CodePointRanges.From(RegexPropertyTable.EmojiModifierBase),
            ["emojicomponent"] = () => CodePointRanges.From(RegexPropertyTable.EmojiComponent),
            ["extendedpictographic"] = () => CodePointRanges.From(RegexPropertyTable.ExtendedPictographic),
            ["ideographic"] = () => CodePointRanges.From(RegexPropertyTable.Ideographic),
            ["lc"] = () => Category("Lu").Union(Category("Ll")).Union(Category("Lt")),
            ["letter"] = () => Group("L"),
            ["mark"] = () => Group("M"),
            ["number"] = () => Group("N"),
            ["symbol"] = () => Group("S"),
            ["separator"] = () => Group("Z"),
            ["other"] = () => Group("C"),
            ["uppercaseletter"] = () => Category("Lu"),
            ["lowercaseletter"] = () => Category("Ll"),
            ["titlecaseletter"] = () => Category("Lt"),
            ["modifierletter"] = () => Category("Lm"),
            ["otherletter"] = () => Category("Lo"),
            ["nonspacingmark"] = () => Category("Mn"),
            ["spacingmark"] = () => Category("Mc"),
            ["enclosingmark"] = () => Category("Me"),
            ["decimalnumber"] = () => Category("Nd"),
            ["letternumber"] = () => Category("Nl"),
            ["othernumber"] = () => Category("No"),
            ["control"] = () => Category("Cc"),
            ["format"] = () => Category("Cf"),
        };
        foreach (string group in (string[])["L", "M", "N", "P", "S", "Z", "C"])
        {
            names.Add(group.ToLowerInvariant(), () => Group(group));
        }

        foreach (string category in RegexCategoryTable.Names)
        {
            names.Add(category.ToLowerInvariant(), () => Category(category));
        }

        for (int i = 0; i < RegexScriptTable.Names.Length; i++)
        {
            int script = i;
            names.TryAdd(RegexScriptTable.Names[i].Replace("_", "", StringComparison.Ordinal).ToLowerInvariant(), () => Scripts.Value[script]);
        }

        return names;
    }

    private static CodePointRanges Category(string name) => Categories.Value[Array.IndexOf(RegexCategoryTable.Names, name)];

    private static CodePointRanges Group(string letter)
    {
        List<int> bounds = [];
        foreach (string name in RegexCategoryTable.Names)
        {
            if (name.StartsWith(letter, StringComparison.Ordinal))
            {
                bounds.AddRange(Category(name).Bounds);
            }
        }

        return CodePointRanges.From(bounds.ToArray());
    }

    private static CodePointRanges[] Split(ReadOnlySpan<int> runs, int shift, int count)
    {
        List<int>[] bounds = new List<int>[count];
        for (int i = 0; i < count; i++)
        {
            bounds[i] = [];
        }

        for (int i = 0; i < runs.Length; i++)
        {
            int value = runs[i] & ((1 << shift) - 1);
            if (value < count)
            {
                bounds[value].Add(runs[i] >> shift);
                bounds[value].Add((i + 1 < runs.Length ? runs[i + 1] >> shift : CodePointRanges.Last + 1) - 1);
            }
        }

        return Array.ConvertAll(bounds, list => CodePointRanges.From(list.ToArray()));
    }
}
