using System.Runtime.CompilerServices;

namespace Snug.Tokenizers;

/// <summary>An immutable map between tokens, as UTF-8, and their numbers.</summary>
internal sealed class Vocabulary
{
    private readonly byte[] _bytes;
    private readonly int[] _ends;
    private readonly int[] _ids;
    private readonly ulong[] _slots;
    private readonly int[]? _entryOfId;
    private readonly Dictionary<int, int>? _sparseEntryOfId;
    private readonly string?[] _texts;

    internal Vocabulary(byte[] bytes, int[] ends, int[] ids, ulong[] slots, int count)
    {
        (_bytes, _ends, _ids, _slots, Count) = (bytes, ends, ids, slots, count);
        _texts = new string?[ids.Length];
        int last = -1;
        foreach (int id in ids)
        {
            last = Math.Max(last, id);
        }

        // Numbers are dense in all but odd files; a file cannot ask for much memory with one large number.
        if (last < (4L * ids.Length) + 1024)
        {
            _entryOfId = new int[last + 1];
            Array.Fill(_entryOfId, -1);
        }
        else
        {
            _sparseEntryOfId = [];
        }

        for (int entry = 0; entry < ids.Length; entry++)
        {
            if (ids[entry] < 0)
            {
                continue;
            }

            if (_entryOfId is not null)
            {
                _entryOfId[ids[entry]] = entry;
            }
            else
            {
                _sparseEntryOfId![ids[entry]] = entry;
            }
        }
    }

    /// <summary>Number of tokens.</summary>
    public int Count { get; }

    /// <summary>The number of a token, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ReadOnlySpan<byte> token)
    {
        uint hash = ByteHash.Of(token);
        int mask = _slots.Length - 1;
        for (int slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            ulong value = _slots[slot];
            if (value == 0)
            {
                return -1;
            }

            if ((uint)(value >> 32) == hash)
            {
                int entry = (int)(uint)value - 1;
                if (BytesOfEntry(entry).SequenceEqual(token))
                {
                    return _ids[entry];
                }
            }
        }
    }

    /// <summary>The number of a token, or -1.</summary>
    public int Find(string token) => Find(System.Text.Encoding.UTF8.GetBytes(token));

    /// <summary>The text of a number, or null.</summary>
    public string? TextOf(int id)
    {
        int entry = EntryOf(id);
        return entry < 0 ? null : _texts[entry] ??= Utf8.ToText(BytesOfEntry(entry));
    }

    /// <summary>The bytes of a number; empty when there is no such number.</summary>
    public ReadOnlySpan<byte> BytesOf(int id)
    {
        int entry = EntryOf(id);
        return entry < 0 ? default : BytesOfEntry(entry);
    }

    public bool Contains(int id) => EntryOf(id) >= 0;

    /// <summary>All tokens with their numbers, in the order of the file.</summary>
    public IEnumerable<(string Token, int Id)> Entries()
    {
        for (int entry = 0; entry < _ids.Length; entry++)
        {
            if (_ids[entry] >= 0)
            {
                yield return (_texts[entry] ??= Utf8.ToText(BytesOfEntry(entry)), _ids[entry]);
            }
        }
    }

    /// <summary>All numbers that have a token, in order.</summary>
    public IEnumerable<int> Ids()
    {
        if (_sparseEntryOfId is not null)
        {
            return _sparseEntryOfId.Keys.Order();
        }

        return Enumerable.Range(0, _entryOfId!.Length).Where(id => _entryOfId[id] >= 0);
    }

    private int EntryOf(int id)
    {
        if (_entryOfId is not null)
        {
            return (uint)id < (uint)_entryOfId.Length ? _entryOfId[id] : -1;
        }

        return _sparseEntryOfId!.GetValueOrDefault(id, -1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> BytesOfEntry(int entry)
    {
        int start = entry == 0 ? 0 : _ends[entry - 1];
        return _bytes.AsSpan(start, _ends[entry] - start);
    }
}
