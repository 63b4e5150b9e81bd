namespace Snug.Inference;

/// <summary>Makes matrices from tensors: in place when the file's own form can be computed with.</summary>
internal static unsafe class MatrixBuilder
{
    public static Matrix Build(TensorFile file, TensorInfo tensor, int firstRow, int rows, WeightFormat format, NativeBuffer? bias)
    {
        _ = format;
        int columns = (int)tensor.Columns;
        (int perBlock, int bytes) = TensorTypes.Block(tensor.Type);
        byte* pointer = file.Content.Map() + tensor.Offset + ((long)firstRow * columns / perBlock * bytes);
        return new Matrix(tensor.Type, rows, columns, pointer) { Bias = bias };
    }

    public static Matrix BuildTransposed(TensorFile file, TensorInfo tensor, int firstRow, int rows, WeightFormat format, NativeBuffer? bias)
    {
        _ = format;
        int columns = (int)tensor.Rows;
        int total = (int)tensor.Columns;
        (int _, int bytes) = TensorTypes.Block(tensor.Type);
        byte* source = file.Content.Map() + tensor.Offset;
        NativeBuffer buffer = new((long)rows * columns * bytes);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                byte* from = source + ((((long)column * total) + firstRow + row) * bytes);
                byte* to = buffer.Pointer + ((((long)row * columns) + column) * bytes);
                if (bytes == sizeof(ushort))
                {
                    *(ushort*)to = *(ushort*)from;
                }
                else
                {
                    *(uint*)to = *(uint*)from;
                }
            }
        }

        return new Matrix(tensor.Type, rows, columns, buffer) { Bias = bias };
    }
}
