using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Snug.Inference;

/// <summary>Products of packed weights with activations that were rounded to bytes; sums of a block are exact, blocks are added in single precision.</summary>
internal static unsafe partial class PackedKernel<TDot>
    where TDot : struct, IByteDot
{
    private const int TokenTile = 4;

    /// <summary>Rows from <paramref name="firstRow"/>, the first of a group, to <paramref name="endRow"/>, for all tokens.</summary>
    public static void Multiply(TensorType type, byte* weights, int firstRow, int endRow, QuantizedRows x, int tokens, float* y, int yStride)
    {
        long groupBytes = PackedRows.GroupBytes(type, x.Columns);
        Vector256<float>* sums = stackalloc Vector256<float>[TokenTile];
        for (int row = firstRow; row < endRow; row += PackedRows.Group)
        {
            byte* group = weights + (row / PackedRows.Group * groupBytes);
            int rows = Math.Min(PackedRows.Group, endRow - row);
            int token = 0;
            for (; token <= tokens - TokenTile; token += TokenTile)
            {
                FourTokens(type, group, x.From(token), sums);
                for (int i = 0; i < TokenTile; i++)
                {
                    Store(sums[i], y + ((long)(token + i) * yStride) + row, rows);
                }
            }

            for (; token < tokens; token++)
            {
                QuantizedRows one = x.From(token);
                Vector256<float> sum = type switch
                {
                    TensorType.Q8_0 => OneTokenQ8(group, one),
                    TensorType.Q4_0 => OneTokenQ4(group, one),
                    TensorType.Q4_K => OneTokenQ4K(group, one),
                    TensorType.Q5_K => OneTokenQ5K(group, one),
                    _ => OneTokenQ6K(group, one),
                };
                Store(sum, y + ((long)token * yStride) + row, rows);
            }
        }
    }

    private static void FourTokens(TensorType type, byte* group, QuantizedRows x, Vector256<float>* sums)
    {
        switch (type)
        {
            case TensorType.Q8_0:
                FourTokensQ8(group, x, sums);
                break;
            case TensorType.Q4_0:
                FourTokensQ4(group, x, sums);
                break;
            case TensorType.Q4_K:
                FourTokensQ4K(group, x, sums);
                break;
            case TensorType.Q5_K:
                FourTokensQ5K(group, x, sums);
                break;
            default:
                FourTokensQ6K(group, x, sums);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> sum, float* y, int rows)
    {
        if (rows == PackedRows.Group)
        {
            sum.Store(y);
            return;
        }

        for (int i = 0; i < rows; i++)
        {
            y[i] = sum[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<float> OneTokenQ8(byte* group, QuantizedRows x)
    {
        Vector256<float> total = Vector256<float>.Zero;
        int blocks = x.Columns / PackedRows.Block;
        int* columns = (int*)x.Numbers;
        for (int block = 0; block < blocks; block++, group += 272, columns += 8)
        {
            Prefetch.Ahead(group, 256);
            Vector256<int> even = TDot.StartSigned(x.Sums[2 * block] + x.Sums[(2 * block) + 1]);
            Vector256<int> odd = Vector256<int>.Zero;
            even = Signed(even, group + 16, columns);
            odd = Signed(odd, group + 48, columns + 1);
            even = Signed(even, group + 80, columns + 2);
            odd = Signed(odd, group + 112, columns + 3);
            even = Signed(even, group + 144, columns + 4);
            odd = Signed(odd, group + 176, columns + 5);
            even = Signed(even, group + 208, columns + 6);
            odd = Signed(odd, group + 240, columns + 7);
            total = Add(total, even + odd, Lanes256.LoadHalf((ushort*)group), x.Scales[block]);
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourTokensQ8(byte* group, QuantizedRows x, Vector256<float>* sums)
    {
        Vector256<float> t0 = Vector256<float>.Zero, t1 = t0, t2 = t0, t3 = t0;
        int blocks = x.Columns / PackedRows.Block;
        int stride = x.Columns / 4;
        int* x0 = (int*)x.Numbers;
        float* scales = x.Scales;
        int* offsets = x.Sums;
        for (int block = 0; block < blocks; block++, group += 272, x0 += 8, offsets += 2)
        {
            Vector256<int> s0 = TDot.StartSigned(offsets[0] + offsets[1]);
            Vector256<int> s1 = TDot.StartSigned(offsets[2 * blocks] + offsets[(2 * blocks) + 1]);
            Vector256<int> s2 = TDot.StartSigned(offsets[4 * blocks] + offsets[(4 * blocks) + 1]);
            Vector256<int> s3 = TDot.StartSigned(offsets[6 * blocks] + offsets[(6 * blocks) + 1]);
            int* at = x0;
            for (byte* weights = group + 16; weights < group + 272; weights += 32, at++)
            {
                Vector256<sbyte> w = Vector256.Load((sbyte*)weights);
                Vector256<byte> prepared = TDot.Prepare(w);
                s0 = TDot.AddSigned(s0, w, prepared, Spread(at));
                s1 = TDot.AddSigned(s1, w, prepared, Spread(at + stride));
                s2 = TDot.AddSigned(s2, w, prepared, Spread(at + (2 * stride)));
                s3 = TDot.AddSigned(s3, w, prepared, Spread(at + (3 * stride)));
            }

            Vector256<float> scale = Lanes256.LoadHalf((ushort*)group);
            t0 = Add(t0, s0, scale, scales[block]);
            t1 = Add(t1, s1, scale, scales[blocks + block]);
            t2 = Add(t2, s2, scale, scales[(2 * blocks) + block]);
            t3 = Add(t3, s3, scale, scales[(3 * blocks) + block]);
        }

        (sums[0], sums[1], sums[2], sums[3]) = (t0, t1, t2, t3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<float> OneTokenQ4(byte* group, QuantizedRows x)
    {
        Vector256<float> total = Vector256<float>.Zero;
        int blocks = x.Columns / PackedRows.Block;
        int* columns = (int*)x.Numbers;
        for (int block = 0; block < blocks; block++, group += 144, columns += 8)
        {
            Prefetch.Ahead(group, 128);
            Vector256<int> low = Vector256<int>.Zero;
            Vector256<int> high = Vector256<int>.Zero;
            (low, high) = Nibbles(low, high, group + 16, columns, columns + 4);
            (low, high) = Nibbles(low, high, group + 48, columns + 1, columns + 5);
            (low, high) = Nibbles(low, high, group + 80, columns + 2, columns + 6);
            (low, high) = Nibbles(low, high, group + 112, columns + 3, columns + 7);
            Vector256<int> sum = TDot.Widen(low) + TDot.Widen(high) - Vector256.Create(8 * (x.Sums[2 * block] + x.Sums[(2 * block) + 1]));
            total = Add(total, sum, Lanes256.LoadHalf((ushort*)group), x.Scales[block]);
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourTokensQ4(byte* group, QuantizedRows x, Vector256<float>* sums)
    {
        Vector256<float> t0 = Vector256<float>.Zero, t1 = t0, t2 = t0, t3 = t0;
        Vector256<byte> mask = Vector256.Create((byte)15);
        int blocks = x.Columns / PackedRows.Block;
        int stride = x.Columns / 4;
        int* x0 = (int*)x.Numbers;
        float* scales = x.Scales;
        int* offsets = x.Sums;
        for (int block = 0; block < blocks; block++, group += 144, x0 += 8, offsets += 2)
        {
            Vector256<int> s0 = Vector256<int>.Zero, s1 = s0, s2 = s0, s3 = s0;
            int* columns = x0;
            for (byte* weights = group + 16; weights < group + 144; weights += 32, columns++)
            {
                Vector256<byte> w = Vector256.Load(weights);
                Vector256<byte> low = w & mask;
                Vector256<byte> high = (w.AsUInt16() >> 4).AsByte() & mask;
                int* at = columns;
                s0 = TDot.AddSmall(TDot.AddSmall(s0, low, Spread(at)), high, Spread(at + 4));
                at += stride;
                s1 = TDot.AddSmall(TDot.AddSmall(s1, low, Spread(at)), high, Spread(at + 4));
                at += stride;
                s2 = TDot.AddSmall(TDot.AddSmall(s2, low, Spread(at)), high, Spread(at + 4));
                at += stride;
                s3 = TDot.AddSmall(TDot.AddSmall(s3, low, Spread(at)), high, Spread(at + 4));
            }

            Vector256<float> scale = Lanes256.LoadHalf((ushort*)group);
            t0 = Add(t0, TDot.Widen(s0) - Vector256.Create(8 * (offsets[0] + offsets[1])), scale, scales[block]);
            t1 = Add(t1, TDot.Widen(s1) - Vector256.Create(8 * (offsets[2 * blocks] + offsets[(2 * blocks) + 1])), scale, scales[blocks + block]);
            t2 = Add(t2, TDot.Widen(s2) - Vector256.Create(8 * (offsets[4 * blocks] + offsets[(4 * blocks) + 1])), scale, scales[(2 * blocks) + block]);
            t3 = Add(t3, TDot.Widen(s3) - Vector256.Create(8 * (offsets[6 * blocks] + offsets[(6 * blocks) + 1])), scale, scales[(3 * blocks) + block]);
        }

        (sums[0], sums[1], sums[2], sums[3]) = (t0, t1, t2, t3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<float> OneTokenQ4K(byte* group, QuantizedRows x)
    {
        Vector256<float> total = Vector256<float>.Zero;
        int supers = x.Columns / PackedRows.SuperBlock;
        int* columns = (int*)x.Numbers;
        for (int super = 0; super < supers; super++, group += PackedRows.Numbers + 1024)
        {
            Vector256<float> scale = Lanes256.LoadHalf((ushort*)group);
            Vector256<float> minimum = Lanes256.LoadHalf((ushort*)group + 8);
            byte* numbers = group + PackedRows.Numbers;
            for (int pair = 0; pair < 4; pair++, numbers += 256, columns += 16)
            {
                Prefetch.Ahead(numbers, 256);
                Vector256<int> low = Vector256<int>.Zero;
                Vector256<int> high = Vector256<int>.Zero;
                for (int step = 0; step < 8; step++)
                {
                    (low, high) = Nibbles(low, high, numbers + (step * 32), columns + step, columns + step + 8);
                }

                int block = (super * 8) + (2 * pair);
                total = AddSubBlock(total, TDot.Widen(low), group, 2 * pair, scale, minimum, x, block);
                total = AddSubBlock(total, TDot.Widen(high), group, (2 * pair) + 1, scale, minimum, x, block + 1);
            }
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<float> OneTokenQ5K(byte* group, QuantizedRows x)
    {
        Vector256<float> total = Vector256<float>.Zero;
        int supers = x.Columns / PackedRows.SuperBlock;
        int* columns = (int*)x.Numbers;
        for (int super = 0; super < supers; super++, group += PackedRows.Numbers + 2048)
        {
            Vector256<float> scale = Lanes256.LoadHalf((ushort*)group);
            Vector256<float> minimum = Lanes256.LoadHalf((ushort*)group + 8);
            byte* numbers = group + PackedRows.Numbers;
            for (int sub = 0; sub < 8; sub++, numbers += 256, columns += 8)
            {
                Prefetch.Ahead(numbers, 256);
                // Numbers up to 31: four steps fit.
                Vector256<int> first = Vector256<int>.Zero;
                Vector256<int> second = Vector256<int>.Zero;
                for (int step = 0; step < 4; step++)
                {
                    first = TDot.AddSmall(first, Vector256.Load(numbers + (step * 32)), Spread(columns + step));
                    second = TDot.AddSmall(second, Vector256.Load(numbers + 128 + (step * 32)), Spread(columns + step + 4));
                }

                total = AddSubBlock(total, TDot.Widen(first) + TDot.Widen(second), group, sub, scale, minimum, x, (super * 8) + sub);
            }
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<float> OneTokenQ6K(byte* group, QuantizedRows x)
    {
        Vector256<float> total = Vector256<float>.Zero;
        int supers = x.Columns / PackedRows.SuperBlock;
        int* columns = (int*)x.Numbers;
        for (int super = 0; super < supers; super++, group += PackedRows.Q6Numbers + 2048)
        {
            Vector256<float> scale = Lanes256.LoadHalf((ushort*)group);
            byte* numbers = group + PackedRows.Q6Numbers;
            for (int sub = 0; sub < 16; sub++, numbers += 128, columns += 4)
            {
                Prefetch.Ahead(numbers, 128);
                // Numbers up to 63: two steps fit.
                Vector256<int> first = TDot.AddSmall(Vector256<int>.Zero, Vector256.Load(numbers), Spread(columns));
                first = TDot.AddSmall(first, Vector256.Load(numbers + 32), Spread(columns + 1));
                Vector256<int> second = TDot.AddSmall(Vector256<int>.Zero, Vector256.Load(numbers + 64), Spread(columns + 2));
                second = TDot.AddSmall(second, Vector256.Load(numbers + 96), Spread(columns + 3));
                int place = (super * 16) + sub;
                Vector256<int> sum = TDot.Widen(first) + TDot.Widen(second) - Vector256.Create(32 * x.Sums[place]);
                Vector256<float> subScale = SignedBytes(group + PackedRows.Q6SubScales + (sub * 8)) * scale;
                total = Add(total, sum, subScale, x.Scales[place / 2]);
            }
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> AddSubBlock(
        Vector256<float> total, Vector256<int> sum, byte* group, int sub, Vector256<float> scale, Vector256<float> minimum, QuantizedRows x, int block)
    {
        Vector256<float> subScale = UnsignedBytes(group + PackedRows.SubScales + (sub * 8)) * scale;
        Vector256<float> subMinimum = UnsignedBytes(group + PackedRows.SubMinima + (sub * 8)) * minimum;
        float offset = x.Scales[block] * (x.Sums[2 * block] + x.Sums[(2 * block) + 1]);
        total = Add(total, sum, subScale, x.Scales[block]);
        return Vector256.MultiplyAddEstimate(subMinimum, Vector256.Create(-offset), total);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Add(Vector256<float> total, Vector256<int> sum, Vector256<float> scale, float tokenScale) =>
        Vector256.MultiplyAddEstimate(Vector256.ConvertToSingle(sum), scale * Vector256.Create(tokenScale), total);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Signed(Vector256<int> sum, byte* weights, int* columns)
    {
        Vector256<sbyte> w = Vector256.Load((sbyte*)weights);
        return TDot.AddSigned(sum, w, TDot.Prepare(w), Spread(columns));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<int> Low, Vector256<int> High) Nibbles(Vector256<int> low, Vector256<int> high, byte* weights, int* lowColumns, int* highColumns)
    {
        Vector256<byte> mask = Vector256.Create((byte)15);
        Vector256<byte> w = Vector256.Load(weights);
        return (
            TDot.AddSmall(low, w & mask, Spread(lowColumns)),
            TDot.AddSmall(high, (w.AsUInt16() >> 4).AsByte() & mask, Spread(highColumns)));
    }

    /// <summary>
    /// Four columns of activations, for each of the eight rows. From memory: the compiler would go by way of a general register, at several
    /// times the cost of the one load that this takes.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<sbyte> Spread(int* columns) =>
        Avx2.IsSupported ? Avx2.BroadcastScalarToVector256(columns).AsSByte() : Vector256.Create(*columns).AsSByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> UnsignedBytes(byte* eight)
    {
        Vector128<ushort> wide = Vector128.WidenLower(Vector128.CreateScalar(*(ulong*)eight).AsByte());
        return Vector256.ConvertToSingle(Vector256.Create(Vector128.WidenLower(wide), Vector128.WidenUpper(wide)).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> SignedBytes(byte* eight)
    {
        Vector128<short> wide = Vector128.WidenLower(Vector128.CreateScalar(*(ulong*)eight).AsSByte());
        return Vector256.ConvertToSingle(Vector256.Create(Vector128.WidenLower(wide), Vector128.WidenUpper(wide)));
    }
}
