namespace Snug.Hub;

/// <summary>The block that one connection is filling; it survives the connection, so that a new one goes on mid-block.</summary>
internal sealed class BlockBuffer(BlockPool pool) : IDisposable
{
    private byte[]? _block;

    /// <summary>How many bytes of the block are there.</summary>
    public int Filled { get; set; }

    /// <summary>The block itself.</summary>
    public byte[] Content => _block ?? throw new InvalidOperationException("Nothing has been received.");

    /// <summary>The part still to be filled.</summary>
    public async ValueTask<Memory<byte>> RestAsync(int length, CancellationToken cancellationToken)
    {
        _block ??= await pool.RentAsync(cancellationToken).ConfigureAwait(false);
        return _block.AsMemory(Filled, length - Filled);
    }

    /// <summary>Gives the block away.</summary>
    public void Forget() => _block = null;

    public void Dispose()
    {
        if (_block is not null)
        {
            pool.Return(_block);
            _block = null;
        }
    }
}
