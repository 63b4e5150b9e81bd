using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Snug.Hub;

/// <summary>
/// A file that arrives in blocks over one or more connections. Blocks are written where they belong as they come; a single
/// task hashes them in order behind the writers, taking them from memory while they are there and from the page cache
/// otherwise, so that the hash is known the moment the last block is in.
/// </summary>
internal sealed class LargeFile : IDisposable
{
    private readonly PartialFile _partial;
    private readonly FileLock? _lock;
    private readonly BlockPool _pool;
    private readonly ConcurrentDictionary<int, byte[]> _inMemory = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly List<(int First, int End)> _unassigned = [];
    private readonly List<Segment> _segments = [];
    private readonly Lock _gate = new();
    private readonly Action _onWork;
    private int _hashed;
    private volatile bool _opened;

    public LargeFile(TransferItem item, PartialFile partial, FileLock? fileLock, BlockPool pool, Action onWork)
    {
        Item = item;
        _partial = partial;
        _lock = fileLock;
        _pool = pool;
        _onWork = onWork;
        ResumedBytes = partial.Blocks.WrittenBytes();
        for (int block = 0; block < Blocks.Count; block++)
        {
            if (Blocks.IsWritten(block))
            {
                continue;
            }

            int first = block;
            while (block < Blocks.Count && !Blocks.IsWritten(block))
            {
                block++;
            }

            _unassigned.Add((first, block));
        }

        DoneBytes = ResumedBytes;
    }

    public TransferItem Item { get; }

    /// <summary>The bytes found from an earlier attempt.</summary>
    public long ResumedBytes { get; }

    /// <summary>The bytes on disk.</summary>
    public long DoneBytes;

    /// <summary>The bytes on disk when they were last reported.</summary>
    public long ReportedBytes { get; set; }

    /// <summary>Whether bytes of an earlier process take part, so that a wrong hash may be their fault.</summary>
    public bool Adopted => _partial.Adopted;

    /// <summary>Where content requests were last redirected to; signed and short-lived.</summary>
    public Uri? Location { get; set; }

    /// <summary>Whether the server ignores ranges, so that one connection must fetch the file from front to back.</summary>
    public bool Sequential { get; private set; }

    /// <summary>Failures in a row without a single new byte, over all connections of the file.</summary>
    public int Failures;

    private BlockMap Blocks => _partial.Blocks;

    public int BlockLength(int block) => Blocks.Length(block);

    public bool IsWritten(int block) => Blocks.IsWritten(block);

    /// <summary>Takes the next stretch nobody fetches yet, smaller the less is left, so that connections finish together.</summary>
    public Segment? TakeSegment(int connections)
    {
        const int MinBlocks = 4 * 1024 * 1024 / BlockPool.BlockSize;
        const int MaxBlocks = 64 * 1024 * 1024 / BlockPool.BlockSize;
        lock (_gate)
        {
            // The first answer tells whether ranges are to be had and where the content lies; all others go there at once
            // instead of asking the Hub again.
            if (_unassigned.Count == 0 || ((Sequential || !_opened) && _segments.Count > 0))
            {
                return null;
            }

            int left = _unassigned.Sum(r => r.End - r.First);
            int wanted = Sequential ? int.MaxValue : Math.Clamp(left / (2 * Math.Max(1, connections)), MinBlocks, MaxBlocks);
            (int first, int end) = _unassigned[0];
            int taken = Math.Min(wanted, end - first);
            if (Sequential)
            {
                // The body comes whole; blocks that stand already are read past.
                _unassigned.Clear();
                (first, taken) = (0, Blocks.Count);
            }
            else if (first + taken == end)
            {
                _unassigned.RemoveAt(0);
            }
            else
            {
                _unassigned[0] = (first + taken, end);
            }

            return Add(new Segment(this, first, first + taken));
        }
    }

    /// <summary>
    /// Takes work from a connection that will not finish soon: the second half of its stretch, or, when that is short, the
    /// same blocks in a race.
    /// </summary>
    public Segment? TakeOver(double worthSeconds)
    {
        const int MinSplit = 4;
        lock (_gate)
        {
            Segment? slowest = null;
            double longest = worthSeconds;
            foreach (Segment segment in _segments)
            {
                double expected = segment.Hedged || segment.Remaining == 0 || Sequential ? 0 : segment.ExpectedSeconds();
                if (expected > longest)
                {
                    (slowest, longest) = (segment, expected);
                }
            }

            if (slowest is null)
            {
                return null;
            }

            int next = slowest.Next;
            int end = slowest.End;
            bool stalled = slowest.Connection is { Quiet: > 1 };
            if (end - next >= MinSplit && !stalled)
            {
                int middle = next + ((end - next + 1) / 2);
                slowest.End = middle;
                return Add(new Segment(this, middle, end));
            }

            slowest.Hedged = true;
            return Add(new Segment(this, next, end) { Hedged = true });
        }
    }

    /// <summary>Ends a segment; blocks it did not bring go back to be fetched, unless a racing one brings them.</summary>
    public void Release(Segment segment)
    {
        lock (_gate)
        {
            _segments.Remove(segment);
            for (int block = segment.Next; block < segment.End; block++)
            {
                if (Blocks.IsWritten(block) || _segments.Exists(s => s.Next <= block && block < s.End))
                {
                    continue;
                }

                AddMissing(block);
            }
        }
    }

