using System.Collections.Immutable;

namespace Snug.Inference;

/// <summary>One tensor of a file: what it is called, and where its bytes are.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Type">How its elements are stored.</param>
/// <param name="Shape">Its dimensions, outermost first (GGUF's own order is the reverse).</param>
/// <param name="Offset">Bytes from the beginning of the file to its first element.</param>
/// <param name="ByteLength">Bytes that it takes.</param>
public sealed record TensorInfo(string Name, TensorType Type, ImmutableArray<long> Shape, long Offset, long ByteLength)
{
    /// <summary>Number of its elements.</summary>
    public long ElementCount
    {
        get
        {
            long count = 1;
            foreach (long dimension in Shape)
            {
                count *= dimension;
            }

            return count;
        }
    }

    internal long Columns => Shape.IsEmpty ? 1 : Shape[^1];

    internal long Rows => Columns == 0 ? 0 : ElementCount / Columns;

    internal string ShapeText => $"[{string.Join(", ", Shape)}]";
}
