namespace Snug.Tokenizers;

/// <summary>
/// Numbers as the reference's JSON reader reads them: 64 bits of digits, scaled by a power of ten. The result can be one unit
/// in the last place off the nearest number, and scores of segmentations can depend on it.
/// </summary>
internal static class JsonFloat
{
    private static readonly double[] PowersOfTen = [.. Enumerable.Range(0, 309).Select(exponent => double.Parse($"1e{exponent}"))];

    /// <summary>Reads a number that is valid JSON; null when it is out of range.</summary>
    public static double? Parse(ReadOnlySpan<byte> text)
    {
        int at = text[0] == '-' ? 1 : 0;
        bool negative = at == 1;
        ulong digits = 0;
        int exponent = 0;
        bool full = false;
        bool isInteger = true;
        for (; at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9'; at++)
        {
            if (full || !TryAppend(ref digits, text[at]))
            {
                full = true;
                isInteger = false;
                exponent++;
            }
        }

        if (at < text.Length && text[at] == '.')
        {
            isInteger = false;
            for (at++; at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9'; at++)
            {
                if (!full && TryAppend(ref digits, text[at]))
                {
                    exponent--;
                }
                else
                {
                    full = true;
                }
            }
        }

        if (at < text.Length && text[at] is (byte)'e' or (byte)'E')
        {
            isInteger = false;
            at++;
            bool down = text[at] == '-';
            at += text[at] is (byte)'-' or (byte)'+' ? 1 : 0;
            long written = 0;
            for (; at < text.Length; at++)
            {
                written = Math.Min((written * 10) + text[at] - '0', int.MaxValue);
            }

            if (written == int.MaxValue)
            {
                return digits == 0 || down ? (negative ? -0.0 : 0.0) : null;
            }

            exponent = (int)Math.Clamp(exponent + (down ? -written : written), int.MinValue + 1, int.MaxValue);
        }

        if (isInteger)
        {
            // Whole numbers are kept as such, and so lose the sign of zero.
            return negative ? (digits == 0 ? -0.0 : -(double)digits) : digits;
        }

        double value = digits;
        while (Math.Abs(exponent) >= PowersOfTen.Length)
        {
            if (value == 0)
            {
                return negative ? -0.0 : 0.0;
            }

            if (exponent >= 0)
            {
                return null;
            }

            value /= 1e308;
            exponent += 308;
        }

        value = exponent >= 0 ? value * PowersOfTen[exponent] : value / PowersOfTen[-exponent];
        return double.IsInfinity(value) ? null : negative ? -value : value;
    }

    private static bool TryAppend(ref ulong digits, byte digit)
    {
        ulong value = (ulong)(digit - '0');
        if (digits > ulong.MaxValue / 10 || (digits == ulong.MaxValue / 10 && value > ulong.MaxValue % 10))
        {
            return false;
        }

        digits = (digits * 10) + value;
        return true;
    }
}
