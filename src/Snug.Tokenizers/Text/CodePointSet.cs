using System.Runtime.CompilerServices;

namespace Snug.Tokenizers;

/// <summary>A set of code points with constant-time lookup: pages of 256 bits, equal pages shared.</summary>
internal sealed class CodePointSet
{
    private const int PageBits = 256;
    private const int PageWords = PageBits / 64;

    private readonly ulong _low;
    private readonly ulong _high;
    private readonly ushort[] _pages;
    private readonly ulong[] _words;

    // Optimized from the first call: patterns have a dozen sets of a hundred thousand characters each, made once.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public CodePointSet(CodePointRanges ranges)
    {
        Ranges = ranges;
        _pages = new ushort[(CodePointRanges.Last / PageBits) + 1];
        List<ulong> words = [.. new ulong[PageWords], .. Enumerable.Repeat(ulong.MaxValue, PageWords)];
        ReadOnlySpan<int> bounds = ranges.Bounds;
        Span<ulong> page = stackalloc ulong[PageWords];
        int at = 0;
        for (int index = 0; index < _pages.Length; index++)
        {
            int first = index * PageBits;
            int last = first + PageBits - 1;
            while (at < bounds.Length && bounds[at + 1] < first)
            {
                at += 2;
            }

            if (at >= bounds.Length || bounds[at] > last)
            {
                continue;
            }

            if (bounds[at] <= first && bounds[at + 1] >= last)
            {
                _pages[index] = 1;
                continue;
            }

            page.Clear();
            for (int range = at; range < bounds.Length && bounds[range] <= last; range += 2)
            {
                for (int c = Math.Max(first, bounds[range]); c <= Math.Min(last, bounds[range + 1]); c++)
                {
                    page[(c & 255) >> 6] |= 1UL << (c & 63);
                }
            }

            _pages[index] = (ushort)(words.Count / PageWords);
            words.AddRange(page);
        }

        _words = [.. words];
        _low = _words[_pages[0] * PageWords];
        _high = _words[(_pages[0] * PageWords) + 1];
    }

    public CodePointRanges Ranges { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(int codePoint) =>
        codePoint < 128
            ? (((codePoint < 64 ? _low : _high) >> (codePoint & 63)) & 1) != 0
            : ((_words[(_pages[codePoint >> 8] * PageWords) + ((codePoint & 255) >> 6)] >> (codePoint & 63)) & 1) != 0;

    /// <summary>Whether the code point at <paramref name="index"/> is in the set; moves behind it if so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryStep(ReadOnlySpan<byte> text, ref int index)
    {
        if ((uint)index >= (uint)text.Length)
        {
            return false;
        }

        byte lead = text[index];
        if (lead < 0x80)
        {
            if ((((lead < 64 ? _low : _high) >> (lead & 63)) & 1) == 0)
            {
                return false;
            }

            index++;
            return true;
        }

        int next = index;
        if (!Contains(Utf8.Next(text, ref next)))
        {
            return false;
        }

        index = next;
        return true;
    }
}
