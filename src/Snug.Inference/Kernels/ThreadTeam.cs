using System.Runtime.ExceptionServices;

namespace Snug.Inference;

/// <summary>
/// Threads that run the same job together, each with its own number; the calling thread is number 0. Between jobs the others spin for a
/// moment (the next token comes soon) and then park.
/// </summary>
internal sealed class ThreadTeam : IDisposable
{
    /// <summary>Spins before a thread parks between jobs: about 50 microseconds.</summary>
    private const int SpinLimit = 2_500;

    private readonly object _parking = new();
    private readonly Thread[] _threads;
    private Action<int>? _job;
    private int _jobNumber;
    private int _running;
    private int _parked;
    private volatile bool _stopped;
    private ExceptionDispatchInfo? _failure;

    public ThreadTeam(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Size = size;
        Barrier = new TeamBarrier(size);
        _threads = new Thread[size - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int member = i + 1;
            _threads[i] = new Thread(() => Loop(member)) { IsBackground = true, Name = $"snug inference {member}" };
            _threads[i].Start();
        }
    }

    /// <summary>Number of threads, the caller's included.</summary>
    public int Size { get; }

    /// <summary>Where the members wait for each other within a job.</summary>
    public TeamBarrier Barrier { get; }

    /// <summary>Cores that this process may use, by affinity and container limits.</summary>
    public static int AvailableCores => Environment.ProcessorCount;

    /// <summary>Runs a job on all members and returns when all are done. Not for several callers at a time.</summary>
    public void Run(Action<int> job)
    {
        ObjectDisposedException.ThrowIf(_stopped, this);
        if (Size == 1)
        {
            job(0);
            return;
        }

        _job = job;
        Volatile.Write(ref _running, Size - 1);
        Interlocked.Increment(ref _jobNumber);
        if (Volatile.Read(ref _parked) > 0)
        {
            lock (_parking)
            {
                Monitor.PulseAll(_parking);
            }
        }

        RunGuarded(job, 0);
        SpinWait spinner = default;
        while (Volatile.Read(ref _running) != 0)
        {
            spinner.SpinOnce(sleep1Threshold: -1);
        }

        if (_failure is { } failure)
        {
            _failure = null;
            Barrier.Mend();
            failure.Throw();
        }
    }

    public void Dispose()
    {
        _stopped = true;
        lock (_parking)
        {
            Monitor.PulseAll(_parking);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Loop(int member)
    {
        int seen = 0;
        while (WaitForJob(seen))
        {
            seen = Volatile.Read(ref _jobNumber);
            RunGuarded(_job!, member);
            Interlocked.Decrement(ref _running);
        }
    }

    private bool WaitForJob(int seen)
    {
        for (int spin = 0; spin < SpinLimit; spin++)
        {
            if (_stopped || Volatile.Read(ref _jobNumber) != seen)
            {
                return !_stopped;
            }

            Thread.SpinWait(1);
        }

        lock (_parking)
        {
            Interlocked.Increment(ref _parked);
            while (!_stopped && Volatile.Read(ref _jobNumber) == seen)
            {
                Monitor.Wait(_parking);
            }

            Interlocked.Decrement(ref _parked);
        }

        return !_stopped;
    }

    private void RunGuarded(Action<int> job, int member)
    {
        try
        {
            job(member);
        }
        catch (TeamBrokenException)
        {
            // The member that broke the barrier reports.
        }
#pragma warning disable CA1031 // The exception is thrown again by Run, on the caller's thread.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            Barrier.Break();
        }
    }
}
