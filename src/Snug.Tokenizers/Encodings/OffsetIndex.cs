namespace Snug.Tokenizers;

/// <summary>Turns byte offsets of one text into offsets in code points and in UTF-16 units.</summary>
internal sealed class OffsetIndex
{
    private int[] _codePoints = new int[256];
    private int[] _utf16 = new int[256];
    private int _length;

    /// <summary>Whether all offsets are the same in every unit.</summary>
    public bool IsAscii { get; private set; }

    /// <summary>Bytes of the text.</summary>
    public int Length => _length;

    public void Build(ReadOnlySpan<byte> text)
    {
        _length = text.Length;
        IsAscii = System.Text.Ascii.IsValid(text);
        if (IsAscii)
        {
            return;
        }

        if (_codePoints.Length < text.Length)
        {
            _codePoints = new int[Math.Max(text.Length, _codePoints.Length * 2)];
            _utf16 = new int[_codePoints.Length];
        }

        int codePoint = -1;
        int unit = 0;
        int nextUnit = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (!Utf8.IsContinuation(text[i]))
            {
                codePoint++;
                unit = nextUnit;
                nextUnit += text[i] >= 0xF0 ? 2 : 1;
            }

            _codePoints[i] = codePoint;
            _utf16[i] = unit;
        }
    }

    public OffsetRange InCodePoints(OffsetRange bytes) => Convert(bytes, utf16: false);

    public OffsetRange InUtf16(OffsetRange bytes) => Convert(bytes, utf16: true);

    /// <summary>
    /// An end that is no byte of the text is taken as behind the character before it. A start that is none leaves the offsets
    /// as they are: the reference lets such bytes through, and so do we.
    /// </summary>
    private OffsetRange Convert(OffsetRange bytes, bool utf16)
    {
        if ((uint)bytes.Start >= (uint)_length)
        {
            return bytes;
        }

        int start = At(bytes.Start, utf16);
        if ((uint)bytes.End < (uint)_length)
        {
            return new OffsetRange(start, At(bytes.End, utf16));
        }

        int before = bytes.End - 1;
        if ((uint)before >= (uint)_length)
        {
            return new OffsetRange(start, start + 2);
        }

        int last = At(before, utf16);
        bool pair = utf16 && !IsAscii && before >= 3 && _codePoints[before] == _codePoints[before - 3];
        return new OffsetRange(start, last + (pair ? 2 : 1));
    }

    private int At(int index, bool utf16) => IsAscii ? index : utf16 ? _utf16[index] : _codePoints[index];
}
