namespace Snug.Tokenizers;

/// <summary>Finds the places of a text where something matches, from left to right.</summary>
internal abstract class TextMatcher
{
    /// <summary>Adds all matches, and the text between them, to <paramref name="matches"/>.</summary>
    public virtual void FindAll(ReadOnlySpan<byte> text, MatchList matches)
    {
        matches.Clear();
        if (text.IsEmpty)
        {
            matches.Add(0, 0, false);
            return;
        }

        int previous = 0;
        int from = 0;
        int lastEnd = -1;
        while (from <= text.Length && Find(text, from, out int start, out int end))
        {
            if (end == start && end == lastEnd)
            {
                // An empty match right behind the last match does not count.
                from += from < text.Length ? Utf8.LengthOf(text[from]) : 1;
                continue;
            }

            from = lastEnd = end;
            if (previous != start)
            {
                matches.Add(previous, start, false);
            }

            matches.Add(start, end, true);
            previous = end;
        }

        if (previous != text.Length)
        {
            matches.Add(previous, text.Length, false);
        }
    }

    /// <summary>Finds the first match that starts at <paramref name="from"/> or later.</summary>
    protected abstract bool Find(ReadOnlySpan<byte> text, int from, out int start, out int end);
}
