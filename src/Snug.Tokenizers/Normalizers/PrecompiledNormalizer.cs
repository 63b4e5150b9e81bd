using System.Buffers.Binary;
using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>
/// The character map of a SentencePiece model: a double-array trie, then the replacements, each ended by a zero byte.
/// It is looked up for whole grapheme clusters of up to five bytes, and else for single characters; the shortest entry counts.
/// </summary>
internal sealed class PrecompiledNormalizer : Normalizer
{
    private const int LongestCluster = 5;

    private readonly byte[] _map;
    private readonly uint[] _units;
    private readonly byte[] _replacements;
    private readonly bool[] _mapsSingle = new bool[128];

    /// <exception cref="FormatException">The map is damaged.</exception>
    public PrecompiledNormalizer(byte[] map)
    {
        _map = map;
        if (map.Length < 4)
        {
            throw new FormatException("is too short");
        }

        uint size = BinaryPrimitives.ReadUInt32LittleEndian(map) / 4;
        if (size > (uint)(map.Length - 4) / 4)
        {
            throw new FormatException("ends inside of its trie");
        }

        _units = new uint[size];
        for (int i = 0; i < _units.Length; i++)
        {
            _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(map.AsSpan(4 + (4 * i)));
        }

        _replacements = map[(4 + (int)(size * 4))..];
        if (!System.Text.Unicode.Utf8.IsValid(_replacements))
        {
            throw new FormatException("has replacements that are not UTF-8");
        }

        for (int c = 0; c < _mapsSingle.Length; c++)
        {
            _mapsSingle[c] = TryFind([(byte)c], out _, out _);
        }
    }

    public override void Normalize(AlignedText text)
    {
        ReadOnlySpan<byte> source = text.Text;
        Output output = default;
        if (IsPlain(source) || !Rewrite(source, ref output))
        {
            return;
        }

        text.Begin();
        output = new Output(text);
        Rewrite(source, ref output);
        output.End();
        text.Commit();
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Precompiled"u8);
        writer.WriteBase64String("precompiled_charsmap"u8, _map);
        writer.WriteEndObject();
    }

    /// <summary>Text of unmapped ASCII: its only cluster of several characters is a line end, whose first character is looked up.</summary>
    private bool IsPlain(ReadOnlySpan<byte> text)
    {
        foreach (byte value in text)
        {
            if (value >= 0x80 || _mapsSingle[value])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Walks the clusters; without a target, only tells whether anything is mapped.</summary>
    private bool Rewrite(ReadOnlySpan<byte> source, ref Output output)
    {
        bool any = false;
        for (int at = 0; at < source.Length;)
        {
            int end = source[at] is >= 0x20 and < 0x7F && (at + 1 == source.Length || source[at + 1] < 0x7F) ? at + 1 : GraphemeClusters.Next(source, at);
            if (end - at <= LongestCluster && TryFind(source[at..end], out int start, out int length))
            {
                any = true;
                Emit(ref output, source[at..end], _replacements.AsSpan(start, length));
                at = end;
            }
            else
            {
                while (at < end)
                {
                    int next = at;
                    int c = Utf8.Next(source, ref next);
                    if (TryFind(source[at..next], out start, out length))
                    {
                        any = true;
                        Emit(ref output, source[at..next], _replacements.AsSpan(start, length));
                    }
                    else
                    {
                        output.Put(c, 0);
                    }

                    at = next;
                }
            }

            if (any && !output.IsReal)
            {
                return true;
            }
        }

        return any;
    }

    /// <summary>
    /// The new characters replace the old ones one by one; further ones are inserted. When there are fewer, the last one takes
    /// the rest along; when there are none, the character before them does.
    /// </summary>
    private static void Emit(ref Output output, ReadOnlySpan<byte> old, ReadOnlySpan<byte> replacement)
    {
        int before = Utf8.Count(old);
        int after = Utf8.Count(replacement);
        if (after == 0)
        {
            output.ExtendLast(before);
            return;
        }

        int index = 0;
        for (int at = 0; at < replacement.Length; index++)
        {
            int c = Utf8.Next(replacement, ref at);
            output.Put(c, index >= before ? 1 : index == after - 1 ? after - before : 0);
        }
    }

    /// <summary>The first entry that is a prefix of the text.</summary>
    private bool TryFind(ReadOnlySpan<byte> text, out int start, out int length)
    {
        start = length = 0;
        if (_units.Length == 0)
        {
            return false;
        }

        uint position = Offset(_units[0]);
        foreach (byte value in text)
        {
            position ^= value;
            if (value == 0 || position >= (uint)_units.Length)
            {
                return false;
            }

            uint unit = _units[position];
            if ((unit & ((1u << 31) | 0xFF)) != value)
            {
                return false;
            }

            position ^= Offset(unit);
            if (((unit >> 8) & 1) == 0)
            {
                continue;
            }

            if (position >= (uint)_units.Length)
            {
                return false;
            }

            uint index = _units[position] & 0x7FFFFFFF;
            if (index > (uint)_replacements.Length)
            {
                return false;
            }

            start = (int)index;
            int end = _replacements.AsSpan(start).IndexOf((byte)0);
            length = end < 0 ? _replacements.Length - start : end;
            return System.Text.Unicode.Utf8.IsValid(_replacements.AsSpan(start, length));
        }

        return false;
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & (1u << 9)) >> 6);

    /// <summary>Holds the last character back: what is removed behind it changes it.</summary>
    private struct Output(AlignedText text)
    {
        private bool _waits;
        private int _last;
        private int _change;

        public readonly bool IsReal => text is not null;

        public void Put(int c, int change)
        {
            End();
            (_waits, _last, _change) = (IsReal, c, change);
        }

        public void ExtendLast(int removed) => _change -= removed;

        public void End()
        {
            if (_waits)
            {
                text.Emit(_last, _change);
                _waits = false;
            }
        }
    }
}
