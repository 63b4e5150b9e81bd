namespace Snug.Tokenizers;

/// <summary>Maps every code point to a small number: two-level table, equal pages shared.</summary>
internal sealed class CodePointClasses
{
    private readonly ushort[] _pages;
    private readonly byte[] _values;

    /// <param name="runs">First code point shifted left by <paramref name="shift"/>, plus the number.</param>
    /// <param name="shift">Bits of the number.</param>
    public CodePointClasses(ReadOnlySpan<int> runs, int shift)
    {
        byte[] all = new byte[CodePointRanges.Last + 1];
        int mask = (1 << shift) - 1;
        for (int i = 0; i < runs.Length; i++)
        {
            int first = runs[i] >> shift;
            int end = i + 1 < runs.Length ? runs[i + 1] >> shift : all.Length;
            all.AsSpan(first, end - first).Fill((byte)(runs[i] & mask));
        }

        _pages = new ushort[all.Length / 256];
        Dictionary<string, ushort> known = new(StringComparer.Ordinal);
        List<byte> values = [];
        for (int page = 0; page < _pages.Length; page++)
        {
            ReadOnlySpan<byte> part = all.AsSpan(page * 256, 256);
            string key = System.Text.Encoding.Latin1.GetString(part);
            if (!known.TryGetValue(key, out ushort index))
            {
                index = (ushort)(values.Count / 256);
                known.Add(key, index);
                values.AddRange(part);
            }

            _pages[page] = index;
        }

        _values = [.. values];
    }

    public int this[int codePoint] => _values[(_pages[codePoint >> 8] * 256) + (codePoint & 255)];
}
