using System.Runtime.CompilerServices;

namespace Snug.Inference;

/// <summary>
/// Products with weights that are stored as plain numbers. One token streams each row once; more tokens go through tiles whose partial
/// sums stay in registers, over blocks of rows that stay in the cache while all tokens pass.
/// </summary>
internal static unsafe class MatrixKernel<TLanes, TVector, TFormat>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
    where TFormat : struct, IWeightFormat
{
    private const int TokenTile = 4;

    /// <summary>Rows that are kept in the cache while the tokens pass.</summary>
    private const int RowBlock = 40;

    public static void Multiply(
        byte* weights, int columns, int firstRow, int endRow, float* x, int xStride, int tokens, float* y, int yStride)
    {
        long rowBytes = (long)columns * TFormat.Size;
        int tiled = tokens - (tokens % TokenTile);
        if (tiled > 0)
        {
            MultiplyTiled(weights, columns, firstRow, endRow, x, xStride, tiled, y, yStride);
        }

        for (int m = tiled; m < tokens; m++)
        {
            float* token = x + ((long)m * xStride);
            float* result = y + ((long)m * yStride);
            for (int row = firstRow; row < endRow; row++)
            {
                result[row] = Dot(weights + (row * rowBytes), token, columns);
            }
        }
    }

    private static void MultiplyTiled(
        byte* weights, int columns, int firstRow, int endRow, float* x, int xStride, int tokens, float* y, int yStride)
    {
        long rowBytes = (long)columns * TFormat.Size;
        for (int block = firstRow; block < endRow; block += RowBlock)
        {
            int blockEnd = Math.Min(endRow, block + RowBlock);
            for (int m = 0; m < tokens; m += TokenTile)
            {
                float* token = x + ((long)m * xStride);
                float* result = y + ((long)m * yStride);
                int row = block;
                if (TLanes.TileRows == 5)
                {
                    for (; row + 5 <= blockEnd; row += 5)
                    {
                        Tile4x5(weights + (row * rowBytes), rowBytes, columns, token, xStride, result + row, yStride);
                    }
                }

                for (; row + 2 <= blockEnd; row += 2)
                {
                    Tile4x2(weights + (row * rowBytes), rowBytes, columns, token, xStride, result + row, yStride);
                }

                if (row < blockEnd)
                {
                    for (int i = 0; i < TokenTile; i++)
                    {
                        result[((long)i * yStride) + row] = Dot(weights + (row * rowBytes), token + ((long)i * xStride), columns);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Dot(byte* row, float* x, int columns)
    {
        TVector a = TLanes.Zero;
        TVector b = TLanes.Zero;
        TVector c = TLanes.Zero;
        TVector d = TLanes.Zero;
        int width = TLanes.Count;
        int k = 0;
        for (; k <= columns - (4 * width); k += 4 * width)
        {
            Prefetch.Ahead(row + ((long)k * TFormat.Size), 4 * width * TFormat.Size);
            a = TLanes.MultiplyAdd(TFormat.Vector<TLanes, TVector>(row, k), TLanes.Load(x + k), a);
            b = TLanes.MultiplyAdd(TFormat.Vector<TLanes, TVector>(row, k + width), TLanes.Load(x + k + width), b);
            c = TLanes.MultiplyAdd(TFormat.Vector<TLanes, TVector>(row, k + (2 * width)), TLanes.Load(x + k + (2 * width)), c);
            d = TLanes.MultiplyAdd(TFormat.Vector<TLanes, TVector>(row, k + (3 * width)), TLanes.Load(x + k + (3 * width)), d);
        }

        for (; k <= columns - width; k += width)
        {
            a = TLanes.MultiplyAdd(TFormat.Vector<TLanes, TVector>(row, k), TLanes.Load(x + k), a);
        }

        float sum = TLanes.Sum(TLanes.Add(TLanes.Add(a, b), TLanes.Add(c, d)));
        for (; k < columns; k++)
        {
            sum += TFormat.One(row, k) * x[k];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x2(byte* row0, long rowBytes, int columns, float* x, int xStride, float* y, int yStride)
    {
        TVector a0 = TLanes.Zero, a1 = a0, a2 = a0, a3 = a0;
        TVector b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        byte* row1 = row0 + rowBytes;
        float* x1 = x + xStride;
        float* x2 = x1 + xStride;
        float* x3 = x2 + xStride;
        int width = TLanes.Count;
        int k = 0;
        for (; k <= columns - width; k += width)
        {
            TVector u0 = TLanes.Load(x + k);
            TVector u1 = TLanes.Load(x1 + k);
            TVector u2 = TLanes.Load(x2 + k);
            TVector u3 = TLanes.Load(x3 + k);
            TVector w = TFormat.Vector<TLanes, TVector>(row0, k);
            a0 = TLanes.MultiplyAdd(w, u0, a0);
            a1 = TLanes.MultiplyAdd(w, u1, a1);
            a2 = TLanes.MultiplyAdd(w, u2, a2);
            a3 = TLanes.MultiplyAdd(w, u3, a3);
            w = TFormat.Vector<TLanes, TVector>(row1, k);
            b0 = TLanes.MultiplyAdd(w, u0, b0);
            b1 = TLanes.MultiplyAdd(w, u1, b1);
            b2 = TLanes.MultiplyAdd(w, u2, b2);
            b3 = TLanes.MultiplyAdd(w, u3, b3);
        }

        Finish(row0, k, columns, x, xStride, y, yStride, a0, a1, a2, a3);
        Finish(row1, k, columns, x, xStride, y + 1, yStride, b0, b1, b2, b3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x5(byte* row0, long rowBytes, int columns, float* x, int xStride, float* y, int yStride)
    {
        TVector a0 = TLanes.Zero, a1 = a0, a2 = a0, a3 = a0;
        TVector b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        TVector c0 = a0, c1 = a0, c2 = a0, c3 = a0;
        TVector d0 = a0, d1 = a0, d2 = a0, d3 = a0;
        TVector e0 = a0, e1 = a0, e2 = a0, e3 = a0;
        byte* row1 = row0 + rowBytes;
        byte* row2 = row1 + rowBytes;
        byte* row3 = row2 + rowBytes;
        byte* row4 = row3 + rowBytes;
        float* x1 = x + xStride;
        float* x2 = x1 + xStride;
        float* x3 = x2 + xStride;
        int width = TLanes.Count;
        int k = 0;
        for (; k <= columns - width; k += width)
        {
            TVector u0 = TLanes.Load(x + k);
            TVector u1 = TLanes.Load(x1 + k);
            TVector u2 = TLanes.Load(x2 + k);
            TVector u3 = TLanes.Load(x3 + k);
            TVector w = TFormat.Vector<TLanes, TVector>(row0, k);
            a0 = TLanes.MultiplyAdd(w, u0, a0);
            a1 = TLanes.MultiplyAdd(w, u1, a1);
            a2 = TLanes.MultiplyAdd(w, u2, a2);
            a3 = TLanes.MultiplyAdd(w, u3, a3);
            w = TFormat.Vector<TLanes, TVector>(row1, k);
            b0 = TLanes.MultiplyAdd(w, u0, b0);
            b1 = TLanes.MultiplyAdd(w, u1, b1);
            b2 = TLanes.MultiplyAdd(w, u2, b2);
            b3 = TLanes.MultiplyAdd(w, u3, b3);
            w = TFormat.Vector<TLanes, TVector>(row2, k);
            c0 = TLanes.MultiplyAdd(w, u0, c0);
            c1 = TLanes.MultiplyAdd(w, u1, c1);
            c2 = TLanes.MultiplyAdd(w, u2, c2);
            c3 = TLanes.MultiplyAdd(w, u3, c3);
            w = TFormat.Vector<TLanes, TVector>(row3, k);
            d0 = TLanes.MultiplyAdd(w, u0, d0);
            d1 = TLanes.MultiplyAdd(w, u1, d1);
            d2 = TLanes.MultiplyAdd(w, u2, d2);
            d3 = TLanes.MultiplyAdd(w, u3, d3);
            w = TFormat.Vector<TLanes, TVector>(row4, k);
            e0 = TLanes.MultiplyAdd(w, u0, e0);
            e1 = TLanes.MultiplyAdd(w, u1, e1);
            e2 = TLanes.MultiplyAdd(w, u2, e2);
            e3 = TLanes.MultiplyAdd(w, u3, e3);
        }

        Finish(row0, k, columns, x, xStride, y, yStride, a0, a1, a2, a3);
        Finish(row1, k, columns, x, xStride, y + 1, yStride, b0, b1, b2, b3);
        Finish(row2, k, columns, x, xStride, y + 2, yStride, c0, c1, c2, c3);
        Finish(row3, k, columns, x, xStride, y + 3, yStride, d0, d1, d2, d3);
        Finish(row4, k, columns, x, xStride, y + 4, yStride, e0, e1, e2, e3);
    }

    /// <summary>Adds up the partial sums of one row, and the columns that fill no vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(
        byte* row, int k, int columns, float* x, int xStride, float* y, int yStride, TVector s0, TVector s1, TVector s2, TVector s3)
    {
        float t0 = TLanes.Sum(s0);
        float t1 = TLanes.Sum(s1);
        float t2 = TLanes.Sum(s2);
        float t3 = TLanes.Sum(s3);
        for (; k < columns; k++)
        {
            float w = TFormat.One(row, k);
            t0 += w * x[k];
            t1 += w * x[k + xStride];
            t2 += w * x[k + (2L * xStride)];
            t3 += w * x[k + (3L * xStride)];
        }

        y[0] = t0;
        y[yStride] = t1;
        y[2L * yStride] = t2;
        y[3L * yStride] = t3;
    }
}
