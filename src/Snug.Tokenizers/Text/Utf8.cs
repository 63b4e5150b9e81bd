using System.Runtime.CompilerServices;

namespace Snug.Tokenizers;

/// <summary>Steps over valid UTF-8, one code point at a time. Callers guarantee validity and boundaries.</summary>
internal static class Utf8
{
    /// <summary>The length in bytes of the code point that starts with <paramref name="lead"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LengthOf(byte lead) => lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

    /// <summary>The length in bytes of a code point.</summary>
    public static int LengthOf(int codePoint) => codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;

    /// <summary>Whether a byte continues a code point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsContinuation(byte value) => (value & 0xC0) == 0x80;

    /// <summary>Decodes the code point at <paramref name="index"/> and moves behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Next(ReadOnlySpan<byte> text, ref int index)
    {
        byte lead = text[index];
        if (lead < 0x80)
        {
            index++;
            return lead;
        }

        return NextLong(text, ref index, lead);
    }

    private static int NextLong(ReadOnlySpan<byte> text, ref int index, byte lead)
    {
        if (lead < 0xE0)
        {
            int two = ((lead & 0x1F) << 6) | (text[index + 1] & 0x3F);
            index += 2;
            return two;
        }

        if (lead < 0xF0)
        {
            int three = ((lead & 0x0F) << 12) | ((text[index + 1] & 0x3F) << 6) | (text[index + 2] & 0x3F);
            index += 3;
            return three;
        }

        int four = ((lead & 0x07) << 18) | ((text[index + 1] & 0x3F) << 12) | ((text[index + 2] & 0x3F) << 6) | (text[index + 3] & 0x3F);
        index += 4;
        return four;
    }

    /// <summary>Decodes the code point at <paramref name="index"/>.</summary>
    public static int At(ReadOnlySpan<byte> text, int index) => Next(text, ref index);

    /// <summary>The start of the code point that ends before <paramref name="index"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Previous(ReadOnlySpan<byte> text, int index)
    {
        do
        {
            index--;
        }
        while (index > 0 && IsContinuation(text[index]));
        return index;
    }

    /// <summary>The number of code points.</summary>
    public static int Count(ReadOnlySpan<byte> text)
    {
        int count = 0;
        foreach (byte value in text)
        {
            count += IsContinuation(value) ? 0 : 1;
        }

        return count;
    }

    /// <summary>Writes a code point and returns its length; the target has room for four bytes.</summary>
    public static int Write(int codePoint, Span<byte> target)
    {
        if (codePoint < 0x80)
        {
            target[0] = (byte)codePoint;
            return 1;
        }

        if (codePoint < 0x800)
        {
            target[0] = (byte)(0xC0 | (codePoint >> 6));
            target[1] = (byte)(0x80 | (codePoint & 0x3F));
            return 2;
        }

        if (codePoint < 0x10000)
        {
            target[0] = (byte)(0xE0 | (codePoint >> 12));
            target[1] = (byte)(0x80 | ((codePoint >> 6) & 0x3F));
            target[2] = (byte)(0x80 | (codePoint & 0x3F));
            return 3;
        }

        target[0] = (byte)(0xF0 | (codePoint >> 18));
        target[1] = (byte)(0x80 | ((codePoint >> 12) & 0x3F));
        target[2] = (byte)(0x80 | ((codePoint >> 6) & 0x3F));
        target[3] = (byte)(0x80 | (codePoint & 0x3F));
        return 4;
    }

    /// <summary>A code point as UTF-8.</summary>
    public static byte[] Bytes(int codePoint)
    {
        Span<byte> buffer = stackalloc byte[4];
        return buffer[..Write(codePoint, buffer)].ToArray();
    }

    /// <summary>Transcodes UTF-16; each lone surrogate becomes one U+FFFD.</summary>
    public static int FromUtf16(ReadOnlySpan<char> text, ref byte[] buffer)
    {
        int most = checked(text.Length * 3);
        if (buffer.Length < most)
        {
            buffer = new byte[Math.Max(most, Math.Min(buffer.Length * 2L, Array.MaxLength))];
        }

        System.Text.Unicode.Utf8.FromUtf16(text, buffer, out _, out int written, replaceInvalidSequences: true);
        return written;
    }

    /// <summary>The bytes as text, invalid sequences replaced by U+FFFD.</summary>
    public static string ToText(ReadOnlySpan<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes);
}
