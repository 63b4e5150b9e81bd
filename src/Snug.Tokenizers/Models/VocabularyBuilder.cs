using System.Numerics;
using System.Runtime.CompilerServices;

namespace Snug.Tokenizers;

/// <summary>Gathers tokens and numbers. Of a token that comes twice, the last number counts.</summary>
internal sealed class VocabularyBuilder
{
    private byte[] _bytes = new byte[1024];
    private int[] _ends = new int[256];
    private int[] _ids = new int[256];
    private uint[] _hashes = new uint[256];
    private int _length;
    private int _count;

    public int Count => _count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ReadOnlySpan<byte> token, int id)
    {
        if (token.Length > _bytes.Length - _length || _count == _ids.Length)
        {
            Grow(token.Length);
        }

        token.CopyTo(_bytes.AsSpan(_length));
        _length += token.Length;
        _ends[_count] = _length;
        _ids[_count] = id;
        _hashes[_count] = ByteHash.Of(token);
        _count++;
    }

    private void Grow(int length)
    {
        if (_length + (long)length > Array.MaxLength)
        {
            throw new TokenizerException("The vocabulary is too large.");
        }

        if (_length + length > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Math.Max(_bytes.Length * 2L, _length + length), Array.MaxLength));
        }

        if (_count == _ids.Length)
        {
            Array.Resize(ref _ends, _count * 2);
            Array.Resize(ref _ids, _count * 2);
            Array.Resize(ref _hashes, _count * 2);
        }
    }

    // Optimized from the first call: most programs load one vocabulary.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Vocabulary Build()
    {
        ulong[] slots = new ulong[Math.Max(16, (int)BitOperations.RoundUpToPowerOf2((uint)_count * 2))];
        int mask = slots.Length - 1;
        int distinct = 0;
        for (int entry = 0; entry < _count; entry++)
        {
            uint hash = _hashes[entry];
            int slot = (int)hash & mask;
            while (slots[slot] != 0)
            {
                int other = (int)(uint)slots[slot] - 1;
                if ((uint)(slots[slot] >> 32) == hash && BytesOf(other).SequenceEqual(BytesOf(entry)))
                {
                    _ids[other] = -1;
                    distinct--;
                    break;
                }

                slot = (slot + 1) & mask;
            }

            slots[slot] = ((ulong)hash << 32) | (uint)(entry + 1);
            distinct++;
        }

        return new Vocabulary(_bytes, _ends[.._count], _ids[.._count], slots, distinct);
    }

    private ReadOnlySpan<byte> BytesOf(int entry)
    {
        int start = entry == 0 ? 0 : _ends[entry - 1];
        return _bytes.AsSpan(start, _ends[entry] - start);
    }
}
