namespace Snug.Hub;

/// <summary>
/// A file that arrives in blocks over one or more connections. Blocks are written where they belong as they come, and hashed in order
/// behind the writers.
/// </summary>
internal sealed class LargeFile : IDisposable
{
    private readonly PartialFile _partial;
    private readonly FileLock? _lock;
    private readonly OrderedHash _hash;
    private readonly List<(int First, int End)> _unassigned = [];
    private readonly List<Segment> _segments = [];
    private readonly SegmentPace _pace = new();
    private readonly Lock _gate = new();
    private readonly Action _onWork;
    private int _firstMissing;
    private volatile bool _opened;

    public LargeFile(TransferItem item, PartialFile partial, FileLock? fileLock, BlockPool pool, HashThreads threads, Action onWork)
    {
        Item = item;
        _partial = partial;
        _lock = fileLock;
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
        _hash = new OrderedHash(item, partial, pool, threads, Refetch);
        _hash.Continue();
    }

    public TransferItem Item { get; }

    /// <summary>The bytes found from an earlier attempt.</summary>
    public long ResumedBytes { get; }

    /// <summary>The bytes on disk.</summary>
    public long DoneBytes;

    /// <summary>The bytes on disk when they were last reported.</summary>
    public long ReportedBytes { get; set; }

    /// <summary>The digest once all blocks are in, <see langword="null"/> when the name promises none.</summary>
    public Task<string?> Digest => _hash.Digest;

    /// <summary>Whether bytes of an earlier process take part, so that a wrong hash may be their fault.</summary>
    public bool Adopted => _partial.Adopted;

    /// <summary>Where content requests were last redirected to; signed and short-lived.</summary>
    public Uri? Location { get; set; }

    /// <summary>Whether the server ignores ranges, so that one connection must fetch the file from front to back.</summary>
    public bool Sequential { get; private set; }

    /// <summary>The bytes that all connections have received, those that come twice included.</summary>
    public long ReceivedBytes;

    private BlockMap Blocks => _partial.Blocks;

    public int BlockLength(int block) => Blocks.Length(block);

    public bool IsWritten(int block) => Blocks.IsWritten(block);

    /// <summary>
    /// Takes the next stretch nobody fetches yet: several times as long as its request takes to be answered, so that asking costs
    /// little, but no longer, because the hash goes in order and should not find everything left to be done at the end. The last ones
    /// are smaller, so that connections finish together.
    /// </summary>
    public Segment? TakeSegment(int connections)
    {
        lock (_gate)
        {
            // The first answer tells where the content lies; all others go there at once instead of asking the Hub again.
            if (_unassigned.Count == 0 || ((Sequential || !_opened) && _segments.Count > 0))
            {
                return null;
            }

            (int shortest, int usual) = _pace.Blocks();
            if (!Sequential && IsFarAhead(_unassigned[0].First, 3 * connections * usual / 2))
            {
                return null;
            }

            int left = _unassigned.Sum(r => r.End - r.First);
            int wanted = Sequential ? int.MaxValue : Math.Clamp(left / (2 * Math.Max(1, connections)), shortest, usual);
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
    /// Takes work from a connection that will not finish soon: the second half of its stretch, all of it from one that has fallen silent, or,
    /// when it is short, the same blocks in a race.
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
            if (end - next > 1 && stalled)
            {
                // Should it wake up, it ends with the block that it is in the middle of.
                slowest.End = next + 1;
                return Add(new Segment(this, next, end));
            }

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

    /// <summary>The Hub has said where the content lies, or it has begun to come: others may follow.</summary>
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

    /// <summary>Learns how a connection did that has brought what it was asked for.</summary>
    public void Learn(Connection connection)
    {
        lock (_gate)
        {
            _pace.Observe(connection.Waited, connection.Bytes, connection.Age);
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
        bool kept = _hash.TryKeep(block, buffer);
        _hash.Continue();
        CutRacers(block);
        return kept;
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
        _hash.Dispose();
        _partial.Dispose();
        _lock?.Dispose();
    }

    private Segment Add(Segment segment)
    {
        _segments.Add(segment);
        return segment;
    }

    /// <summary>
    /// Whether a block is so far ahead of those that have come in order that it can wait: the connection that brings the first missing
    /// one then gets what the line and this machine can do. It is waited for only while it delivers.
    /// </summary>
    private bool IsFarAhead(int block, int distance)
    {
        while (_firstMissing < Blocks.Count && Blocks.IsWritten(_firstMissing))
        {
            _firstMissing++;
        }

        return block - _firstMissing > distance
            && _segments.Exists(s => s.Next <= _firstMissing && _firstMissing < s.End && s.Connection is { Quiet: < 1 });
    }

    private void Refetch(int block)
    {
        Blocks.Clear(block);
        Interlocked.Add(ref DoneBytes, -Blocks.Length(block));
        lock (_gate)
        {
            AddMissing(block);
        }

        _onWork();
    }

    private void AddMissing(int block)
    {
        _firstMissing = Math.Min(_firstMissing, block);
        int at = _unassigned.FindIndex(range => range.First > block);
        at = at < 0 ? _unassigned.Count : at;
        if (at > 0 && _unassigned[at - 1].End == block)
        {
            _unassigned[at - 1] = (_unassigned[at - 1].First, block + 1);
        }
        else
        {
            _unassigned.Insert(at, (block, block + 1));
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
