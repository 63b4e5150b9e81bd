using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Snug.Inference;

/// <summary>
/// Bytes of one file behind a handle that stays open. Reads report a file that shrank as a typed error; only kernels use the mapping, and
/// they ask <see cref="EnsureWhole"/> first, because a read beyond the end of a mapped file ends the process.
/// </summary>
internal sealed unsafe class FileContent : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly Lock _mappingLock = new();
    private MemoryMappedFile? _map;
    private MemoryMappedViewAccessor? _view;
    private byte* _pointer;
    private int _disposed;

    public FileContent(string path)
    {
        Path = path;
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
        Length = RandomAccess.GetLength(_handle);
    }

    public string Path { get; }

    /// <summary>Length when the file was opened; everything that the header promises was checked against it.</summary>
    public long Length { get; }

    /// <summary>Whether the content is used where it is mapped.</summary>
    public bool IsMapped { get; private set; }

    /// <summary>Fills the destination from the file.</summary>
    public void Read(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(_handle, destination, offset);
            if (read == 0)
            {
                throw new ModelFormatException($"The file ends early: {destination.Length} more bytes were expected.", Path, offset);
            }

            destination = destination[read..];
            offset += read;
        }
    }

    /// <summary>The whole content, mapped read only.</summary>
    public byte* Map()
    {
        lock (_mappingLock)
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            if (_pointer == null)
            {
                EnsureWhole();
                _map = MemoryMappedFile.CreateFromFile(_handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
                _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
                byte* pointer = null;
                _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
                _pointer = pointer + _view.PointerOffset;
                IsMapped = true;
            }

            return _pointer;
        }
    }

    /// <summary>Throws when the file is now shorter than it was.</summary>
    public void EnsureWhole()
    {
        long now = RandomAccess.GetLength(_handle);
        if (now < Length)
        {
            throw new ModelFormatException($"The file was cut from {Length} to {now} bytes while it was in use.", Path, now);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        lock (_mappingLock)
        {
            if (_pointer != null)
            {
                _view!.SafeMemoryMappedViewHandle.ReleasePointer();
                _pointer = null;
            }

            _view?.Dispose();
            _map?.Dispose();
            _handle.Dispose();
        }
    }
}
