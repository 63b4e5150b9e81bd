namespace Snug.Hub;

/// <summary>Counts what a download has done and reports it, at most about ten times a second for bytes; the totals never go down.</summary>
internal sealed class ProgressTracker(RepositoryId repository, IProgress<DownloadProgress>? progress, TimeProvider time)
{
    private const double RateWindowSeconds = 3;

    private readonly Lock _gate = new();
    private readonly Queue<(long Time, long Bytes)> _samples = new();
    private DownloadPhase _phase = DownloadPhase.Resolving;
    private string? _commit;
    private int _filesDone;
    private int _filesTotal;
    private long _bytesDone;
    private long _bytesTotal;
    private long _reportedBytes;
    private long _received;
    private int _connections;
    private long _lastReceived = time.GetTimestamp();

    /// <summary>Bytes of content received over the network, those thrown away included.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>How long nothing of any file has arrived, counted from the beginning of the phase or from the last <see cref="EndSilence"/>.</summary>
    public TimeSpan Quiet => time.GetElapsedTime(Volatile.Read(ref _lastReceived));

    public void Begin(DownloadPhase phase, string? commit = null)
    {
        lock (_gate)
        {
            _phase = phase;
            _lastReceived = time.GetTimestamp();
            _commit ??= commit;
        }

        Report(null, null, 0, 0, null);
    }

    /// <summary>States what the plan found.</summary>
    public void SetTotals(int files, long bytes, int presentFiles, long presentBytes)
    {
        lock (_gate)
        {
            (_filesTotal, _bytesTotal, _filesDone, _bytesDone) = (files, bytes, presentFiles, presentBytes);
        }
    }

    public void AddReceived(long bytes)
    {
        Interlocked.Add(ref _received, bytes);
        Volatile.Write(ref _lastReceived, time.GetTimestamp());
    }

    /// <summary>Counts the quiet from now on: there was an answer, though no content.</summary>
    public void EndSilence() => Volatile.Write(ref _lastReceived, time.GetTimestamp());

    /// <summary>Reports a step of one file.</summary>
    public void File(string path, DownloadFileState state, long done, long total, string? note = null) => Report(path, state, done, total, note);

    /// <summary>A file is published; several paths may have shared its content.</summary>
    public void Completed(string path, long size, int paths, long bytes)
    {
        lock (_gate)
        {
            _filesDone += paths;
            _bytesDone += bytes;
        }

        Report(path, DownloadFileState.Completed, size, size, null);
    }

    /// <summary>The regular report on the whole.</summary>
    /// <param name="bytesInFlight">Bytes of files that are not complete yet.</param>
    /// <param name="connections">Connections at work.</param>
    public void Tick(long bytesInFlight, int connections)
    {
        lock (_gate)
        {
            _connections = connections;
            long now = time.GetTimestamp();
            _samples.Enqueue((now, Received));
            while (_samples.Count > 2 && time.GetElapsedTime(_samples.Peek().Time, now).TotalSeconds > RateWindowSeconds)
            {
                _samples.Dequeue();
            }

            _reportedBytes = Math.Max(_reportedBytes, Math.Min(_bytesTotal, _bytesDone + bytesInFlight));
        }

        Report(null, null, 0, 0, null);
    }

    private void Report(string? file, DownloadFileState? state, long done, long total, string? note)
    {
        if (progress is null)
        {
            return;
        }

        DownloadProgress report;
        lock (_gate)
        {
            _reportedBytes = Math.Max(_reportedBytes, _bytesDone);
            double rate = 0;
            if (_samples.Count >= 2)
            {
                (long start, long first) = _samples.Peek();
                double seconds = time.GetElapsedTime(start).TotalSeconds;
                rate = seconds > 0 ? (Received - first) / seconds : 0;
            }

            long left = _bytesTotal - _reportedBytes;
            report = new DownloadProgress
            {
                Phase = _phase,
                Repository = repository,
                Commit = _commit,
                FilesDone = _filesDone,
                FilesTotal = _filesTotal,
                BytesDone = _reportedBytes,
                BytesTotal = _bytesTotal,
                BytesPerSecond = rate,
                Remaining = rate > 0 && left > 0 ? TimeSpan.FromSeconds(Math.Min(left / rate, TimeSpan.FromDays(365).TotalSeconds)) : null,
                Connections = _connections,
                File = file,
                FileState = state,
                FileBytesDone = done,
                FileBytesTotal = total,
                Note = note,
            };
        }

        progress.Report(report);
    }
}
