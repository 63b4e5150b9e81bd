using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Snug.Hub;

/// <summary>
/// The progress record beside a partial file: a fixed-size JSON header, then eight bytes for every block that was written
/// (index and checksum, little endian). Records are appended after their block, so a process killed at any point loses at most
/// the block it was receiving; after a power cut, when the order of writes is not kept, the checksum tells which blocks are real.
/// </summary>
internal sealed class Journal : IDisposable
{
    private const int HeaderLength = 512;
    private const int RecordLength = 8;

    private readonly SafeFileHandle _handle;
    private readonly Lock _gate = new();
    private long _end;

    private Journal(SafeFileHandle handle, long end)
    {
        _handle = handle;
        _end = end;
    }

    /// <summary>Starts a journal, or takes one over: the header then names this process as the writer.</summary>
    public static Journal Open(string path, string etag, long size)
    {
        SafeFileHandle handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> header = stackalloc byte[HeaderLength];
        header.Fill((byte)' ');
        byte[] json = new JournalHeader
        {
            Format = JournalHeader.CurrentFormat,
            Etag = etag,
            Size = size,
            BlockSize = BlockPool.BlockSize,
            Pid = PartialOwner.Pid,
            Host = PartialOwner.Host.Length <= 64 ? PartialOwner.Host : PartialOwner.Host[..64],
            Started = PartialOwner.Started,
        }.ToJson();
        json.CopyTo(header);
        try
        {
            RandomAccess.Write(handle, header, 0);
            long length = Math.Max(HeaderLength, RandomAccess.GetLength(handle));
            return new Journal(handle, length - ((length - HeaderLength) % RecordLength));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Reads the header of a journal, or <see langword="null"/> when the file is no journal of ours.</summary>
    public static JournalHeader? TryReadHeader(string path)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] header = new byte[HeaderLength];
            return RandomAccess.Read(handle, header, 0) == HeaderLength
                ? JournalHeader.Parse(header)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads the records into the blocks' states; damaged ones are skipped.</summary>
    public void ReplayInto(BlockMap blocks)
    {
        byte[] records = new byte[64 * 1024];
        for (long at = HeaderLength; at < _end;)
        {
            int length = RandomAccess.Read(_handle, records.AsSpan(0, (int)Math.Min(records.Length, _end - at)), at);
            length -= length % RecordLength;
            if (length <= 0)
            {
                return;
            }

            for (int i = 0; i < length; i += RecordLength)
            {
                uint block = BinaryPrimitives.ReadUInt32LittleEndian(records.AsSpan(i));
                if (block < (uint)blocks.Count)
                {
                    blocks.MarkRecorded((int)block, BinaryPrimitives.ReadUInt32LittleEndian(records.AsSpan(i + 4)));
                }
            }

            at += length;
        }
    }

    /// <summary>Records that a block stands on disk.</summary>
    public void Append(int block, uint checksum)
    {
        Span<byte> record = stackalloc byte[RecordLength];
        BinaryPrimitives.WriteInt32LittleEndian(record, block);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], checksum);
        lock (_gate)
        {
            RandomAccess.Write(_handle, record, _end);
            _end += RecordLength;
        }
    }

    public void Dispose() => _handle.Dispose();
}
