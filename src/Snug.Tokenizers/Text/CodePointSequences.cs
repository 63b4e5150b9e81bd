namespace Snug.Tokenizers;

/// <summary>Maps some code points to sequences of code points.</summary>
internal sealed class CodePointSequences
{
    private readonly ushort[] _pages = new ushort[(CodePointRanges.Last / 256) + 1];
    private readonly int[] _starts;
    private readonly int[] _values;

    /// <param name="entries">Code point, count, sequence; one after the other.</param>
    public CodePointSequences(ReadOnlySpan<int> entries)
    {
        _values = entries.ToArray();
        List<int> starts = [.. Enumerable.Repeat(-1, 256)];
        for (int at = 0; at < _values.Length; at += 2 + _values[at + 1])
        {
            int page = _values[at] >> 8;
            if (_pages[page] == 0)
            {
                _pages[page] = (ushort)(starts.Count / 256);
                starts.AddRange(Enumerable.Repeat(-1, 256));
            }

            starts[(_pages[page] * 256) + (_values[at] & 255)] = at;
        }

        _starts = [.. starts];
    }

    /// <summary>The sequence of a code point; empty when it has none.</summary>
    public ReadOnlySpan<int> this[int codePoint]
    {
        get
        {
            int at = _starts[(_pages[codePoint >> 8] * 256) + (codePoint & 255)];
            return at < 0 ? default : _values.AsSpan(at + 2, _values[at + 1]);
        }
    }
}
