using Microsoft.Win32.SafeHandles;

namespace Snug.Server;

internal sealed class FileContent(string path, long length) : RepositoryContent
{
    /// <summary>Reads of at most this size are done in place: handing them to another thread costs more than a page in memory does.</summary>
    private const int InlineReadSize = 32 * 1024;

    public string Path => path;

    public override long Length => length;

    public override ContentReader Open() =>
        new Reader(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    private sealed class Reader(SafeFileHandle handle) : ContentReader
    {
        public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
            buffer.Length <= InlineReadSize
                ? new ValueTask<int>(RandomAccess.Read(handle, buffer.Span, offset))
                : RandomAccess.ReadAsync(handle, buffer, offset, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            handle.Dispose();
            base.Dispose(disposing);
        }
    }
}
