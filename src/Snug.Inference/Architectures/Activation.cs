namespace Snug.Inference;

/// <summary>One row of numbers for each token of a chunk, and the same rounded to bytes where packed weights are multiplied with them.</summary>
internal sealed unsafe class Activation : IDisposable
{
    private readonly NativeBuffer _values;
    private readonly NativeBuffer _numbers;
    private readonly NativeBuffer _scales;
    private readonly NativeBuffer _sums;

    /// <param name="tokens">Most tokens.</param>
    /// <param name="width">Numbers of a token.</param>
    /// <param name="quantized">Whether packed weights are multiplied with it; then the width is a multiple of 32.</param>
    public Activation(int tokens, int width, bool quantized = false)
    {
        Width = width;
        IsQuantized = quantized;
        long count = (long)tokens * width;
        _values = NativeBuffer.OfSingles(count);
        _numbers = new NativeBuffer(quantized ? count : 0);
        _scales = NativeBuffer.OfSingles(quantized ? count / PackedRows.Block : 0);
        _sums = new NativeBuffer(quantized ? count / 16 * sizeof(int) : 0);
    }

    public int Width { get; }

    /// <summary>Whether rows are rounded to bytes as well.</summary>
    public bool IsQuantized { get; }

    /// <summary>All rows, rounded.</summary>
    public QuantizedRows Rounded => new((sbyte*)_numbers.Pointer, _scales.Singles, (int*)_sums.Pointer, Width);

    public float* Row(int token) => _values.Singles + ((long)token * Width);

    /// <summary>Rounds a part of a row that begins and ends with a block.</summary>
    public void Quantize(Kernels kernels, int token, int first, int count)
    {
        QuantizedRows row = Rounded.From(token);
        kernels.Quantize(Row(token) + first, count, row.Numbers + first, row.Scales + (first / PackedRows.Block), row.Sums + (first / 16));
    }

    public void Dispose()
    {
        _values.Dispose();
        _numbers.Dispose();
        _scales.Dispose();
        _sums.Dispose();
    }
}
