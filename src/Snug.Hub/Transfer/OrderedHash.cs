using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Snug.Hub;

/// <summary>
/// Hashes the blocks of a large file in order behind the connections that write them, taking them from memory while they are there and from
/// the page cache otherwise, so that the hash is known the moment the last block is in.
/// </summary>
internal sealed class OrderedHash : IDisposable
{
    /// <summary>How many blocks are hashed before another file has its turn.</summary>
    private const int Turn = 64;

    /// <summary>How far ahead a block may be and is still kept in memory.</summary>
    private const int KeepAhead = 16;

    private readonly PartialFile _partial;
    private readonly BlockPool _pool;
    private readonly HashThreads _threads;
    private readonly Action<int> _refetch;
    private readonly IncrementalHash? _hash;
    private readonly ConcurrentDictionary<int, byte[]> _inMemory = new();
    private readonly TaskCompletionSource<string?> _digest = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _next;
    private int _scheduled;

    /// <param name="item">The content.</param>
    /// <param name="partial">Where its blocks are written.</param>
    /// <param name="pool">Takes back the buffers of blocks.</param>
    /// <param name="threads">Does the work.</param>
    /// <param name="refetch">Told of a block that is not what was recorded (a power cut, a damaged journal): it must come again.</param>
    public OrderedHash(TransferItem item, PartialFile partial, BlockPool pool, HashThreads threads, Action<int> refetch)
    {
        _partial = partial;
        _pool = pool;
        _threads = threads;
        _refetch = refetch;
        _hash = Hashes.StartFor(item.Etag, item.Size);
    }

    /// <summary>The digest once all blocks are in, <see langword="null"/> when the name promises none.</summary>
    public Task<string?> Digest => _digest.Task;

    /// <summary>Looks whether blocks can be hashed; to be called after each one that was written.</summary>
    public void Continue()
    {
        // The block that the caller wrote must be seen by a thread that leaves the file, or that thread's place by us: else nobody goes on.
        Interlocked.MemoryBarrier();
        if (_partial.Blocks.IsWritten(Math.Min(Volatile.Read(ref _next), _partial.Blocks.Count - 1)) && Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0)
        {
            _threads.Add(this);
        }
    }

    /// <summary>Offers the buffer of a block that was written; it belongs to this object afterwards when the result is true.</summary>
    public bool TryKeep(int block, byte[] buffer)
    {
        int ahead = block - Volatile.Read(ref _next);
        if (ahead is < 0 or >= KeepAhead || _pool.Available <= 2 || !_inMemory.TryAdd(block, buffer))
        {
            return false;
        }

        // The block may have been read back at this moment: then whoever finds the buffer first has it.
        return Volatile.Read(ref _next) <= block || !_inMemory.TryRemove(block, out _);
    }

    /// <summary>Hashes what is there, up to a turn.</summary>
    /// <param name="scratch">A block's length of memory.</param>
    /// <returns>Whether there is more to do at once.</returns>
    public bool HashSome(byte[] scratch)
    {
        try
        {
            for (int done = 0; done < Turn; done++)
            {
                if (_next == _partial.Blocks.Count)
                {
                    _digest.TrySetResult(_hash is null ? null : Hashes.Finish(_hash));
                    return false;
                }

                if (!_partial.Blocks.IsWritten(_next) && !IsWrittenAfterAll())
                {
                    return false;
                }

                HashNext(scratch);
            }

            return true;
        }
#pragma warning disable CA1031 // Whoever waits for the digest gets it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _digest.TrySetException(e);
            return false;
        }
    }

    /// <summary>Gives the buffers back. No thread may be at work on the file any more.</summary>
    public void Dispose()
    {
        foreach (int block in _inMemory.Keys)
        {
            ReturnKept(block);
        }

        _hash?.Dispose();
    }

    /// <summary>Leaves the file, unless its next block has come since it was last looked at and nobody else has taken notice.</summary>
    private bool IsWrittenAfterAll()
    {
        Interlocked.Exchange(ref _scheduled, 0);
        return _partial.Blocks.IsWritten(_next) && Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0;
    }

    private void HashNext(byte[] scratch)
    {
        int block = _next;
        int length = _partial.Blocks.Length(block);
        if (_inMemory.TryRemove(block, out byte[]? kept))
        {
            _hash?.AppendData(kept.AsSpan(0, length));
            _pool.Return(kept);
            _next++;
            return;
        }

        Span<byte> data = scratch.AsSpan(0, length);
        if (RandomAccess.Read(_partial.Handle, data, BlockMap.Offset(block)) != length || !_partial.Blocks.Agrees(block, data))
        {
            _refetch(block);
            return;
        }

        _partial.RecordFound(block, data);
        _hash?.AppendData(data);
        Interlocked.Increment(ref _next);
        ReturnKept(block);
    }

    private void ReturnKept(int block)
    {
        if (_inMemory.TryRemove(block, out byte[]? kept))
        {
            _pool.Return(kept);
        }
    }
}
