using System.Runtime.InteropServices;

namespace Snug.Inference;

/// <summary>Zeroed native memory, aligned to cache lines. Pages that are never touched take no memory.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    /// <summary>Kernels may read, never write, up to one vector beyond the length they are given.</summary>
    private const int ReadAhead = 64;

    private const int Alignment = 64;
    private byte* _block;
    private byte* _aligned;

    public NativeBuffer(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Length = bytes;
        _block = (byte*)NativeMemory.AllocZeroed(checked((nuint)bytes + Alignment + ReadAhead));
        _aligned = (byte*)(((nuint)_block + Alignment - 1) & ~(nuint)(Alignment - 1));
        GC.AddMemoryPressure(Math.Max(1, bytes));
    }

#pragma warning disable MA0055 // Weights that nobody disposed would stay for the life of the process.
    ~NativeBuffer() => Free();
#pragma warning restore MA0055

    public long Length { get; }

    public byte* Pointer => _aligned;

    public float* Singles => (float*)_aligned;

    public static NativeBuffer OfSingles(long count) => new(checked(count * sizeof(float)));

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_block != null)
        {
            NativeMemory.Free(_block);
            _block = null;
            _aligned = null;
            GC.RemoveMemoryPressure(Math.Max(1, Length));
        }
    }
}
