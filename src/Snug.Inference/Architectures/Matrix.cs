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

    /// <summary>Whether rows are packed in groups; block types always are.</summary>
    public bool IsPacked => PackedRows.IsPackable(Type);

    /// <summary>Outputs.</summary>
    public int Rows { get; }

    /// <summary>Inputs.</summary>
    public int Columns { get; }

    public byte* Pointer { get; }

    public NativeBuffer? Bias { get; init; }

    public long ByteLength => IsPacked ? PackedRows.MatrixBytes(Type, Rows, Columns) : (long)Rows * Columns * TensorTypes.Block(Type).Bytes;

    /// <summary>Decodes one row.</summary>
    public void CopyRow(int row, float* destination)
    {
        if (IsPacked)
        {
            PackedRows.Decode(Type, Pointer, Columns, row, new Span<float>(destination, Columns));
            return;
        }

        long rowBytes = (long)Columns * TensorTypes.Block(Type).Bytes;
        Dequantizer.Decode(Type, new ReadOnlySpan<byte>(Pointer + (row * rowBytes), checked((int)rowBytes)), new Span<float>(destination, Columns));
    }

    public void Dispose()
    {
        _owned?.Dispose();
        Bias?.Dispose();
    }
}
