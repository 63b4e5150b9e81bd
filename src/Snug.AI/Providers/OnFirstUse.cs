namespace Snug.AI;

/// <summary>
/// Something that is loaded when it is first asked for. Callers that come meanwhile wait for the same load; one that failed, or was
/// cancelled, is tried again by the next caller.
/// </summary>
internal sealed class OnFirstUse<T>(Func<CancellationToken, Task<T>> load) : IDisposable
    where T : class, IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private volatile T? _value;
    private volatile bool _isDisposed;

    /// <summary>What was loaded, if it was.</summary>
    public T? Loaded => _value;

    /// <exception cref="ObjectDisposedException">This was disposed.</exception>
    public async ValueTask<T> GetAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_value is { } ready)
        {
            return ready;
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            T value = _value ?? await load(cancellationToken).ConfigureAwait(false);
            _value = value;
            if (_isDisposed)
            {
                Dispose();
                throw new ObjectDisposedException(typeof(T).Name);
            }

            return value;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        Interlocked.Exchange(ref _value, null)?.Dispose();
    }
}
