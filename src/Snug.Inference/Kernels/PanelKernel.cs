using System.Runtime.CompilerServices;

namespace Snug.Inference;

/// <summary>
/// Products of weights in panels with many tokens. A tile of six tokens and one panel keeps its sums in registers while it goes through a
/// block of columns; the tokens of a block stay in the second cache while all panels pass.
/// </summary>
internal static unsafe class PanelKernel<TLanes, TVector, TFormat>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
    where TFormat : struct, IWeightFormat
{
    /// <summary>Tokens of the largest tile.</summary>
    private const int TileTokens = 6;

    /// <summary>Tokens that stay in the cache while the panels pass.</summary>
    private const int TokenBlock = 16 * TileTokens;

    /// <summary>Most columns of a block: a panel of so many fits the first cache.</summary>
    private const int ColumnBlock = 384;

    private static int Width => 2 * TLanes.Count;

    public static void Multiply(PanelMatrix weights, int firstPanel, int endPanel, float* x, int xStride, int tokens, float* y, int yStride)
    {
        int blocks = (weights.Columns + ColumnBlock - 1) / ColumnBlock;
        int length = (weights.Columns + blocks - 1) / blocks;
        for (int token = 0; token < tokens; token += TokenBlock)
        {
            int count = Math.Min(TokenBlock, tokens - token);
            for (int column = 0; column < weights.Columns; column += length)
            {
                int columns = Math.Min(length, weights.Columns - column);
                for (int panel = firstPanel; panel < endPanel; panel++)
                {
                    MultiplyPanel(weights, panel, column, columns, x + ((long)token * xStride) + column, xStride, count, y + ((long)token * yStride), yStride);
                }
            }
        }
    }

    private static void MultiplyPanel(PanelMatrix weights, int panel, int column, int columns, float* x, int xStride, int tokens, float* y, int yStride)
    {
        byte* numbers = weights.Pointer + ((((long)panel * weights.Columns) + column) * Width * TFormat.Size);
        int firstRow = panel * Width;
        float* bias = column == 0 ? weights.Bias + firstRow : null;
        bool isWhole = firstRow + Width <= weights.Rows;
        float* spare = stackalloc float[TileTokens * 32];
        for (int token = 0; token < tokens; token += TileTokens)
        {
            int count = Math.Min(TileTokens, tokens - token);
            float* input = x + ((long)token * xStride);
            float* output = y + ((long)token * yStride) + firstRow;
            if (isWhole)
            {
                Tile(count, numbers, columns, input, xStride, output, yStride, bias);
                continue;
            }

            // A panel that ends beyond the last row must not write there: other rows, or other threads' work, may lie behind it.
            int rows = weights.Rows - firstRow;
            for (int i = 0; i < count; i++)
            {
                new ReadOnlySpan<float>(output + ((long)i * yStride), rows).CopyTo(new Span<float>(spare + (i * Width), rows));
            }

            Tile(count, numbers, columns, input, xStride, spare, Width, bias);
            for (int i = 0; i < count; i++)
            {
                new ReadOnlySpan<float>(spare + (i * Width), rows).CopyTo(new Span<float>(output + ((long)i * yStride), rows));
            }
        }
    }

    private static void Tile(int count, byte* numbers, int columns, float* x, int xStride, float* y, int yStride, float* bias)
    {
        switch (count)
        {
            case 6:
                Tile<Six>(numbers, columns, x, xStride, y, yStride, bias);
                break;
            case 5:
                Tile<Five>(numbers, columns, x, xStride, y, yStride, bias);
                break;
            case 4:
                Tile<Four>(numbers, columns, x, xStride, y, yStride, bias);
                break;
            case 3:
                Tile<Three>(numbers, columns, x, xStride, y, yStride, bias);
                break;
            case 2:
                Tile<Two>(numbers, columns, x, xStride, y, yStride, bias);
                break;
            default:
                Tile<One>(numbers, columns, x, xStride, y, yStride, bias);
                break;
        }
    }

    /// <summary>Sums begin with the bias, or where the block of columns before left them when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TCount>(byte* numbers, int columns, float* x, int xStride, float* y, int yStride, float* bias)
        where TCount : struct, ITokenCount
    {
        int half = TLanes.Count;
        float* start = bias == null ? y : bias;
        long step = bias == null ? yStride : 0;
        TVector a0 = TLanes.Load(start), a1 = TLanes.Load(start + half);
        TVector b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0, e0 = a0, e1 = a0, f0 = a0, f1 = a0;
        if (TCount.Value > 1)
        {
            b0 = TLanes.Load(start + step);
            b1 = TLanes.Load(start + step + half);
        }

        if (TCount.Value > 2)
        {
            c0 = TLanes.Load(start + (2 * step));
            c1 = TLanes.Load(start + (2 * step) + half);
        }

        if (TCount.Value > 3)
        {
            d0 = TLanes.Load(start + (3 * step));
            d1 = TLanes.Load(start + (3 * step) + half);
        }

        if (TCount.Value > 4)
        {
            e0 = TLanes.Load(start + (4 * step));
            e1 = TLanes.Load(start + (4 * step) + half);
        }

        if (TCount.Value > 5)
        {
            f0 = TLanes.Load(start + (5 * step));
            f1 = TLanes.Load(start + (5 * step) + half);
        }

        float* x1 = x + xStride;
        float* x2 = x1 + xStride;
        float* x3 = x2 + xStride;
        float* x4 = x3 + xStride;
        float* x5 = x4 + xStride;
        for (int k = 0; k < columns; k++)
        {
            TVector u = TFormat.Vector<TLanes, TVector>(numbers, 0);
            TVector v = TFormat.Vector<TLanes, TVector>(numbers, half);
            numbers += 2 * half * TFormat.Size;
            TVector w = TLanes.Broadcast(x[k]);
            a0 = TLanes.MultiplyAdd(w, u, a0);
            a1 = TLanes.MultiplyAdd(w, v, a1);
            if (TCount.Value > 1)
            {
                w = TLanes.Broadcast(x1[k]);
                b0 = TLanes.MultiplyAdd(w, u, b0);
                b1 = TLanes.MultiplyAdd(w, v, b1);
            }

            if (TCount.Value > 2)
            {
                w = TLanes.Broadcast(x2[k]);
                c0 = TLanes.MultiplyAdd(w, u, c0);
                c1 = TLanes.MultiplyAdd(w, v, c1);
            }

            if (TCount.Value > 3)
            {
                w = TLanes.Broadcast(x3[k]);
                d0 = TLanes.MultiplyAdd(w, u, d0);
                d1 = TLanes.MultiplyAdd(w, v, d1);
            }

            if (TCount.Value > 4)
            {
                w = TLanes.Broadcast(x4[k]);
                e0 = TLanes.MultiplyAdd(w, u, e0);
                e1 = TLanes.MultiplyAdd(w, v, e1);
            }

            if (TCount.Value > 5)
            {
                w = TLanes.Broadcast(x5[k]);
                f0 = TLanes.MultiplyAdd(w, u, f0);
                f1 = TLanes.MultiplyAdd(w, v, f1);
            }
        }

        Put(a0, a1, y);
        if (TCount.Value > 1)
        {
            Put(b0, b1, y + yStride);
        }

        if (TCount.Value > 2)
        {
            Put(c0, c1, y + (2L * yStride));
        }

        if (TCount.Value > 3)
        {
            Put(d0, d1, y + (3L * yStride));
        }

        if (TCount.Value > 4)
        {
            Put(e0, e1, y + (4L * yStride));
        }

        if (TCount.Value > 5)
        {
            Put(f0, f1, y + (5L * yStride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(TVector low, TVector high, float* output)
    {
        TLanes.Store(low, output);
        TLanes.Store(high, output + TLanes.Count);
    }

    /// <summary>A number of tokens that the compiler knows, so that each tile is compiled with just its own sums.</summary>
    private interface ITokenCount
    {
        static abstract int Value { get; }
    }

    private readonly struct One : ITokenCount
    {
        public static int Value => 1;
    }

    private readonly struct Two : ITokenCount
    {
        public static int Value => 2;
    }

    private readonly struct Three : ITokenCount
    {
        public static int Value => 3;
    }

    private readonly struct Four : ITokenCount
    {
        public static int Value => 4;
    }

    private readonly struct Five : ITokenCount
    {
        public static int Value => 5;
    }

    private readonly struct Six : ITokenCount
    {
        public static int Value => 6;
    }
}
