using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Snug.Bench;

/// <summary>How fast this process reads memory far larger than its caches: the bound of generation.</summary>
internal static class ReadBandwidth
{
    private const int Length = 1 << 27;

    /// <summary>Numbers that are asked for before they are read: 2 KB.</summary>
    private const int Ahead = 256;
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

    private static unsafe void Prefetch(ref readonly ulong place)
    {
        // Nothing is read: that the collector may move the array meanwhile does no harm.
        Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in place)));
    }

    private static ulong Sum(int first, int end)
    {
        ReadOnlySpan<ulong> part = Memory.AsSpan(first, end - first);
        Vector<ulong> a = default, b = default, c = default, d = default;
        int step = 4 * Vector<ulong>.Count;
        int i = 0;
        for (; i <= part.Length - step; i += step)
        {
            // Ahead of the reads, as the kernels do it: without, one core does not reach what memory can give it.
            if (Sse.IsSupported && i + Ahead + step <= part.Length)
            {
                Prefetch(in part[i + Ahead]);
                Prefetch(in part[i + Ahead + (step / 2)]);
            }

            a += new Vector<ulong>(part[i..]);
            b += new Vector<ulong>(part[(i + Vector<ulong>.Count)..]);
            c += new Vector<ulong>(part[(i + (2 * Vector<ulong>.Count))..]);
            d += new Vector<ulong>(part[(i + (3 * Vector<ulong>.Count))..]);
        }

        return Vector.Sum(a + b + c + d);
    }
}
