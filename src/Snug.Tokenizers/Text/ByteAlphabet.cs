namespace Snug.Tokenizers;

/// <summary>The 256 characters that stand for bytes in byte-level vocabularies.</summary>
internal static class ByteAlphabet
{
    private static readonly ushort[] Characters = Build();

    private static readonly short[] Bytes = Invert();

    /// <summary>The character of the space byte.</summary>
    public const char Space = 'Ġ';

    /// <summary>The byte of a character, or -1.</summary>
    public static int ByteOf(int character) => (uint)character < (uint)Bytes.Length ? Bytes[character] : -1;

    /// <summary>The character of a byte.</summary>
    public static int CharacterOf(byte value) => Characters[value];

    /// <summary>Rewrites a text; all characters of what was one character share its range.</summary>
    public static void Apply(AlignedText text)
    {
        ReadOnlySpan<byte> source = text.Text;
        if (source.IsEmpty)
        {
            return;
        }

        text.Begin();
        foreach (byte value in source)
        {
            text.Emit(Characters[value], Utf8.IsContinuation(value) ? 1 : 0);
        }

        text.Commit();
    }

    private static ushort[] Build()
    {
        // Printable bytes stand for themselves, the others get the characters from U+0100 on.
        ushort[] characters = new ushort[256];
        ushort next = 256;
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            characters[value] = printable ? (ushort)value : next++;
        }

        return characters;
    }

    private static short[] Invert()
    {
        short[] bytes = new short[Characters.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (int value = 0; value < 256; value++)
        {
            bytes[Characters[value]] = (short)value;
        }

        return bytes;
    }
}
