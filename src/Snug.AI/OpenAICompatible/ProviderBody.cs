namespace Snug.AI;

/// <summary>
/// The body of an answer: it may not stay silent for too long, nor grow without end between two things that are understood of it.
/// </summary>
internal sealed class ProviderBody : Stream
{
    /// <summary>The most bytes of an answer in one piece: vectors of a large batch as text.</summary>
    public const long MaxWholeLength = 256L * 1024 * 1024;

    /// <summary>The most bytes of one event of a stream, with the comments before it.</summary>
    public const long MaxEventLength = 16L * 1024 * 1024;

    private readonly Stream _inner;
    private readonly ProviderErrors _errors;
    private readonly CancellationToken _cancellationToken;
    private readonly CancellationTokenSource _idle;
    private readonly CancellationTokenSource _either;
    private TimeSpan _limit;
    private long _length;
    private bool _isComplete;

    public ProviderBody(Stream inner, TimeSpan idleTimeout, ProviderErrors errors, TimeProvider time, CancellationToken cancellationToken)
    {
        _inner = inner;
        _limit = idleTimeout;
        _errors = errors;
        _cancellationToken = cancellationToken;
        _idle = new CancellationTokenSource(System.Threading.Timeout.InfiniteTimeSpan, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_idle.Token, cancellationToken);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The most bytes that may be read before <see cref="ResetLength"/>.</summary>
    public long MaxLength { get; set; } = MaxWholeLength;

    /// <summary>What was read so far has been understood; the count begins anew.</summary>
    public void ResetLength() => _length = 0;

    /// <summary>Everything that matters is there: from now on silence, or a broken connection, is only the end.</summary>
    public void Complete(TimeSpan grace)
    {
        _isComplete = true;
        _limit = grace < _limit ? grace : _limit;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            _idle.CancelAfter(_limit);
            int read = await _inner.ReadAsync(buffer, _either.Token).ConfigureAwait(false);
            _idle.CancelAfter(System.Threading.Timeout.InfiniteTimeSpan);
            _length += read;
            return _length > MaxLength ? throw _errors.Protocol("it has no end") : read;
        }
        catch (OperationCanceledException) when (_cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException e) when (_idle.IsCancellationRequested)
        {
            return _isComplete ? 0 : throw _errors.TimedOut(ChatProviderTimeout.Idle, _limit, e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            return _isComplete ? 0 : throw _errors.Interrupted("the connection broke", e);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            _either.Dispose();
            _idle.Dispose();
        }

        base.Dispose(disposing);
    }
}
