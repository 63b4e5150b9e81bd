using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Snug.Inference;

/// <summary>The K types for four tokens together: numbers, scales and minima of the weights are unpacked once for all of them.</summary>
internal static unsafe partial class PackedKernel<TDot>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourTokensQ4K(byte* group, QuantizedRows x, Vector256<float>* sums)
    {
        Vector256<float> t0 = Vector256<float>.Zero, t1 = t0, t2 = t0, t3 = t0;
        Vector256<byte> mask = Vector256.Create((byte)15);
        int supers = x.Columns / PackedRows.SuperBlock;
        int stride = x.Columns / 4;
        int* columns = (int*)x.Numbers;
        for (int super = 0; super < supers; super++, group += PackedRows.Numbers + 1024)
        {
            byte* numbers = group + PackedRows.Numbers;
            for (int sub = 0; sub < 8; sub++, columns += 8)
            {
                // Two sub-blocks share bytes; each reads them once, to have few sums at a time.
                byte* at = numbers + (sub / 2 * 256);
                int shift = sub % 2 * 4;
                Vector256<int> s0 = Vector256<int>.Zero, s1 = s0, s2 = s0, s3 = s0;
                for (int step = 0; step < 8; step++, at += 32)
                {
                    Vector256<byte> w = (Vector256.Load(at).AsUInt16() >> shift).AsByte() & mask;
                    s0 = TDot.AddSmall(s0, w, Spread(columns + step));
                    s1 = TDot.AddSmall(s1, w, Spread(columns + stride + step));
                    s2 = TDot.AddSmall(s2, w, Spread(columns + (2 * stride) + step));
                    s3 = TDot.AddSmall(s3, w, Spread(columns + (3 * stride) + step));
                }

                int block = (super * 8) + sub;
                (Vector256<float> scale, Vector256<float> minimum) = SubBlockScales(group, sub);
                t0 = AddSubBlock(t0, TDot.Widen(s0), scale, minimum, x, block, 0);
                t1 = AddSubBlock(t1, TDot.Widen(s1), scale, minimum, x, block, 1);
                t2 = AddSubBlock(t2, TDot.Widen(s2), scale, minimum, x, block, 2);
                t3 = AddSubBlock(t3, TDot.Widen(s3), scale, minimum, x, block, 3);
            }
        }

        (sums[0], sums[1], sums[2], sums[3]) = (t0, t1, t2, t3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourTokensQ5K(byte* group, QuantizedRows x, Vector256<float>* sums)
    {
        Vector256<float> t0 = Vector256<float>.Zero, t1 = t0, t2 = t0, t3 = t0;
        int supers = x.Columns / PackedRows.SuperBlock;
        int stride = x.Columns / 4;
        int* columns = (int*)x.Numbers;
        for (int super = 0; super < supers; super++, group += PackedRows.Numbers + 2048)
        {
            byte* numbers = group + PackedRows.Numbers;
            for (int sub = 0; sub < 8; sub++, numbers += 256, columns += 8)
            {
                // Numbers up to 31: four steps fit.
                Vector256<int> s0 = Vector256<int>.Zero, s1 = s0, s2 = s0, s3 = s0;
                for (int half = 0; half < 8; half += 4)
                {
                    Vector256<int> h0 = Vector256<int>.Zero, h1 = h0, h2 = h0, h3 = h0;
                    for (int step = half; step < half + 4; step++)
                    {
                        Vector256<byte> w = Vector256.Load(numbers + (step * 32));
                        h0 = TDot.AddSmall(h0, w, Spread(columns + step));
                        h1 = TDot.AddSmall(h1, w, Spread(columns + stride + step));
                        h2 = TDot.AddSmall(h2, w, Spread(columns + (2 * stride) + step));
                        h3 = TDot.AddSmall(h3, w, Spread(columns + (3 * stride) + step));
                    }

                    s0 += TDot.Widen(h0);
                    s1 += TDot.Widen(h1);
                    s2 += TDot.Widen(h2);
                    s3 += TDot.Widen(h3);
                }

                int block = (super * 8) + sub;
                (Vector256<float> scale, Vector256<float> minimum) = SubBlockScales(group, sub);
                t0 = AddSubBlock(t0, s0, scale, minimum, x, block, 0);
                t1 = AddSubBlock(t1, s1, scale, minimum, x, block, 1);
                t2 = AddSubBlock(t2, s2, scale, minimum, x, block, 2);
                t3 = AddSubBlock(t3, s3, scale, minimum, x, block, 3);
            }
        }

        (sums[0], sums[1], sums[2], sums[3]) = (t0, t1, t2, t3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourTokensQ6K(byte* group, QuantizedRows x, Vector256<float>* sums)
    {
        Vector256<float> t0 = Vector256<float>.Zero, t1 = t0, t2 = t0, t3 = t0;
        int supers = x.Columns / PackedRows.SuperBlock;
        int stride = x.Columns / 4;
        int blocks = x.Columns / PackedRows.Block;
        int* columns = (int*)x.Numbers;
        for (int super = 0; super < supers; super++, group += PackedRows.Q6Numbers + 2048)
        {
            Vector256<float> whole = Lanes256.LoadHalf((ushort*)group);
            byte* numbers = group + PackedRows.Q6Numbers;
            for (int sub = 0; sub < 16; sub++, numbers += 128, columns += 4)
            {
                // Numbers up to 63: two steps fit.
                Vector256<byte> w0 = Vector256.Load(numbers);
                Vector256<byte> w1 = Vector256.Load(numbers + 32);
                Vector256<byte> w2 = Vector256.Load(numbers + 64);
                Vector256<byte> w3 = Vector256.Load(numbers + 96);
                int place = (super * 16) + sub;
                Vector256<float> scale = SignedBytes(group + PackedRows.Q6SubScales + (sub * 8)) * whole;
                t0 = Add(t0, Sixteen(w0, w1, w2, w3, columns, x.Sums[place]), scale, x.Scales[place / 2]);
                t1 = Add(t1, Sixteen(w0, w1, w2, w3, columns + stride, x.Sums[(2 * blocks) + place]), scale, x.Scales[blocks + (place / 2)]);
                t2 = Add(t2, Sixteen(w0, w1, w2, w3, columns + (2 * stride), x.Sums[(4 * blocks) + place]), scale, x.Scales[(2 * blocks) + (place / 2)]);
                t3 = Add(t3, Sixteen(w0, w1, w2, w3, columns + (3 * stride), x.Sums[(6 * blocks) + place]), scale, x.Scales[(3 * blocks) + (place / 2)]);
            }
        }

        (sums[0], sums[1], sums[2], sums[3]) = (t0, t1, t2, t3);
    }

    /// <summary>Products of sixteen columns of Q6_K, whose numbers are 32 too high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Sixteen(Vector256<byte> w0, Vector256<byte> w1, Vector256<byte> w2, Vector256<byte> w3, int* columns, int sum)
    {
        Vector256<int> first = TDot.AddSmall(Vector256<int>.Zero, w0, Spread(columns));
        first = TDot.AddSmall(first, w1, Spread(columns + 1));
        Vector256<int> second = TDot.AddSmall(Vector256<int>.Zero, w2, Spread(columns + 2));
        second = TDot.AddSmall(second, w3, Spread(columns + 3));
        return TDot.Widen(first) + TDot.Widen(second) - Vector256.Create(32 * sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Scale, Vector256<float> Minimum) SubBlockScales(byte* group, int sub) => (
        UnsignedBytes(group + PackedRows.SubScales + (sub * 8)) * Lanes256.LoadHalf((ushort*)group),
        UnsignedBytes(group + PackedRows.SubMinima + (sub * 8)) * Lanes256.LoadHalf((ushort*)group + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> AddSubBlock(
        Vector256<float> total, Vector256<int> sum, Vector256<float> scale, Vector256<float> minimum, QuantizedRows x, int block, int token)
    {
        int at = (token * (x.Columns / PackedRows.Block)) + block;
        float offset = x.Scales[at] * (x.Sums[2 * at] + x.Sums[(2 * at) + 1]);
        total = Add(total, sum, scale, x.Scales[at]);
        return Vector256.MultiplyAddEstimate(minimum, Vector256.Create(-offset), total);
    }
}
