namespace Snug.Inference;

/// <summary>
/// Weights of a linear layer, rearranged for products with many tokens: panels of as many rows as the kernels compute together, in each the
/// rows' numbers of one column side by side. Numbers stay as they are stored. Has a bias always, of zeros if need be.
/// </summary>
internal sealed unsafe class PanelMatrix : IDisposable
{
    private readonly NativeBuffer _weights;
    private readonly NativeBuffer _bias;
    private readonly int _width;

    /// <summary>Rearranges a matrix of plain numbers.</summary>
    /// <param name="matrix">The weights; not needed afterwards.</param>
    /// <param name="width">Rows of a panel.</param>
    public PanelMatrix(Matrix matrix, int width)
    {
        Type = matrix.Type;
        Rows = matrix.Rows;
        Columns = matrix.Columns;
        Panels = (Rows + width - 1) / width;
        _width = width;
        int size = TensorTypes.Block(Type).Bytes;
        _weights = new NativeBuffer((long)Panels * width * Columns * size);
        _bias = NativeBuffer.OfSingles((long)Panels * width);
        Parallel.For(0, Panels, panel =>
        {
            for (int row = panel * width; row < Math.Min(Rows, (panel + 1) * width); row++)
            {
                if (size == sizeof(float))
                {
                    Spread((uint*)matrix.Pointer, (uint*)_weights.Pointer, row);
                }
                else
                {
                    Spread((ushort*)matrix.Pointer, (ushort*)_weights.Pointer, row);
                }
            }
        });

        if (matrix.Bias is { } bias)
        {
            new ReadOnlySpan<float>(bias.Singles, Rows).CopyTo(new Span<float>(_bias.Singles, Rows));
        }
    }

    /// <summary>F32, F16 or BF16.</summary>
    public TensorType Type { get; }

    /// <summary>Outputs.</summary>
    public int Rows { get; }

    /// <summary>Inputs.</summary>
    public int Columns { get; }

    public int Panels { get; }

    public byte* Pointer => _weights.Pointer;

    /// <summary>One number for each row, and zeros up to the end of the last panel.</summary>
    public float* Bias => _bias.Singles;

    public long ByteLength => _weights.Length;

    /// <summary>Where a number is.</summary>
    public long IndexOf(int row, int column) => ((((long)row / _width * Columns) + column) * _width) + (row % _width);

    public void Dispose()
    {
        _weights.Dispose();
        _bias.Dispose();
    }

    private void Spread<T>(T* source, T* target, int row)
        where T : unmanaged
    {
        source += (long)row * Columns;
        target += IndexOf(row, 0);
        for (int column = 0; column < Columns; column++)
        {
            target[(long)column * _width] = source[column];
        }
    }
}
