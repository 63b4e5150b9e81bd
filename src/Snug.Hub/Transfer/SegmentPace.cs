namespace Snug.Hub;

/// <summary>How long a stretch of a file one request should ask for, from how the requests before it did.</summary>
/// <remarks>Pure arithmetic, so that it can be tested without a network or a clock.</remarks>
internal sealed class SegmentPace
{
    /// <summary>Receiving a stretch should take this many times as long as its request waits for the answer.</summary>
    private const double WaitsPerSegment = 4;

    private const int MinBytes = 1024 * 1024;
    private const int UsualBytes = 4 * 1024 * 1024;
    private const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>What a measurement counts for beside the next one.</summary>
    private const double Memory = 0.95;

    private double _bytes;
    private double _seconds;
    private double _wait = double.MaxValue;

    /// <summary>Takes the measurement of a request.</summary>
    /// <param name="wait">Seconds to the answer.</param>
    /// <param name="bytes">What it brought.</param>
    /// <param name="seconds">The time it took in all.</param>
    public void Observe(double wait, long bytes, double seconds)
    {
        // The shortest of late: a request that had to make its connection waited longer than the next one on it will.
        _wait = Math.Min(wait, _wait / Memory);
        _bytes = (_bytes * Memory) + bytes;
        _seconds = (_seconds * Memory) + seconds;
    }

    /// <summary>The blocks of the shortest stretch that is worth a request, and those of a usual one.</summary>
    public (int Shortest, int Usual) Blocks()
    {
        double whileWaiting = _seconds > 0 ? _wait * _bytes / _seconds : 0;
        double shortest = Math.Clamp(whileWaiting, MinBytes, MaxBytes);
        double usual = Math.Clamp(WaitsPerSegment * whileWaiting, UsualBytes, MaxBytes);
        return (InBlocks(Math.Min(shortest, usual)), InBlocks(usual));
    }

    private static int InBlocks(double bytes) => (int)Math.Round(bytes / BlockPool.BlockSize);
}
