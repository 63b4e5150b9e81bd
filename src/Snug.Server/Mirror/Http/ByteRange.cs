using System.Globalization;
using System.Runtime.InteropServices;

namespace Snug.Server;

/// <summary>A single range of bytes, as a Range header asks for it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ByteRange(long Offset, long Length)
{
    /// <summary>
    /// Reads a Range header. Anything but one well-formed range of bytes is as good as no header, which is what the
    /// specification allows and asks for.
    /// </summary>
    /// <param name="header">The header's value.</param>
    /// <param name="size">The size of the content.</param>
    /// <param name="range">The range, when the result is <see cref="RangeResult.Partial"/>.</param>
    public static RangeResult Parse(ReadOnlySpan<char> header, long size, out ByteRange range)
    {
        range = default;
        const string Unit = "bytes=";
        if (!header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
        {
            return RangeResult.Whole;
        }

        header = header[Unit.Length..].Trim(' ');
        int dash = header.IndexOf('-');
        if (dash < 0 || header.Contains(','))
        {
            return RangeResult.Whole;
        }

        ReadOnlySpan<char> firstText = header[..dash];
        ReadOnlySpan<char> lastText = header[(dash + 1)..];
        long first = 0;
        long last = long.MaxValue;
        if ((!firstText.IsEmpty && !TryRead(firstText, out first)) || (!lastText.IsEmpty && !TryRead(lastText, out last)))
        {
            return RangeResult.Whole;
        }

        if (firstText.IsEmpty)
        {
            if (lastText.IsEmpty)
            {
                return RangeResult.Whole;
            }

            long suffix = Math.Min(last, size);
            range = new ByteRange(size - suffix, suffix);
            return suffix == 0 ? RangeResult.Unsatisfiable : RangeResult.Partial;
        }

        if (last < first)
        {
            return RangeResult.Whole;
        }

        if (first >= size)
        {
            return RangeResult.Unsatisfiable;
        }

        range = new ByteRange(first, Math.Min(last, size - 1) - first + 1);
        return RangeResult.Partial;
    }

    private static bool TryRead(ReadOnlySpan<char> text, out long value)
    {
        if (text.ContainsAnyExceptInRange('0', '9'))
        {
            value = 0;
            return false;
        }

        // Too many digits for a long is simply beyond any end.
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value))
        {
            value = long.MaxValue;
        }

        return true;
    }
}
