namespace Snug.Tokenizers;

/// <summary>Extended grapheme clusters, by the rules and classes of the crate that the reference uses.</summary>
internal static class GraphemeClusters
{
    private static readonly Lazy<CodePointClasses> Classes = new(() => new CodePointClasses(GraphemeTable.Runs, 4));

    private static readonly Lazy<CodePointSet> IndicExtends = new(() => new CodePointSet(CodePointRanges.From(GraphemeTable.IndicExtends)));

    private enum Class
    {
        Any,
        CarriageReturn,
        Control,
        Extend,
        Pictographic,
        IndicConsonant,
        HangulLead,
        LineFeed,
        HangulLeadVowel,
        HangulLeadVowelTrail,
        Prepend,
        RegionalIndicator,
        SpacingMark,
        HangulTrail,
        HangulVowel,
        Joiner,
    }

    /// <summary>The end of the cluster that starts at a place.</summary>
    public static int Next(ReadOnlySpan<byte> text, int start)
    {
        int at = start;
        int c = Utf8.Next(text, ref at);
        Class before = ClassOf(c);
        int regional = before == Class.RegionalIndicator ? 1 : 0;
        bool pictographic = before == Class.Pictographic;
        bool pictographicJoined = false;
        bool consonant = before == Class.IndicConsonant;
        bool linked = false;
        while (at < text.Length)
        {
            int next = at;
            int following = Utf8.Next(text, ref next);
            Class after = ClassOf(following);
            bool joins = Joins(before, after)
                || (after == Class.IndicConsonant && consonant && linked)
                || (after == Class.Pictographic && before == Class.Joiner && pictographicJoined)
                || (after == Class.RegionalIndicator && before == Class.RegionalIndicator && regional % 2 == 1);
            if (!joins)
            {
                return at;
            }

            regional = after == Class.RegionalIndicator ? regional + 1 : 0;

            // A pictograph, extenders and a joiner before it make the next pictograph belong to them.
            pictographicJoined = after == Class.Joiner && pictographic;
            pictographic = after == Class.Pictographic || (after == Class.Extend && pictographic);

            // An Indic consonant, then extenders with a linker among them, draws the next consonant in.
            if (after == Class.IndicConsonant)
            {
                (consonant, linked) = (true, false);
            }
            else if (GraphemeTable.IndicLinkers.Contains(following))
            {
                linked = true;
            }
            else if (!IndicExtends.Value.Contains(following))
            {
                consonant = false;
            }

            before = after;
            at = next;
        }

        return at;
    }

    private static Class ClassOf(int c) => c is >= 0x20 and <= 0x7E ? Class.Any : (Class)Classes.Value[c];

    private static bool Joins(Class before, Class after)
    {
        if (before == Class.CarriageReturn && after == Class.LineFeed)
        {
            return true;
        }

        if (before is Class.Control or Class.CarriageReturn or Class.LineFeed || after is Class.Control or Class.CarriageReturn or Class.LineFeed)
        {
            return false;
        }

        return (before, after) switch
        {
            (Class.HangulLead, Class.HangulLead or Class.HangulVowel or Class.HangulLeadVowel or Class.HangulLeadVowelTrail) => true,
            (Class.HangulLeadVowel or Class.HangulVowel, Class.HangulVowel or Class.HangulTrail) => true,
            (Class.HangulLeadVowelTrail or Class.HangulTrail, Class.HangulTrail) => true,
            (_, Class.Extend or Class.Joiner or Class.SpacingMark) => true,
            (Class.Prepend, _) => true,
            _ => false,
        };
    }
}
