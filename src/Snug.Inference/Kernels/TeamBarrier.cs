namespace Snug.Inference;

/// <summary>
/// Where the threads of a team wait for each other between two steps of a forward pass. They spin for some microseconds, which is how long
/// a step's stragglers take on idle cores, and then park, so that busy machines and fewer cores than threads cost time but never collapse.
/// </summary>
internal sealed class TeamBarrier(int members)
{
    /// <summary>Spins before parking: about 20 microseconds.</summary>
    private const int SpinLimit = 1_000;

    private readonly object _parking = new();
    private int _arrived;
    private int _generation;
    private int _parked;
    private volatile bool _broken;

    /// <summary>Returns when every member has called it.</summary>
    /// <exception cref="TeamBrokenException">A member failed and will not come.</exception>
    public void Wait()
    {
        if (members == 1)
        {
            return;
        }

        int generation = Volatile.Read(ref _generation);
        if (Interlocked.Increment(ref _arrived) == members)
        {
            Volatile.Write(ref _arrived, 0);
            Release();
        }
        else
        {
            WaitForRelease(generation);
        }

        if (_broken)
        {
            throw new TeamBrokenException();
        }
    }

    /// <summary>Lets everybody go with an exception.</summary>
    public void Break()
    {
        _broken = true;
        Release();
    }

    /// <summary>Makes a broken barrier usable again; nobody may be waiting.</summary>
    public void Mend()
    {
        _broken = false;
        _arrived = 0;
    }

    private void Release()
    {
        // A full fence: the parked count is read after the generation is seen, or the waiter sees the generation.
        Interlocked.Increment(ref _generation);
        if (Volatile.Read(ref _parked) > 0)
        {
            lock (_parking)
            {
                Monitor.PulseAll(_parking);
            }
        }
    }

    private void WaitForRelease(int generation)
    {
        for (int spin = 0; spin < SpinLimit; spin++)
        {
            if (Volatile.Read(ref _generation) != generation || _broken)
            {
                return;
            }

            Thread.SpinWait(1);
        }

        lock (_parking)
        {
            Interlocked.Increment(ref _parked);
            while (Volatile.Read(ref _generation) == generation && !_broken)
            {
                Monitor.Wait(_parking);
            }

            Interlocked.Decrement(ref _parked);
        }
    }
}
