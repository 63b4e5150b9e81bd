using Snug.Hub;

namespace Snug.Cli;

/// <summary>Measures how fast files come in, with a real download of some seconds into a folder that goes away.</summary>
internal static class SpeedProbe
{
    /// <summary>A file that takes longer is cut off here; the speed is known by then.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private const long LargestFile = 512_000_000;

    /// <summary>Bytes per second, or <see langword="null"/> when there is nothing to measure with.</summary>
    public static async Task<double?> MeasureAsync(HubClient hub, DoctorFacts facts, TimeProvider time, CancellationToken cancellationToken)
    {
        AccessReport? sample = facts.Reports.Where(r => r is { IsReadable: true, TotalBytes: > 0, State: not AccessState.Cached }).MinBy(r => r.TotalBytes);
        if (sample is null)
        {
            return null;
        }

        RepositoryFile? largest = null;
        await foreach (RepositoryFile file in hub.ListFilesAsync(sample.Repository, sample.Commit, cancellationToken: cancellationToken))
        {
            if (file.Size <= LargestFile && file.Size > (largest?.Size ?? 0))
            {
                largest = file;
            }
        }

        if (largest is null)
        {
            return null;
        }

        string folder = Directory.CreateTempSubdirectory("snug-speed-").FullName;
        Meter meter = new(time);
        try
        {
            using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(Longest);
            DownloadOptions options = new() { Revision = sample.Commit, LocalDirectory = folder, Force = true };
            try
            {
                await hub.DownloadFileAsync(sample.Repository, largest.Path, options, meter, deadline.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Long enough.
            }
        }
        catch (HubException)
        {
            // What stands in the way of a download has been checked already; here it only means that nothing is measured.
            return null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return meter.BytesPerSecond;
    }

    private sealed class Meter(TimeProvider time) : IProgress<DownloadProgress>
    {
        private readonly long _start = time.GetTimestamp();
        private readonly Lock _gate = new();
        private long _bytes;
        private double _seconds;

        public double? BytesPerSecond => _bytes > 0 && _seconds > 0 ? _bytes / _seconds : null;

        public void Report(DownloadProgress value)
        {
            lock (_gate)
            {
                if (value.BytesDone > _bytes)
                {
                    _bytes = value.BytesDone;
                    _seconds = time.GetElapsedTime(_start).TotalSeconds;
                }
            }
        }
    }
}