    /// <summary>An answer has come: others may follow.</summary>
    /// <param name="location">Where the content lies, if the Hub redirected to it.</param>
    public void Open(Uri? location)
    {
        Location = location;
        if (!_opened)
        {
            _opened = true;
            _onWork();
        }
    }

    /// <summary>Learns that the server ignores ranges.</summary>
    public void SetSequential()
    {
        lock (_gate)
        {
            Sequential = true;
            foreach (Segment segment in _segments.Where(s => s.Next > 0))
            {
                segment.Connection?.Cut();
            }
        }
    }

    /// <summary>The whole body arrives on this segment's connection: it takes over everything.</summary>
    public void ExtendToEnd(Segment segment)
    {
        lock (_gate)
        {
            _unassigned.Clear();
            segment.End = Blocks.Count;
        }
    }

    /// <summary>Takes a received block. The buffer belongs to the file afterwards when the result is true.</summary>
    public bool Accept(int block, byte[] buffer)
    {
        int length = Blocks.Length(block);
        try
        {
            if (!_partial.Write(block, buffer.AsSpan(0, length)))
            {
                return false;
            }
        }
        catch (Exception e) when (StorageErrors.IsStorage(e))
        {
            throw StorageErrors.From(e, Item.FinalPath, Item.Repository, Item.Path);
        }

        Interlocked.Add(ref DoneBytes, length);
        bool kept = _pool.Available > 2 && block - Volatile.Read(ref _hashed) < 16 && _inMemory.TryAdd(block, buffer);
        _arrived.Release();
        CutRacers(block);
        return kept;
    }

    /// <summary>Hashes blocks in order as they arrive until all are in.</summary>
    /// <returns>The digest, or <see langword="null"/> when the name promises none.</returns>
    public async Task<string?> HashAsync(CancellationToken cancellationToken)
    {
        using IncrementalHash? hash = Hashes.StartFor(Item.Etag, Item.Size);
        byte[]? readBack = null;
        try
        {
            for (int block = 0; block < Blocks.Count; block++)
            {
                Volatile.Write(ref _hashed, block);
                while (!Blocks.IsWritten(block))
                {
                    await _arrived.WaitAsync(cancellationToken).ConfigureAwait(false);
                }

                int length = Blocks.Length(block);
                if (_inMemory.TryRemove(block, out byte[]? kept))
                {
                    hash?.AppendData(kept.AsSpan(0, length));
                    _pool.Return(kept);
                    continue;
                }

                readBack ??= GC.AllocateUninitializedArray<byte>(BlockPool.BlockSize);
                int read = RandomAccess.Read(_partial.Handle, readBack.AsSpan(0, length), BlockMap.Offset(block));
                if (read == length && Blocks.Agrees(block, readBack.AsSpan(0, length)))
                {
                    _partial.RecordFound(block, readBack.AsSpan(0, length));
                    hash?.AppendData(readBack.AsSpan(0, length));
                    continue;
                }

                // Not what was recorded (a power cut, a damaged journal): fetch it again and come back to it.
                Refetch(block, length);
                block--;
            }
        }
        finally
        {
            foreach (int block in _inMemory.Keys)
            {
                if (_inMemory.TryRemove(block, out byte[]? kept))
                {
                    _pool.Return(kept);
                }
            }
        }

        return hash is null ? null : Hashes.Finish(hash);
    }

    public void Publish() => _partial.Publish(Item.FinalPath, Item.Size);

    public void Discard() => _partial.Discard();

    /// <summary>Leaves what there is for the next download; nothing is not worth a file.</summary>
    public void Leave()
    {
        if (Volatile.Read(ref DoneBytes) == 0)
        {
            Discard();
        }

        Dispose();
    }

    /// <summary>Ends connections that still race for blocks which are all there by now.</summary>
    public void CutConnections() => Watch(connection => connection.Cut());

    public void Watch(Action<Connection> watch)
    {
        lock (_gate)
        {
            foreach (Segment segment in _segments)
            {
                if (segment.Connection is { } connection)
                {
                    watch(connection);
                }
            }
        }
    }

    public void Dispose()
    {
        _partial.Dispose();
        _lock?.Dispose();
        _arrived.Dispose();
    }

    private Segment Add(Segment segment)
    {
        _segments.Add(segment);
        return segment;
    }

    private void Refetch(int block, int length)
    {
        Blocks.Clear(block);
        Interlocked.Add(ref DoneBytes, -length);
        lock (_gate)
        {
            AddMissing(block);
        }

        _onWork();
    }

    private void AddMissing(int block)
    {
        if (_unassigned.Count > 0 && _unassigned[^1].End == block)
        {
            _unassigned[^1] = (_unassigned[^1].First, block + 1);
        }
        else
        {
            _unassigned.Add((block, block + 1));
        }
    }

    /// <summary>A racing connection that waits for a block which has just come another way need not wait any longer.</summary>
    private void CutRacers(int block)
    {
        lock (_gate)
        {
            foreach (Segment segment in _segments)
            {
                if (segment.Hedged && segment.Next == block && segment.Connection is { Quiet: > 0.5 } silent)
                {
                    silent.Cut();
                }
            }
        }
    }
}
