namespace Snug.Inference;

/// <summary>One row of numbers for each token of a chunk.</summary>
internal sealed unsafe class Activation : IDisposable
{
    private readonly NativeBuffer _values;

    public Activation(int tokens, int width)
    {
        Width = width;
        _values = NativeBuffer.OfSingles((long)tokens * width);
    }

    public int Width { get; }

    public float* Row(int token) => _values.Singles + ((long)token * Width);

    public void Dispose() => _values.Dispose();
}
