using System.Runtime.CompilerServices;

namespace Snug.Inference;

/// <summary>
/// The two products of attention. Up to four queries share each key and value that is loaded: the heads of a group when one token is
/// generated, tokens as well when a prompt is read.
/// </summary>
internal static unsafe class AttentionKernel<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>Bytes of the values of one position that <see cref="SumTile"/> adds up.</summary>
    private static int TileBytes => 2 * TLanes.Count * sizeof(float);

    /// <summary>Numbers of a part of the values that <see cref="WeightedSum"/> takes at once: two of them fit into the first cache.</summary>
    private const int PartNumbers = 2048;

    public static void Scores(float** queries, int count, float* keys, int headSize, int blocks, float scale, float* scores, int scoreStride)
    {
        // Unused queries repeat the last one; their results are not stored.
        float* q0 = queries[0];
        float* q1 = queries[Math.Min(1, count - 1)];
        float* q2 = queries[Math.Min(2, count - 1)];
        float* q3 = queries[Math.Min(3, count - 1)];
        for (int block = 0; block < blocks; block++, keys += headSize * Kernels.KeyBlock, scores += Kernels.KeyBlock)
        {
            for (int p = 0; p < Kernels.KeyBlock; p += TLanes.Count)
            {
                if (count == 1)
                {
                    OneQuery(q0, keys + p, headSize, scale, scores + p);
                }
                else
                {
                    FourQueries(q0, q1, q2, q3, count, keys + p, headSize, scale, scores + p, scoreStride);
                }
            }
        }
    }

    public static void WeightedSum(float* weights, int weightStride, int count, float* values, int headSize, int positions, float** outputs)
    {
        int d = 0;
        int part = Math.Max(4, PartNumbers / headSize);
        for (int start = 0; start == 0 || start < positions; start += part)
        {
            // While one part of the values is added up, tile by tile, the next one is fetched, line by line.
            byte* next = (byte*)(values + ((long)(start + part) * headSize));
            int length = Math.Min(part, positions - start);
            for (d = 0; d <= headSize - (2 * TLanes.Count); d += 2 * TLanes.Count, next += (long)part * TileBytes)
            {
                SumTile(weights + start, weightStride, count, values + ((long)start * headSize) + d, headSize, length, outputs, d, start > 0, next);
            }
        }

        for (; d < headSize; d++)
        {
            for (int i = 0; i < count; i++)
            {
                float sum = 0;
                for (int p = 0; p < positions; p++)
                {
                    sum += weights[((long)i * weightStride) + p] * values[((long)p * headSize) + d];
                }

                outputs[i][d] = sum;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneQuery(float* q, float* keys, int headSize, float scale, float* scores)
    {
        TVector even = TLanes.Zero;
        TVector odd = TLanes.Zero;
        int d = 0;
        for (; d <= headSize - 2; d += 2, keys += 2 * Kernels.KeyBlock)
        {
            Prefetch.Bytes((byte*)(keys + (headSize * Kernels.KeyBlock)), 2 * Kernels.KeyBlock * sizeof(float));
            even = TLanes.MultiplyAdd(TLanes.Broadcast(q[d]), TLanes.Load(keys), even);
            odd = TLanes.MultiplyAdd(TLanes.Broadcast(q[d + 1]), TLanes.Load(keys + Kernels.KeyBlock), odd);
        }

        if (d < headSize)
        {
            even = TLanes.MultiplyAdd(TLanes.Broadcast(q[d]), TLanes.Load(keys), even);
        }

        TLanes.Store(TLanes.Multiply(TLanes.Add(even, odd), TLanes.Broadcast(scale)), scores);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourQueries(
        float* q0, float* q1, float* q2, float* q3, int count, float* keys, int headSize, float scale, float* scores, int scoreStride)
    {
        TVector s0 = TLanes.Zero, s1 = s0, s2 = s0, s3 = s0;
        for (int d = 0; d < headSize; d++, keys += Kernels.KeyBlock)
        {
            Prefetch.Bytes((byte*)(keys + (headSize * Kernels.KeyBlock)), Kernels.KeyBlock * sizeof(float));
            TVector key = TLanes.Load(keys);
            s0 = TLanes.MultiplyAdd(TLanes.Broadcast(q0[d]), key, s0);
            s1 = TLanes.MultiplyAdd(TLanes.Broadcast(q1[d]), key, s1);
            s2 = TLanes.MultiplyAdd(TLanes.Broadcast(q2[d]), key, s2);
            s3 = TLanes.MultiplyAdd(TLanes.Broadcast(q3[d]), key, s3);
        }

        TVector factor = TLanes.Broadcast(scale);
        TLanes.Store(TLanes.Multiply(s0, factor), scores);
        TLanes.Store(TLanes.Multiply(s1, factor), scores + scoreStride);
        if (count > 2)
        {
            TLanes.Store(TLanes.Multiply(s2, factor), scores + (2L * scoreStride));
        }

        if (count > 3)
        {
            TLanes.Store(TLanes.Multiply(s3, factor), scores + (3L * scoreStride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumTile(
        float* weights, int weightStride, int count, float* values, int headSize, int positions, float** outputs, int d, bool add, byte* next)
    {
        float* w1 = weights + ((long)Math.Min(1, count - 1) * weightStride);
        float* w2 = weights + ((long)Math.Min(2, count - 1) * weightStride);
        float* w3 = weights + ((long)Math.Min(3, count - 1) * weightStride);
        TVector a0 = TLanes.Zero, a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
        if (add)
        {
            (a0, a1) = Get(outputs[0] + d);
            (b0, b1) = Get(outputs[Math.Min(1, count - 1)] + d);
            (c0, c1) = Get(outputs[Math.Min(2, count - 1)] + d);
            (d0, d1) = Get(outputs[Math.Min(3, count - 1)] + d);
        }

        for (int p = 0; p < positions; p++, values += headSize, next += TileBytes)
        {
            Prefetch.Bytes(next, TileBytes);
            TVector u = TLanes.Load(values);
            TVector v = TLanes.Load(values + TLanes.Count);
            TVector w = TLanes.Broadcast(weights[p]);
            a0 = TLanes.MultiplyAdd(w, u, a0);
            a1 = TLanes.MultiplyAdd(w, v, a1);
            w = TLanes.Broadcast(w1[p]);
            b0 = TLanes.MultiplyAdd(w, u, b0);
            b1 = TLanes.MultiplyAdd(w, v, b1);
            w = TLanes.Broadcast(w2[p]);
            c0 = TLanes.MultiplyAdd(w, u, c0);
            c1 = TLanes.MultiplyAdd(w, v, c1);
            w = TLanes.Broadcast(w3[p]);
            d0 = TLanes.MultiplyAdd(w, u, d0);
            d1 = TLanes.MultiplyAdd(w, v, d1);
        }

        Put(outputs[0] + d, a0, a1);
        if (count > 1)
        {
            Put(outputs[1] + d, b0, b1);
        }

        if (count > 2)
        {
            Put(outputs[2] + d, c0, c1);
        }

        if (count > 3)
        {
            Put(outputs[3] + d, d0, d1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TVector Low, TVector High) Get(float* output) => (TLanes.Load(output), TLanes.Load(output + TLanes.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* output, TVector low, TVector high)
    {
        TLanes.Store(low, output);
        TLanes.Store(high, output + TLanes.Count);
    }
}
