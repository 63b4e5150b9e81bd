namespace Snug.Pretrained;

/// <summary>Something that is loaded when it is first needed, and freed once. A load that failed may be tried again.</summary>
internal sealed class OnDemand<T>(Func<T> load) : IDisposable
    where T : class
{
    private readonly Lock _gate = new();
    private T? _value;
    private bool _disposed;

    public T Value
    {
        get
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                return _value ??= load();
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            (_value as IDisposable)?.Dispose();
            _value = null;
            _disposed = true;
        }
    }
}
