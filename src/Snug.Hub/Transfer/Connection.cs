namespace Snug.Hub;

/// <summary>One response body being received: its pulse for the watchdog, and the means to cut it.</summary>
internal sealed class Connection(TimeProvider time, CancellationToken outer) : IDisposable
{
    private readonly CancellationTokenSource _cut = CancellationTokenSource.CreateLinkedTokenSource(outer);
    private readonly long _opened = time.GetTimestamp();
    private long _bytes;
    private long _seenBytes;
    private long _lastPulse = time.GetTimestamp();
    private long _windowStart = time.GetTimestamp();
    private long _windowBytes;

    /// <summary>Cancelled when the connection is cut or the download is.</summary>
    public CancellationToken Token => _cut.Token;

    /// <summary>The name of the time-out that cut the connection, if one did.</summary>
    public string? TimedOut { get; private set; }

    /// <summary>Bytes received.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Seconds since the connection was opened.</summary>
    public double Age => time.GetElapsedTime(_opened).TotalSeconds;

    /// <summary>Seconds since bytes arrived, as of the watchdog's last look.</summary>
    public double Quiet => time.GetElapsedTime(Volatile.Read(ref _lastPulse)).TotalSeconds;

    /// <summary>Whether headers have come; until then their own time-out rules.</summary>
    public bool Receiving { get; private set; }

    /// <summary>Seconds from the request to its answer, making the connection included where it was new.</summary>
    public double Waited { get; private set; }

    /// <summary>The body begins.</summary>
    public void Begin()
    {
        long now = time.GetTimestamp();
        Volatile.Write(ref _lastPulse, now);
        _windowStart = now;
        Waited = Age;
        Receiving = true;
    }

    public void Received(int bytes) => Volatile.Write(ref _bytes, _bytes + bytes);

    /// <summary>The watchdog's look, several times a second: cuts a connection that is silent or trickles.</summary>
    public void Watch(TimeSpan idleTimeout, long minimumThroughput, TimeSpan window)
    {
        if (!Receiving)
        {
            return;
        }

        long now = time.GetTimestamp();
        long bytes = Bytes;
        if (bytes != _seenBytes)
        {
            _seenBytes = bytes;
            Volatile.Write(ref _lastPulse, now);
        }
        else if (time.GetElapsedTime(_lastPulse, now) > idleTimeout)
        {
            Cut("idle");
            return;
        }

        if (minimumThroughput > 0 && time.GetElapsedTime(_windowStart, now) >= window)
        {
            if (bytes - _windowBytes < minimumThroughput * window.TotalSeconds)
            {
                Cut("minimum throughput");
                return;
            }

            _windowStart = now;
            _windowBytes = bytes;
        }
    }

    /// <summary>Cuts the connection; the reason is <see langword="null"/> when its bytes are simply not needed any more.</summary>
    public void Cut(string? timeout = null)
    {
        TimedOut ??= timeout;
        try
        {
            _cut.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The body ended at the same moment.
        }
    }

    public void Dispose() => _cut.Dispose();
}
