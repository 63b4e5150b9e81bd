namespace Snug.Server;

internal sealed class BytesContent(ReadOnlyMemory<byte> bytes) : RepositoryContent
{
    public override long Length => bytes.Length;

    public override ContentReader Open() => new Reader(bytes);

    private sealed class Reader(ReadOnlyMemory<byte> bytes) : ContentReader
    {
        public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            ReadOnlyMemory<byte> rest = bytes[(int)offset..];
            int count = Math.Min(rest.Length, buffer.Length);
            rest[..count].CopyTo(buffer);
            return new ValueTask<int>(count);
        }
    }
}
