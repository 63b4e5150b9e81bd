namespace Snug.Inference;

/// <summary>
/// Makes matrices from tensors. Plain numbers are used where they lie in the mapped file; blocks are packed, and read from the file for it
/// rather than through the mapping, so that they are in memory once.
/// </summary>
internal static unsafe class MatrixBuilder
{
    /// <summary>Most bytes that are read at a time.</summary>
    private const int MaxRead = 1 << 28;

    /// <summary>A matrix of some rows of a tensor.</summary>
    public static Matrix Build(TensorFile file, TensorInfo tensor, int firstRow, int rows, WeightFormat format, bool copy, NativeBuffer? bias)
    {
        int columns = (int)tensor.Columns;
        (int perBlock, int bytes) = TensorTypes.Block(tensor.Type);
        long rowBytes = (long)columns / perBlock * bytes;
        if (PackedRows.IsPackable(tensor.Type))
        {
            return Pack(tensor.Type, rows, columns, bias, (row, count, stored) => file.Read(tensor, (firstRow + row) * rowBytes, stored[..(int)(count * rowBytes)]));
        }

        if (Target(format, columns) is { } target)
        {
            return Round(target, tensor.Type, rows, columns, bias, (row, stored) => file.Read(tensor, (firstRow + row) * rowBytes, stored));
        }

        if (copy)
        {
            NativeBuffer copied = new(rows * rowBytes);
            for (long at = 0; at < copied.Length; at += MaxRead)
            {
                file.Read(tensor, (firstRow * rowBytes) + at, new Span<byte>(copied.Pointer + at, (int)Math.Min(MaxRead, copied.Length - at)));
            }

            return new Matrix(tensor.Type, rows, columns, copied) { Bias = bias };
        }

        return new Matrix(tensor.Type, rows, columns, file.Content.Map() + tensor.Offset + (firstRow * rowBytes)) { Bias = bias };
    }

    /// <summary>A matrix of rows of a tensor of plain numbers, in an order of its own.</summary>
    public static Matrix BuildRows(TensorFile file, TensorInfo tensor, IReadOnlyList<int> rows, WeightFormat format, NativeBuffer? bias)
    {
        int columns = (int)tensor.Columns;
        int rowBytes = checked(columns * TensorTypes.Block(tensor.Type).Bytes);
        if (PackedRows.IsPackable(tensor.Type))
        {
            throw new ModelFormatException($"The rows of tensor '{tensor.Name}' are in another order, which is not supported for {tensor.Type}.", file.FilePath, tensor.Offset);
        }

        if (Target(format, columns) is { } target)
        {
            return Round(target, tensor.Type, rows.Count, columns, bias, (row, stored) => file.Read(tensor, (long)rows[row] * rowBytes, stored));
        }

        NativeBuffer ordered = new((long)rows.Count * rowBytes);
        for (int row = 0; row < rows.Count; row++)
        {
            file.Read(tensor, (long)rows[row] * rowBytes, new Span<byte>(ordered.Pointer + ((long)row * rowBytes), rowBytes));
        }

        return new Matrix(tensor.Type, rows.Count, columns, ordered) { Bias = bias };
    }

    /// <summary>A matrix of some columns of a tensor that is stored the other way round.</summary>
    public static Matrix BuildTransposed(TensorFile file, TensorInfo tensor, int firstRow, int rows, WeightFormat format, NativeBuffer? bias)
    {
        int columns = (int)tensor.Rows;
        int total = (int)tensor.Columns;
        int bytes = TensorTypes.Block(tensor.Type).Bytes;
        NativeBuffer turned = new((long)rows * columns * bytes);
        byte[] line = new byte[(long)total * bytes];
        for (int column = 0; column < columns; column++)
        {
            file.Read(tensor, (long)column * line.Length, line);
            for (int row = 0; row < rows; row++)
            {
                line.AsSpan((firstRow + row) * bytes, bytes).CopyTo(new Span<byte>(turned.Pointer + ((((long)row * columns) + column) * bytes), bytes));
            }
        }

        if (Target(format, columns) is not { } target)
        {
            return new Matrix(tensor.Type, rows, columns, turned) { Bias = bias };
        }

        using (turned)
        {
            return Round(target, tensor.Type, rows, columns, bias, (row, stored) => new ReadOnlySpan<byte>(turned.Pointer + ((long)row * stored.Length), stored.Length).CopyTo(stored));
        }
    }

    private static TensorType? Target(WeightFormat format, int columns) =>
        columns % PackedRows.Block != 0 ? null
        : format switch
        {
            WeightFormat.Q8 => TensorType.Q8_0,
            WeightFormat.Q4 => TensorType.Q4_0,
            _ => null,
        };

    /// <summary>Rounds plain numbers to blocks and packs them.</summary>
    private static Matrix Round(TensorType target, TensorType type, int rows, int columns, NativeBuffer? bias, RowReader read)
    {
        int plainBytes = columns * TensorTypes.Block(type).Bytes;
        int rowBytes = columns / PackedRows.Block * TensorTypes.Block(target).Bytes;
        return Pack(target, rows, columns, bias, (row, count, stored) =>
        {
            byte[] plain = new byte[plainBytes];
            float[] values = new float[columns];
            for (int i = 0; i < count; i++)
            {
                read(row + i, plain);
                Dequantizer.Decode(type, plain, values);
                BlockQuantizer.Encode(target, values, stored.Slice(i * rowBytes, rowBytes));
            }
        });
    }

    private static Matrix Pack(TensorType type, int rows, int columns, NativeBuffer? bias, GroupReader read)
    {
        (int perBlock, int bytes) = TensorTypes.Block(type);
        int rowBytes = columns / perBlock * bytes;
        NativeBuffer packed = new(PackedRows.MatrixBytes(type, rows, columns));
        int groups = (rows + PackedRows.Group - 1) / PackedRows.Group;
        try
        {
            Parallel.For(0, groups, () => new byte[PackedRows.Group * rowBytes], (group, _, stored) =>
            {
                int count = Math.Min(PackedRows.Group, rows - (group * PackedRows.Group));
                read(group * PackedRows.Group, count, stored);
                PackedRows.Pack(type, stored, count, columns, packed.Pointer + (group * PackedRows.GroupBytes(type, columns)));
                return stored;
            }, static _ => { });
        }
        catch (AggregateException e) when (e.InnerException is ModelFormatException or IOException)
        {
            packed.Dispose();
            throw e.InnerException;
        }

        return new Matrix(type, rows, columns, packed) { Bias = bias };
    }

    private delegate void RowReader(int row, Span<byte> stored);

    private delegate void GroupReader(int row, int count, Span<byte> stored);
}
