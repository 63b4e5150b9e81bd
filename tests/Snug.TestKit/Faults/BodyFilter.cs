using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Snug.TestKit;

/// <summary>Stands between a server and the body that it writes: takes what was written at each flush and forwards what it wants.</summary>
internal sealed class BodyFilter(IHttpResponseBodyFeature inner, BodyFilter.Forward forward, Func<PipeWriter, ValueTask>? finish, CancellationToken ending)
    : PipeWriter, IHttpResponseBodyFeature
{
    private byte[] _buffer = new byte[16 * 1024];
    private int _pending;
    private long _offset;
    private Stream? _stream;

    /// <summary>Forwards bytes of the body.</summary>
    /// <param name="data">The bytes, which the filter may change.</param>
    /// <param name="offset">Where they stand in the body.</param>
    /// <param name="output">Where they go.</param>
    /// <param name="ending">Cancelled when nobody is interested any more.</param>
    public delegate ValueTask Forward(Memory<byte> data, long offset, PipeWriter output, CancellationToken ending);

    public Stream Stream => _stream ??= AsStream(leaveOpen: true);

    public PipeWriter Writer => this;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _pending;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        int wanted = _pending + Math.Max(sizeHint, 1);
        if (wanted > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(wanted, 2 * _buffer.Length));
        }

        return _buffer.AsMemory(_pending);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes) => _pending += bytes;

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        (int length, _pending) = (_pending, 0);
        if (length > 0)
        {
            long offset = _offset;
            _offset += length;
            await forward(_buffer.AsMemory(0, length), offset, inner.Writer, ending);
        }

        return ending.IsCancellationRequested
            ? new FlushResult(isCanceled: false, isCompleted: true)
            : await inner.Writer.FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => inner.Writer.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        // The server under this filter ends the body when the exchange ends.
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => inner.StartAsync(cancellationToken);

    public void DisableBuffering() => inner.DisableBuffering();

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    public async Task CompleteAsync()
    {
        await FlushAsync(ending);
        if (finish is not null)
        {
            await finish(inner.Writer);
        }
    }
}
