namespace Snug.Inference;

/// <summary>
/// Activations rounded to signed bytes, from -127 to 127, with a scale for each 32 and the sums of each 16, which minima and offsets of
/// weights are multiplied with.
/// </summary>
internal readonly unsafe struct QuantizedRows(sbyte* numbers, float* scales, int* sums, int columns)
{
    public sbyte* Numbers { get; } = numbers;

    public float* Scales { get; } = scales;

    public int* Sums { get; } = sums;

    public int Columns => columns;

    /// <summary>The rows from that one on.</summary>
    public QuantizedRows From(int row) => new(
        Numbers + ((long)row * columns), Scales + ((long)row * columns / PackedRows.Block), Sums + ((long)row * columns / 16), columns);
}
