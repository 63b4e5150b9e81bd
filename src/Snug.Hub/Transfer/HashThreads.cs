namespace Snug.Hub;

/// <summary>
/// The threads that hash large files behind the connections. They are their own: on the pool's few threads connections whose next bytes are
/// always there would go first, and everything would be left to hash when the last byte has come.
/// </summary>
internal sealed class HashThreads : IDisposable
{
    private static readonly int MaxThreads = Math.Min(4, Environment.ProcessorCount);

    private readonly object _gate = new();
    private readonly Queue<OrderedHash> _ready = new();
    private readonly List<Thread> _threads = [];
    private int _idle;
    private bool _ended;

    /// <summary>Hands over a file of which a block can be hashed.</summary>
    public void Add(OrderedHash file)
    {
        lock (_gate)
        {
            _ready.Enqueue(file);
            if (_idle >= _ready.Count || _threads.Count == MaxThreads)
            {
                Monitor.Pulse(_gate);
                return;
            }

            Thread thread = new(Work) { IsBackground = true, Name = "snug hashing" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>Ends the threads; what they have not begun stays undone.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Work()
    {
        byte[] scratch = GC.AllocateUninitializedArray<byte>(BlockPool.BlockSize);
        while (Next() is { } file)
        {
            if (file.HashSome(scratch))
            {
                // Whoever waits comes first; it needs no other thread.
                lock (_gate)
                {
                    _ready.Enqueue(file);
                }
            }
        }
    }

    private OrderedHash? Next()
    {
        lock (_gate)
        {
            _idle++;
            while (!_ended && _ready.Count == 0)
            {
                Monitor.Wait(_gate);
            }

            _idle--;
            return _ended ? null : _ready.Dequeue();
        }
    }
}
