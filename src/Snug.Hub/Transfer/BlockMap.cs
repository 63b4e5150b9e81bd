using System.Collections;

namespace Snug.Hub;

/// <summary>Which blocks of a file are written, with their checksums. Thread-safe; the first writer of a block wins.</summary>
internal sealed class BlockMap
{
    private readonly byte[] _written;
    private readonly uint[] _crcs;
    private readonly BitArray _unchecked;
    private readonly long _size;

    public BlockMap(long size)
    {
        _size = size;
        Count = checked((int)((size + BlockPool.BlockSize - 1) / BlockPool.BlockSize));
        _written = new byte[Count];
        _crcs = new uint[Count];
        _unchecked = new BitArray(Count);
    }

    /// <summary>The number of blocks.</summary>
    public int Count { get; }

    public static long Offset(int block) => (long)block * BlockPool.BlockSize;

    public int Length(int block) => (int)Math.Min(BlockPool.BlockSize, _size - Offset(block));

    public bool IsWritten(int block) => Volatile.Read(ref _written[block]) == 2;

    /// <summary>Takes a block for writing; false when somebody has written it or is about to.</summary>
    public bool TryClaim(int block) => Interlocked.CompareExchange(ref _written[block], 1, 0) == 0;

    /// <summary>Marks a block as standing on disk with a known checksum.</summary>
    public void MarkWritten(int block, uint crc)
    {
        _crcs[block] = crc;
        Volatile.Write(ref _written[block], 2);
    }

    /// <summary>Marks a block found on disk without a record; only the hash of the whole file will tell whether it is right.</summary>
    public void MarkFound(int block)
    {
        _unchecked[block] = true;
        Volatile.Write(ref _written[block], 2);
    }

    /// <summary>Whether a block was found on disk without a record.</summary>
    public bool IsFound(int block) => _unchecked[block];

    /// <summary>Gives a found block the checksum that its record has from now on.</summary>
    public void Confirm(int block, uint crc)
    {
        _crcs[block] = crc;
        _unchecked[block] = false;
    }

    /// <summary>Gives a block back: its bytes on disk are not what was recorded, or could not be written.</summary>
    public void Clear(int block)
    {
        _unchecked[block] = false;
        Volatile.Write(ref _written[block], 0);
    }

    /// <summary>Whether bytes read back from disk are those that were recorded.</summary>
    public bool Agrees(int block, ReadOnlySpan<byte> data) => _unchecked[block] || Crc32C.Compute(data) == _crcs[block];

    /// <summary>The bytes of all written blocks.</summary>
    public long WrittenBytes()
    {
        long bytes = 0;
        for (int block = 0; block < Count; block++)
        {
            bytes += IsWritten(block) ? Length(block) : 0;
        }

        return bytes;
    }
}
