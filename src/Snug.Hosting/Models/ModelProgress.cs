using Microsoft.Extensions.Logging;
using Snug.Hub;

namespace Snug.Hosting;

/// <summary>Notes how far a download is, and says so now and then: a container has no terminal for a progress bar.</summary>
internal sealed partial class ModelProgress(ModelEntry entry, ILogger log, TimeProvider time) : IProgress<DownloadProgress>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long? _last;

    public void Report(DownloadProgress value)
    {
        if (value.Phase < DownloadPhase.Transferring)
        {
            return;
        }

        bool isFirst;
        lock (_gate)
        {
            entry.Report(value.BytesDone, value.BytesTotal);
            isFirst = _last is null;
            if (value.BytesDone >= value.BytesTotal || (_last is { } last && time.GetElapsedTime(last) < Interval))
            {
                return;
            }

            _last = time.GetTimestamp();
        }

        if (isFirst)
        {
            LogDownloading(log, entry.Name, entry.Repository, value.Commit ?? entry.Revision, value.BytesTotal - value.BytesDone, value.BytesTotal);
        }
        else
        {
            LogProgress(log, entry.Name, entry.Status.Percentage, value.BytesDone, value.BytesTotal, value.BytesPerSecond);
        }
    }

    [LoggerMessage(
        6, LogLevel.Information, "huggingface: model {Model}: downloading {Repository} at {Commit}, {Bytes} of {Total} bytes are missing",
        EventName = "ModelDownloading")]
    private static partial void LogDownloading(ILogger logger, string model, RepositoryId repository, string commit, long bytes, long total);

    [LoggerMessage(
        7, LogLevel.Information, "huggingface: model {Model}: {Percentage} %, {Done} of {Total} bytes, {Rate:0} bytes a second",
        EventName = "ModelProgress")]
    private static partial void LogProgress(ILogger logger, string model, int percentage, long done, long total, double rate);
}
