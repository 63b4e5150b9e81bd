namespace Snug.Tokenizers;

/// <summary>Every single character of a set is a match.</summary>
internal sealed class SetMatcher(CodePointSet set) : TextMatcher
{
    public override void FindAll(ReadOnlySpan<byte> text, MatchList matches)
    {
        matches.Clear();
        int previous = 0;
        int at = 0;
        while (at < text.Length)
        {
            int start = at;
            if (!set.TryStep(text, ref at))
            {
                at += Utf8.LengthOf(text[at]);
                continue;
            }

            if (previous < start)
            {
                matches.Add(previous, start, false);
            }

            matches.Add(start, at, true);
            previous = at;
        }

        if (previous < text.Length)
        {
            matches.Add(previous, text.Length, false);
        }
    }

    protected override bool Find(ReadOnlySpan<byte> text, int from, out int start, out int end)
    {
        for (start = from; start < text.Length; start += Utf8.LengthOf(text[start]))
        {
            end = start;
            if (set.TryStep(text, ref end))
            {
                return true;
            }
        }

        end = -1;
        return false;
    }
}
