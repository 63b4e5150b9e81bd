namespace Snug.Tokenizers;

/// <summary>What characters match without regard to case, single ones and runs of several.</summary>
internal static class CaseFolding
{
    private static readonly Lazy<Dictionary<int, List<int>>> Singles = new(() =>
    {
        Dictionary<int, List<int>> map = [];
        ReadOnlySpan<int> pairs = RegexCaseTable.Single;
        for (int i = 0; i < pairs.Length; i += 2)
        {
            if (!map.TryGetValue(pairs[i], out List<int>? list))
            {
                map.Add(pairs[i], list = []);
            }

            list.Add(pairs[i + 1]);
        }

        return map;
    });

    private static readonly Lazy<List<(int Character, int[] Run)>> Runs = new(() =>
    {
        List<(int, int[])> runs = [];
        ReadOnlySpan<int> values = RegexCaseTable.Multiple;
        for (int at = 0; at < values.Length; at += 2 + values[at + 1])
        {
            runs.Add((values[at], values.Slice(at + 2, values[at + 1]).ToArray()));
        }

        return runs;
    });

    /// <summary>A set together with everything that its members match.</summary>
    public static CodePointRanges Close(CodePointRanges set)
    {
        List<int> bounds = [.. set.Bounds];
        foreach ((int from, List<int> others) in Singles.Value)
        {
            if (set.Contains(from))
            {
                foreach (int other in others)
                {
                    bounds.Add(other);
                    bounds.Add(other);
                }
            }
        }

        return CodePointRanges.From(bounds.ToArray());
    }

    /// <summary>A class of characters; members that also match a run of characters bring that run as an alternative.</summary>
    public static PatternNode Class(CodePointRanges set, bool negative)
    {
        CodePointRanges closed = Close(set);
        if (negative)
        {
            return new PatternNode.Set(closed.Complement());
        }

        List<PatternNode> items = [new PatternNode.Set(closed)];
        foreach ((int character, int[] run) in Runs.Value)
        {
            if (set.Contains(character))
            {
                items.Add(Singly(run));
            }
        }

        return items.Count == 1 ? items[0] : new PatternNode.Alternation(items);
    }

    /// <summary>A run of literal characters.</summary>
    public static PatternNode Literal(IReadOnlyList<int> characters)
    {
        List<PatternNode> items = [];
        int at = 0;
        while (at < characters.Count)
        {
            (int taken, PatternNode node) = Unit(characters, at);
            items.Add(node);
            at += taken;
        }

        return items.Count == 1 ? items[0] : new PatternNode.Sequence(items);
    }

    private static (int Taken, PatternNode Node) Unit(IReadOnlyList<int> characters, int at)
    {
        CodePointRanges single = Close(CodePointRanges.Of(characters[at]));
        List<PatternNode> alternatives = [];
        int taken = 1;
        foreach ((int character, int[] run) in Runs.Value)
        {
            if (single.Contains(character))
            {
                // The literal itself stands for a run: ß also matches ss.
                alternatives.Add(Singly(run));
            }
            else if (at + run.Length <= characters.Count && Matches(run, characters, at))
            {
                // The literals are such a run: ss also matches ß.
                taken = Math.Max(taken, run.Length);
            }
        }

        if (taken > 1)
        {
            int[] literals = [.. characters.Skip(at).Take(taken)];
            List<int> whole = [];
            foreach ((int character, int[] run) in Runs.Value)
            {
                if (run.Length == taken && Matches(run, characters, at))
                {
                    whole.AddRange(Close(CodePointRanges.Of(character)).Bounds);
                }
            }

            return (taken, new PatternNode.Alternation([Singly(literals), new PatternNode.Set(CodePointRanges.From(whole.ToArray()))]));
        }

        PatternNode set = new PatternNode.Set(single);
        return (1, alternatives.Count == 0 ? set : new PatternNode.Alternation([set, .. alternatives]));
    }

    private static bool Matches(int[] run, IReadOnlyList<int> characters, int at)
    {
        for (int i = 0; i < run.Length; i++)
        {
            if (run[i] != characters[at + i] && !Close(CodePointRanges.Of(run[i])).Contains(characters[at + i]))
            {
                return false;
            }
        }

        return true;
    }

    private static PatternNode Singly(IEnumerable<int> characters) =>
        new PatternNode.Sequence([.. characters.Select(c => (PatternNode)new PatternNode.Set(Close(CodePointRanges.Of(c))))]);
}
