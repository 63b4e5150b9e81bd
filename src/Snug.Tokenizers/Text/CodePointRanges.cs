namespace Snug.Tokenizers;

/// <summary>An immutable set of code points as ranges in order, with set algebra.</summary>
internal sealed class CodePointRanges
{
    public const int Last = 0x10FFFF;

    private readonly int[] _bounds;

    private CodePointRanges(int[] bounds)
    {
        _bounds = bounds;
    }

    public static CodePointRanges Empty { get; } = new([]);

    public static CodePointRanges All { get; } = new([0, Last]);

    public bool IsEmpty => _bounds.Length == 0;

    /// <summary>First, last, first, last …</summary>
    public ReadOnlySpan<int> Bounds => _bounds;

    public static CodePointRanges Of(int codePoint) => new([codePoint, codePoint]);

    public static CodePointRanges Range(int first, int last) => new([first, last]);

    /// <summary>From ranges in any order that may overlap.</summary>
    public static CodePointRanges From(ReadOnlySpan<int> bounds)
    {
        int[] firsts = new int[bounds.Length / 2];
        int[] lasts = new int[firsts.Length];
        for (int i = 0; i < firsts.Length; i++)
        {
            (firsts[i], lasts[i]) = (bounds[2 * i], bounds[(2 * i) + 1]);
        }

        Array.Sort(firsts, lasts);
        List<int> merged = new(bounds.Length);
        for (int i = 0; i < firsts.Length; i++)
        {
            if (merged.Count > 0 && merged[^1] >= firsts[i] - 1)
            {
                merged[^1] = Math.Max(merged[^1], lasts[i]);
            }
            else
            {
                merged.Add(firsts[i]);
                merged.Add(lasts[i]);
            }
        }

        return new([.. merged]);
    }

    public bool Contains(int codePoint)
    {
        int low = 0;
        int high = (_bounds.Length / 2) - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            if (codePoint < _bounds[2 * middle])
            {
                high = middle - 1;
            }
            else if (codePoint > _bounds[(2 * middle) + 1])
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    public CodePointRanges Union(CodePointRanges other) => From([.. _bounds, .. other._bounds]);

    public CodePointRanges Complement()
    {
        List<int> bounds = new(_bounds.Length + 2);
        int next = 0;
        for (int i = 0; i < _bounds.Length; i += 2)
        {
            if (_bounds[i] > next)
            {
                bounds.Add(next);
                bounds.Add(_bounds[i] - 1);
            }

            next = _bounds[i + 1] + 1;
        }

        if (next <= Last)
        {
            bounds.Add(next);
            bounds.Add(Last);
        }

        return new([.. bounds]);
    }

    public CodePointRanges Intersect(CodePointRanges other)
    {
        List<int> bounds = [];
        int left = 0;
        int right = 0;
        while (left < _bounds.Length && right < other._bounds.Length)
        {
            int first = Math.Max(_bounds[left], other._bounds[right]);
            int last = Math.Min(_bounds[left + 1], other._bounds[right + 1]);
            if (first <= last)
            {
                bounds.Add(first);
                bounds.Add(last);
            }

            if (_bounds[left + 1] < other._bounds[right + 1])
            {
                left += 2;
            }
            else
            {
                right += 2;
            }
        }

        return new([.. bounds]);
    }

    public bool Overlaps(CodePointRanges other) => !Intersect(other).IsEmpty;

    /// <summary>The code point when the set has just one, else -1.</summary>
    public int Single => _bounds.Length == 2 && _bounds[0] == _bounds[1] ? _bounds[0] : -1;
}
