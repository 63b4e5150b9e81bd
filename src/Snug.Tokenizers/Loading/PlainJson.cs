using System.Runtime.CompilerServices;

namespace Snug.Tokenizers;

/// <summary>
/// Reads the two members of a model that make up nearly all of a file, vocabulary and merges, in the form that they usually have.
/// Whatever is not quite usual, errors included, is left to the reader that knows all of JSON: then the answer is no.
/// The bytes must be valid UTF-8.
/// </summary>
internal ref struct PlainJson
{
    private readonly ReadOnlySpan<byte> _json;
    private int _at;
    private byte[] _scratch = [];

    private PlainJson(ReadOnlySpan<byte> json, int start)
    {
        _json = json;
        _at = start;
    }

    /// <summary>Reads an object of tokens and their numbers.</summary>
    /// <param name="json">The file.</param>
    /// <param name="start">Where the object starts.</param>
    /// <param name="end">The byte behind it.</param>
    /// <returns>The tokens, or null.</returns>
    public static VocabularyBuilder? ReadTokens(ReadOnlySpan<byte> json, int start, out int end)
    {
        PlainJson reader = new(json, start);
        VocabularyBuilder tokens = new();
        bool read = reader.TryReadTokens(tokens);
        end = reader._at;
        return read ? tokens : null;
    }

    /// <summary>Reads an array of merges: all texts with one space, or all arrays of two texts.</summary>
    /// <param name="json">The file.</param>
    /// <param name="start">Where the array starts.</param>
    /// <param name="end">The byte behind it.</param>
    /// <returns>The merges, or null.</returns>
    public static MergeListBuilder? ReadMerges(ReadOnlySpan<byte> json, int start, out int end)
    {
        PlainJson reader = new(json, start);
        MergeListBuilder merges = new();
        bool read = reader.TryReadMerges(merges);
        end = reader._at;
        return read ? merges : null;
    }

    // Optimized from the first call: a program that loads one tokenizer is through before anything else would make these fast.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryReadTokens(VocabularyBuilder tokens)
    {
        if (!Take((byte)'{'))
        {
            return false;
        }

        if (Take((byte)'}'))
        {
            return true;
        }

        do
        {
            if (!TryReadText(out ReadOnlySpan<byte> token) || !Take((byte)':') || !TryReadNumber(out int id))
            {
                return false;
            }

            tokens.Add(token, id);
        }
        while (Take((byte)','));
        return Take((byte)'}');
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryReadMerges(MergeListBuilder merges)
    {
        if (!Take((byte)'['))
        {
            return false;
        }

        if (Take((byte)']'))
        {
            return true;
        }

        bool pairs = Peek() == '[';
        do
        {
            if (pairs)
            {
                if (!Take((byte)'[') || !TryReadText(out ReadOnlySpan<byte> left))
                {
                    return false;
                }

                merges.AddPart(left, last: false);
                if (!Take((byte)',') || !TryReadText(out ReadOnlySpan<byte> right) || !Take((byte)']'))
                {
                    return false;
                }

                merges.AddPart(right, last: true);
            }
            else
            {
                if (!TryReadText(out ReadOnlySpan<byte> line))
                {
                    return false;
                }

                int space = line.IndexOf((byte)' ');
                if (space < 0 || line[(space + 1)..].Contains((byte)' ') || line.StartsWith("#version"u8))
                {
                    return false;
                }

                merges.AddPart(line[..space], last: false);
                merges.AddPart(line[(space + 1)..], last: true);
            }
        }
        while (Take((byte)','));
        return Take((byte)']');
    }

    /// <summary>The next byte that is not white space, or 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte Peek()
    {
        ReadOnlySpan<byte> json = _json;
        int at = _at;
        while ((uint)at < (uint)json.Length)
        {
            byte value = json[at];
            if (value is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
            {
                _at = at;
                return value;
            }

            at++;
        }

        _at = at;
        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Take(byte expected)
    {
        if (Peek() != expected)
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>A whole number without sign, fraction and exponent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadNumber(out int number)
    {
        long value = Peek() - '0';
        number = 0;
        if (value is < 0 or > 9)
        {
            return false;
        }

        ReadOnlySpan<byte> json = _json;
        int at = _at + 1;
        bool leadingZero = value == 0;
        while ((uint)at < (uint)json.Length && (uint)(json[at] - '0') <= 9)
        {
            value = (value * 10) + (json[at++] - '0');
            if (leadingZero || value > int.MaxValue)
            {
                return false;
            }
        }

        _at = at;
        number = (int)value;
        return true;
    }

    /// <summary>A text. Valid until the next one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadText(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (Peek() != '"')
        {
            return false;
        }

        ReadOnlySpan<byte> json = _json;
        int start = _at + 1;
        for (int at = start; (uint)at < (uint)json.Length; at++)
        {
            byte value = json[at];
            if (value == '"')
            {
                text = json[start..at];
                _at = at + 1;
                return true;
            }

            if (value == '\\')
            {
                return TryUnescape(start, at, out text);
            }

            if (value < ' ')
            {
                return false;
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryUnescape(int start, int at, out ReadOnlySpan<byte> text)
    {
        text = default;
        int length = at - start;
        if (_scratch.Length < length)
        {
            _scratch = new byte[length + 256];
        }

        _json[start..at].CopyTo(_scratch);
        while ((uint)at < (uint)_json.Length && _json[at] is var value && value != '"')
        {
            // What one step writes has four bytes at most.
            if (length + 4 > _scratch.Length)
            {
                Array.Resize(ref _scratch, (_scratch.Length * 2) + 256);
            }

            if (value < ' ')
            {
                return false;
            }

            if (value != '\\')
            {
                _scratch[length++] = value;
                at++;
            }
            else if (!TryReadEscape(ref at, ref length))
            {
                return false;
            }
        }

        _at = at + 1;
        text = _scratch.AsSpan(0, length);
        return at < _json.Length;
    }

    private readonly bool TryReadEscape(ref int at, ref int length)
    {
        if (at + 1 >= _json.Length)
        {
            return false;
        }

        byte kind = _json[at + 1];
        if (kind == 'u')
        {
            return TryReadCharacter(ref at, ref length);
        }

        int found = "\"\\/bfnrt"u8.IndexOf(kind);
        if (found < 0)
        {
            return false;
        }

        _scratch[length++] = "\"\\/\b\f\n\r\t"u8[found];
        at += 2;
        return true;
    }

    private readonly bool TryReadCharacter(ref int at, ref int length)
    {
        int first = HexAt(at + 2);
        at += 6;
        if (first is < 0 or (>= 0xDC00 and <= 0xDFFF))
        {
            return false;
        }

        if (first is >= 0xD800 and <= 0xDBFF)
        {
            if (at + 1 >= _json.Length || _json[at] != '\\' || _json[at + 1] != 'u' || HexAt(at + 2) is not (>= 0xDC00 and <= 0xDFFF and var second))
            {
                return false;
            }

            first = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            at += 6;
        }

        length += Utf8.Write(first, _scratch.AsSpan(length));
        return true;
    }

    private readonly int HexAt(int at)
    {
        if (at + 4 > _json.Length)
        {
            return -1;
        }

        int value = 0;
        foreach (byte digit in _json.Slice(at, 4))
        {
            if (!char.IsAsciiHexDigit((char)digit))
            {
                return -1;
            }

            value = (value << 4) + (digit <= '9' ? digit - '0' : (digit & 7) + 9);
        }

        return value;
    }
}
