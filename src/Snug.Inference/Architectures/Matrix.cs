namespace Snug.Inference;

/// <summary>Weights of a linear layer, with its bias if it has one.</summary>
internal sealed unsafe class Matrix : IDisposable
{
    private readonly NativeBuffer? _owned;

    /// <summary>Weights that lie elsewhere, in a mapped file.</summary>
    public Matrix(TensorType type, int rows, int columns, byte* pointer)
    {
        Type = type;
        Rows = rows;
        Columns = columns;
        Pointer = pointer;
    }

    /// <summary>Weights in memory of their own.</summary>
    public Matrix(TensorType type, int rows, int columns, NativeBuffer owned)
        : this(type, rows, columns, owned.Pointer) => _owned = owned;

    public TensorType Type { get; }

    /// <summary>Outputs.</summary>
    public int Rows { get; }

    /// <summary>Inputs.</summary>
    public int Columns { get; }

    public byte* Pointer { get; }

    public NativeBuffer? Bias { get; init; }

    /// <summary>Decodes one row.</summary>
    public void CopyRow(int row, float* destination)
    {
        (int perBlock, int bytes) = TensorTypes.Block(Type);
        long rowBytes = (long)Columns / perBlock * bytes;
        Dequantizer.Decode(Type, new ReadOnlySpan<byte>(Pointer + (row * rowBytes), checked((int)rowBytes)), new Span<float>(destination, Columns));
    }

    public void Dispose()
    {
        _owned?.Dispose();
        Bias?.Dispose();
    }
}
