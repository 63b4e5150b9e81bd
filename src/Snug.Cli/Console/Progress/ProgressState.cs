using Snug.Hub;

namespace Snug.Cli;

/// <summary>
/// What is known about a running download. Reports of several threads may arrive out of order; the numbers kept here never go down.
/// </summary>
internal sealed class ProgressState
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ActiveFile> _active = new(StringComparer.Ordinal);
    private DownloadProgress? _latest;
    private int _started;

    /// <summary>Takes a report.</summary>
    /// <returns>The report with its numbers corrected so that none goes down.</returns>
    public DownloadProgress Take(DownloadProgress report)
    {
        lock (_gate)
        {
            if (_latest is { } last)
            {
                report = report with
                {
                    Phase = (DownloadPhase)Math.Max((int)report.Phase, (int)last.Phase),
                    Commit = report.Commit ?? last.Commit,
                    FilesTotal = Math.Max(report.FilesTotal, last.FilesTotal),
                    BytesTotal = Math.Max(report.BytesTotal, last.BytesTotal),
                    FilesDone = Math.Max(report.FilesDone, last.FilesDone),
                    BytesDone = Math.Max(report.BytesDone, last.BytesDone),
                };
            }

            if (report.File is { } path && report.FileState is { } state)
            {
                report = report with { FileBytesDone = TakeFile(path, state, report) };
            }

            _latest = report;
            return report;
        }
    }

    /// <summary>The whole, and the files under way in the order in which they began; <see langword="null"/> before the first report.</summary>
    public (DownloadProgress Overall, ActiveFile[] Files)? Read()
    {
        lock (_gate)
        {
            return _latest is { } latest ? (latest, [.. _active.Values.OrderBy(f => f.Order)]) : null;
        }
    }

    private long TakeFile(string path, DownloadFileState state, DownloadProgress report)
    {
        if (state is DownloadFileState.Completed or DownloadFileState.Present)
        {
            _active.Remove(path);
            return report.FileBytesDone;
        }

        if (state == DownloadFileState.Transferring && !_active.ContainsKey(path))
        {
            // A late report on a file that is complete by now.
            return report.FileBytesTotal;
        }

        bool known = _active.TryGetValue(path, out ActiveFile? file);
        long done = known ? Math.Max(file!.Done, report.FileBytesDone) : report.FileBytesDone;
        _active[path] = new ActiveFile(
            path, done, Math.Max(file?.Total ?? 0, report.FileBytesTotal), state, report.Note ?? file?.Note, file?.Order ?? _started++);
        return done;
    }
}
