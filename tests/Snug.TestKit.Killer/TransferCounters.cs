using System.IO.MemoryMappedFiles;

namespace Snug.TestKit.Killer;

/// <summary>
/// What a process has received, in a mapped file: the kernel keeps the last values when the process is killed at any point.
/// </summary>
public sealed class TransferCounters : IDisposable
{
    private const int Length = 64;
    private const int ReceivedAt = 0;
    private const int PeakAt = 8;
    private const int BodiesAt = 16;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Lock _gate = new();
    private int _open;

    /// <summary>Opens a file of counters, or makes one with zeros.</summary>
    public TransferCounters(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Length);
        _view = _file.CreateViewAccessor(0, Length);
    }

    /// <summary>Bytes of file content that the process has taken from its connections.</summary>
    public long Received => _view.ReadInt64(ReceivedAt);

    /// <summary>The most bodies of file content that were open at once.</summary>
    public long PeakConnections => _view.ReadInt64(PeakAt);

    /// <summary>How many bodies of file content there were.</summary>
    public long Bodies => _view.ReadInt64(BodiesAt);

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    internal void Opened()
    {
        lock (_gate)
        {
            _view.Write(BodiesAt, Bodies + 1);
            _view.Write(PeakAt, Math.Max(PeakConnections, ++_open));
        }
    }

    internal void Closed()
    {
        lock (_gate)
        {
            _open--;
        }
    }

    internal void Add(int bytes)
    {
        lock (_gate)
        {
            _view.Write(ReceivedAt, Received + bytes);
        }
    }
}
