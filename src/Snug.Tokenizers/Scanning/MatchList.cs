namespace Snug.Tokenizers;

/// <summary>A reusable list of consecutive parts of a text, each a match or not.</summary>
internal sealed class MatchList
{
    private TextPart[] _parts = new TextPart[16];

    public int Count { get; private set; }

    public ReadOnlySpan<TextPart> Parts => _parts.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Add(int start, int end, bool isMatch)
    {
        if (Count == _parts.Length)
        {
            Array.Resize(ref _parts, Count * 2);
        }

        _parts[Count++] = new TextPart(start, end, isMatch);
    }

    /// <summary>Turns matches into gaps and gaps into matches.</summary>
    public void Invert()
    {
        for (int i = 0; i < Count; i++)
        {
            _parts[i] = _parts[i] with { IsMatch = !_parts[i].IsMatch };
        }
    }

    /// <summary>Joins and drops parts as a splitting behaviour wants it; what stays is kept.</summary>
    public void Apply(SplitBehavior behavior)
    {
        switch (behavior)
        {
            case SplitBehavior.Removed:
                int kept = 0;
                for (int i = 0; i < Count; i++)
                {
                    if (!_parts[i].IsMatch)
                    {
                        _parts[kept++] = _parts[i];
                    }
                }

                Count = kept;
                break;
            case SplitBehavior.Contiguous:
                JoinForward(static (isMatch, previous) => isMatch == previous);
                break;
            case SplitBehavior.MergedWithPrevious:
                JoinForward(static (isMatch, previous) => isMatch && !previous);
                break;
            case SplitBehavior.MergedWithNext:
                JoinBackward();
                break;
        }
    }

    private void JoinForward(Func<bool, bool, bool> joins)
    {
        bool previous = false;
        int count = 0;
        for (int i = 0; i < Count; i++)
        {
            TextPart part = _parts[i];
            if (count > 0 && joins(part.IsMatch, previous))
            {
                _parts[count - 1] = _parts[count - 1] with { End = part.End };
            }
            else
            {
                _parts[count++] = part;
            }

            previous = part.IsMatch;
        }

        Count = count;
    }

    private void JoinBackward()
    {
        bool previous = false;
        int first = Count;
        for (int i = Count - 1; i >= 0; i--)
        {
            TextPart part = _parts[i];
            if (first < Count && part.IsMatch && !previous)
            {
                _parts[first] = _parts[first] with { Start = part.Start };
            }
            else
            {
                _parts[--first] = part;
            }

            previous = part.IsMatch;
        }

        _parts.AsSpan(first, Count - first).CopyTo(_parts);
        Count -= first;
    }
}
