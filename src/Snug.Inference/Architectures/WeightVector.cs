namespace Snug.Inference;

/// <summary>Weights of a normalization, or a bias, in single precision.</summary>
internal sealed unsafe class WeightVector(NativeBuffer buffer) : IDisposable
{
    public float* Values => buffer.Singles;

    public NativeBuffer Buffer => buffer;

    public void Dispose() => buffer.Dispose();
}
