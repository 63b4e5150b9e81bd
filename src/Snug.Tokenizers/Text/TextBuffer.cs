namespace Snug.Tokenizers;

/// <summary>UTF-8 text with, for each byte, the range of original bytes that it comes from.</summary>
internal sealed class TextBuffer
{
    private byte[] _bytes = new byte[256];
    private int[] _starts = new int[256];
    private int[] _ends = new int[256];

    /// <summary>Number of bytes.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the text is the original itself; then no ranges are kept.</summary>
    public bool IsOriginal { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Count);

    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, Count);

    public ReadOnlySpan<int> Ends => _ends.AsSpan(0, Count);

    /// <summary>Makes the buffer hold an original text.</summary>
    public void SetOriginal(ReadOnlySpan<byte> text)
    {
        Reserve(text.Length);
        text.CopyTo(_bytes);
        Count = text.Length;
        IsOriginal = true;
    }

    /// <summary>Makes the buffer hold an original text given as UTF-16.</summary>
    public void SetOriginal(ReadOnlySpan<char> text)
    {
        Count = Utf8.FromUtf16(text, ref _bytes);
        IsOriginal = true;
    }

    public void Clear()
    {
        Count = 0;
        IsOriginal = false;
    }

    public void Append(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> starts, ReadOnlySpan<int> ends)
    {
        Reserve(Count + bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Count));
        starts.CopyTo(_starts.AsSpan(Count));
        ends.CopyTo(_ends.AsSpan(Count));
        Count += bytes.Length;
    }

    /// <summary>Appends a part of another buffer.</summary>
    public void Append(TextBuffer source, int start, int length)
    {
        if (!source.IsOriginal)
        {
            Append(source.Bytes.Slice(start, length), source.Starts.Slice(start, length), source.Ends.Slice(start, length));
            return;
        }

        Reserve(Count + length);
        ReadOnlySpan<byte> text = source.Bytes.Slice(start, length);
        text.CopyTo(_bytes.AsSpan(Count));
        Ranges.OfOriginal(text, start, _starts.AsSpan(Count, length), _ends.AsSpan(Count, length));
        Count += length;
    }

    /// <summary>The range of original bytes behind a part that is not empty.</summary>
    public (int Start, int End) OriginalOf(int start, int length) =>
        IsOriginal ? (start, start + length) : (_starts[start], _ends[start + length - 1]);

    private void Reserve(int length)
    {
        if (_bytes.Length < length)
        {
            Array.Resize(ref _bytes, Math.Max(length, _bytes.Length * 2));
        }

        if (_starts.Length < _bytes.Length)
        {
            Array.Resize(ref _starts, _bytes.Length);
            Array.Resize(ref _ends, _bytes.Length);
        }
    }

    /// <summary>Ranges of text that is its own original.</summary>
    internal static class Ranges
    {
        public static void OfOriginal(ReadOnlySpan<byte> text, int offset, Span<int> starts, Span<int> ends)
        {
            for (int at = 0; at < text.Length;)
            {
                int length = Utf8.LengthOf(text[at]);
                for (int i = 0; i < length; i++)
                {
                    starts[at + i] = offset + at;
                    ends[at + i] = offset + at + length;
                }

                at += length;
            }
        }
    }
}
