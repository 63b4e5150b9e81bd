namespace Snug.Hub;

/// <summary>A stretch of blocks of one file that one connection fetches from front to back. Its end moves when another connection takes over the rest.</summary>
internal sealed class Segment(LargeFile file, int first, int end)
{
    private int _end = end;
    private int _next = first;

    public LargeFile File { get; } = file;

    /// <summary>The next block to fetch.</summary>
    public int Next
    {
        get => Volatile.Read(ref _next);
        set => Volatile.Write(ref _next, value);
    }

    /// <summary>The block after the last one.</summary>
    public int End
    {
        get => Volatile.Read(ref _end);
        set => Volatile.Write(ref _end, value);
    }

    /// <summary>The connection at work, for the watchdog and for takeovers.</summary>
    public Connection? Connection { get; set; }

    /// <summary>Whether another connection races for the same blocks.</summary>
    public bool Hedged { get; set; }

    public int Remaining => Math.Max(0, End - Next);

    /// <summary>Seconds until the segment ends at its present rate.</summary>
    public double ExpectedSeconds()
    {
        if (Connection is not { } connection)
        {
            return 0;
        }

        double rate = connection.Bytes / Math.Max(connection.Age, 0.001);
        double left = (double)Remaining * BlockPool.BlockSize;
        return connection.Quiet > 1 ? connection.Quiet * 10 : rate > 0 ? left / rate : connection.Age;
    }
}
