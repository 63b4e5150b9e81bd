namespace Snug.Inference.Tests;

/// <summary>How much managed memory something takes.</summary>
internal static class Allocation
{
    private const int Runs = 5;

    /// <summary>
    /// Bytes that an action allocates on this thread, the least of several runs: when other tests make the collector run in between, it counts
    /// what was left of the thread's allocation buffer, up to 8 KiB.
    /// </summary>
    public static long LeastOf(Action action)
    {
        long least = long.MaxValue;
        for (int run = 0; run < Runs; run++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
