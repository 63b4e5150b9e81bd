namespace Snug.Server;

/// <summary>An open content: bytes by position, so that ranges and hashes need no seeking and no shared state.</summary>
public abstract class ContentReader : IDisposable
{
    /// <summary>Reads bytes at a position.</summary>
    /// <param name="offset">Where to begin, in bytes.</param>
    /// <param name="buffer">Filled from its start; never asked beyond the end of the content.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many bytes were read: at least one, or zero when the content ended earlier than it promised.</returns>
    public abstract ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the reader holds.</summary>
    /// <param name="disposing">Whether this is called from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
