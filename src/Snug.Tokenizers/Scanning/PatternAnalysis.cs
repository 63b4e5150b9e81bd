namespace Snug.Tokenizers;

/// <summary>What can be told of a pattern before it runs.</summary>
internal static class PatternAnalysis
{
    /// <summary>The characters that a match may start with, and whether it may be empty.</summary>
    public static (CodePointRanges Set, bool Empty) First(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.Set set:
                return (set.Ranges, false);
            case PatternNode.Sequence sequence:
                return FirstOf(sequence.Items, 0);
            case PatternNode.Alternation alternation:
                List<int> bounds = [];
                bool empty = false;
                foreach (PatternNode item in alternation.Items)
                {
                    (CodePointRanges set, bool itemEmpty) = First(item);
                    bounds.AddRange(set.Bounds);
                    empty |= itemEmpty;
                }

                return (CodePointRanges.From(bounds.ToArray()), empty);
            case PatternNode.Repeat repeat:
                (CodePointRanges repeated, bool repeatedEmpty) = First(repeat.Item);
                return (repeated, repeatedEmpty || repeat.Least == 0);
            case PatternNode.Atomic atomic:
                return First(atomic.Item);
            case PatternNode.Capture capture:
                return First(capture.Item);
            case PatternNode.BackReference:
                return (CodePointRanges.All, true);
            default:
                return (CodePointRanges.Empty, true);
        }
    }

    /// <summary>The same for the items of a sequence from one on.</summary>
    public static (CodePointRanges Set, bool Empty) FirstOf(IReadOnlyList<PatternNode> items, int from)
    {
        // A look at a few items is enough for what this is used for; the rest counts as unknown.
        const int Most = 16;
        List<int> bounds = [];
        for (int i = from; i < items.Count; i++)
        {
            if (i - from >= Most)
            {
                return (CodePointRanges.All, true);
            }

            (CodePointRanges set, bool empty) = First(items[i]);
            bounds.AddRange(set.Bounds);
            if (!empty)
            {
                return (CodePointRanges.From(bounds.ToArray()), false);
            }
        }

        return (CodePointRanges.From(bounds.ToArray()), true);
    }

    /// <summary>How many characters a match has; <see cref="PatternNode.Repeat.Unlimited"/> for no upper bound.</summary>
    public static (int Least, int Most) Length(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.Set:
                return (1, 1);
            case PatternNode.Sequence sequence:
                (int Least, int Most) sum = (0, 0);
                foreach (PatternNode item in sequence.Items)
                {
                    (int least, int most) = Length(item);
                    sum = (Clip(sum.Least + (long)least), Add(sum.Most, most));
                }

                return sum;
            case PatternNode.Alternation alternation:
                (int Least, int Most) union = Length(alternation.Items[0]);
                foreach (PatternNode item in alternation.Items.Skip(1))
                {
                    (int least, int most) = Length(item);
                    union = (Math.Min(union.Least, least), union.Most < 0 || most < 0 ? -1 : Math.Max(union.Most, most));
                }

                return union;
            case PatternNode.Repeat repeat:
                (int one, int oneMost) = Length(repeat.Item);
                int upper = repeat.Most == 0 || oneMost == 0 ? 0 : repeat.Most < 0 || oneMost < 0 ? -1 : Clip(repeat.Most * (long)oneMost);
                return (Clip(repeat.Least * (long)one), upper);
            case PatternNode.Atomic atomic:
                return Length(atomic.Item);
            case PatternNode.Capture capture:
                return Length(capture.Item);
            case PatternNode.BackReference:
                return (0, -1);
            default:
                return (0, 0);
        }
    }

    /// <summary>Which bytes the UTF-8 of a set may start with.</summary>
    public static bool[] LeadBytes(CodePointRanges set)
    {
        bool[] bytes = new bool[256];
        ReadOnlySpan<int> bounds = set.Bounds;
        Span<byte> first = stackalloc byte[4];
        Span<byte> last = stackalloc byte[4];
        for (int i = 0; i < bounds.Length; i += 2)
        {
            Utf8.Write(bounds[i], first);
            Utf8.Write(bounds[i + 1], last);
            for (int lead = first[0]; lead <= last[0]; lead++)
            {
                // Between ASCII and the rest lie the bytes that never come first.
                bytes[lead] = lead is < 0x80 or >= 0xC0;
            }
        }

        return bytes;
    }

    private static int Add(int left, int right) => left < 0 || right < 0 ? -1 : Clip(left + (long)right);

    private static int Clip(long value) => (int)Math.Min(value, int.MaxValue);
}
