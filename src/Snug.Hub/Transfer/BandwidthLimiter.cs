namespace Snug.Hub;

/// <summary>Holds the bytes of all connections of one download under a rate.</summary>
internal sealed class BandwidthLimiter(long? bytesPerSecond, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _next = time.GetTimestamp();

    /// <summary>Waits until the bytes just received fit under the limit.</summary>
    public ValueTask AccountAsync(int bytes, CancellationToken cancellationToken)
    {
        if (bytesPerSecond is not { } limit)
        {
            return ValueTask.CompletedTask;
        }

        TimeSpan wait;
        lock (_gate)
        {
            long now = time.GetTimestamp();
            _next = Math.Max(_next, now) + (long)(bytes * (double)time.TimestampFrequency / limit);
            wait = time.GetElapsedTime(now, _next);
        }

        // Short debts are carried over: timers are not finer than some milliseconds.
        return wait < TimeSpan.FromMilliseconds(20) ? ValueTask.CompletedTask : new ValueTask(Task.Delay(wait, time, cancellationToken));
    }
}
