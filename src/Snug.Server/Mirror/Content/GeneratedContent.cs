namespace Snug.Server;

internal sealed class GeneratedContent(long length, ContentGenerator fill) : RepositoryContent
{
    public override long Length => length;

    public override ContentReader Open() => new Reader(length, fill);

    private sealed class Reader(long length, ContentGenerator fill) : ContentReader
    {
        public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            int count = (int)Math.Min(buffer.Length, length - offset);
            fill(offset, buffer.Span[..count]);
            return new ValueTask<int>(count);
        }
    }
}
