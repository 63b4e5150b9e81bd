using System.Collections.Concurrent;

namespace Snug.Hub;

/// <summary>Buffers of one block each under a hard cap: who finds none waits, so content in flight never exceeds the memory limit.</summary>
internal sealed class BlockPool : IDisposable
{
    /// <summary>The unit of transfer, progress record and verification of large files, in bytes.</summary>
    public const int BlockSize = 256 * 1024;

    private readonly ConcurrentStack<byte[]> _free = new();
    private readonly SemaphoreSlim _available;

    public BlockPool(long memoryLimit)
    {
        int count = (int)Math.Clamp(memoryLimit / BlockSize, 2, 4096);
        _available = new SemaphoreSlim(count, count);
    }

    /// <summary>How many more buffers can be had without waiting.</summary>
    public int Available => _available.CurrentCount;

    public async ValueTask<byte[]> RentAsync(CancellationToken cancellationToken)
    {
        await _available.WaitAsync(cancellationToken).ConfigureAwait(false);
        return _free.TryPop(out byte[]? block) ? block : GC.AllocateUninitializedArray<byte>(BlockSize);
    }

    /// <summary>Lets go of buffers that nobody uses at the moment.</summary>
    public void Trim() => _free.Clear();

    public void Return(byte[] block)
    {
        _free.Push(block);
        _available.Release();
    }

    public void Dispose() => _available.Dispose();
}
