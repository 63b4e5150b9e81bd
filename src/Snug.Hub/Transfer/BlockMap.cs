using System.Collections;

namespace Snug.Hub;

/// <summary>Which blocks of a file are written, with their checksums. Thread-safe; the first writer of a block wins.</summary>
internal sealed class BlockMap
{
    private readonly byte[] _written;
    private readonly uint[] _checksums;
    private readonly BitArray _recorded;
    private readonly long _size;

    public BlockMap(long size)
    {
        _size = size;
        Count = checked((int)((size + BlockPool.BlockSize - 1) / BlockPool.BlockSize));
        _written = new byte[Count];
        _checksums = new uint[Count];
        _recorded = new BitArray(Count);
    }

    /// <summary>The number of blocks.</summary>
    public int Count { get; }

    public static long Offset(int block) => (long)block * BlockPool.BlockSize;

    public int Length(int block) => (int)Math.Min(BlockPool.BlockSize, _size - Offset(block));

    public bool IsWritten(int block) => Volatile.Read(ref _written[block]) == 2;

    /// <summary>Takes a block for writing; false when somebody has written it or is about to.</summary>
    public bool TryClaim(int block) => Interlocked.CompareExchange(ref _written[block], 1, 0) == 0;

    /// <summary>Marks a block that stands on disk: this process wrote it, or only the hash of the whole file can vouch for it.</summary>
    public void MarkWritten(int block) => Volatile.Write(ref _written[block], 2);

    /// <summary>Marks a block that an earlier process wrote, with the checksum that it recorded.</summary>
    public void MarkRecorded(int block, uint checksum)
    {
        _checksums[block] = checksum;
        _recorded[block] = true;
        MarkWritten(block);
    }

    /// <summary>Gives a block back: its bytes on disk are not what was recorded, or could not be written.</summary>
    public void Clear(int block)
    {
        _recorded[block] = false;
        Volatile.Write(ref _written[block], 0);
    }

    /// <summary>Whether bytes read back from disk are those that were recorded, as far as there is a record.</summary>
    public bool Agrees(int block, ReadOnlySpan<byte> data) => !_recorded[block] || BlockChecksum.Compute(data) == _checksums[block];

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
