using System.Diagnostics;
using System.Numerics;

namespace Snug.Bench;

/// <summary>How fast this process reads memory far larger than its caches: the bound of generation.</summary>
internal static class ReadBandwidth
{
    private const int Length = 1 << 27;
    private static readonly ulong[] Memory = new ulong[Length];

    /// <summary>Bytes a second; the best of some passes.</summary>
    public static double Measure(int threads)
    {
        Memory.AsSpan().Fill(1);
        double best = 0;
        for (int pass = 0; pass < 4; pass++)
        {
            long start = Stopwatch.GetTimestamp();
            ulong[] sums = new ulong[threads];
            Thread[] workers = [.. Enumerable.Range(0, threads).Select(i => new Thread(() => sums[i] = Sum((int)((long)Length * i / threads), (int)((long)Length * (i + 1) / threads))))];
            foreach (Thread worker in workers)
            {
                worker.Start();
            }

            foreach (Thread worker in workers)
            {
                worker.Join();
            }

            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            best = Math.Max(best, sums.Aggregate(0UL, (a, b) => a + b) == Length ? Length * sizeof(ulong) / seconds : 0);
        }

        return best;
    }

    private static ulong Sum(int first, int end)
    {
        ReadOnlySpan<ulong> part = Memory.AsSpan(first, end - first);
        Vector<ulong> a = default, b = default, c = default, d = default;
        int step = 4 * Vector<ulong>.Count;
        int i = 0;
        for (; i <= part.Length - step; i += step)
        {
            a += new Vector<ulong>(part[i..]);
            b += new Vector<ulong>(part[(i + Vector<ulong>.Count)..]);
            c += new Vector<ulong>(part[(i + (2 * Vector<ulong>.Count))..]);
            d += new Vector<ulong>(part[(i + (3 * Vector<ulong>.Count))..]);
        }

        return Vector.Sum(a + b + c + d);
    }
}
