using System.Text;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>What the process of a job does besides its work: it keeps its record, writes its log, and survives the terminal that it was started from.</summary>
internal sealed class JobRecorder : IDisposable
{
    /// <summary>Names the record to the process of a job.</summary>
    public const string Variable = "SNUG_JOB";

    private readonly string _record;
    private readonly TimeProvider _time;
    private readonly FileStream _lock;
    private readonly StreamWriter _log;
    private readonly Lock _gate = new();
    private Job _job;

    private JobRecorder(string record, Job job, FileStream held, StreamWriter log, TimeProvider time)
    {
        (_record, _job, _lock, _log, _time) = (record, job, held, log, time);
        Log = TextWriter.Synchronized(log);
    }

    /// <summary>Where output and messages go.</summary>
    public TextWriter Log { get; }

    /// <summary>Takes a job over.</summary>
    /// <param name="record">The record that the starting command has made.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">It cannot be read or written, or another process has it.</exception>
    public static async Task<JobRecorder> OpenAsync(string record, TimeProvider time)
    {
        FileStream held = await JobFolder.LockAsync(record, time);
        Job job = JobFolder.TryRead(record, time.GetUtcNow()) ?? throw new IOException($"'{record}' is no record of a job.");
        StreamWriter log = new(job.Log, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), JobFolder.Private(FileMode.Append)) { AutoFlush = true };
        JobRecorder recorder = new(record, job, held, log, time);
        recorder.Update(known => known with { State = JobState.Running, ProcessId = Environment.ProcessId });
        return recorder;
    }

    /// <summary>Writes down how far the download is.</summary>
    public void Report(DownloadProgress now) => Update(job => job with
    {
        FilesDone = now.FilesDone,
        FilesTotal = now.FilesTotal,
        BytesDone = now.BytesDone,
        BytesTotal = now.BytesTotal,
        BytesPerSecond = now.BytesPerSecond,
        SecondsLeft = now.Remaining?.TotalSeconds,
    });

    /// <summary>Writes down how it ended.</summary>
    public void End(int exitCode) => Update(job => job with
    {
        State = exitCode switch { ExitCodes.Done => JobState.Done, ExitCodes.Cancelled => JobState.Cancelled, _ => JobState.Failed },
        ExitCode = exitCode,
        Ended = _time.GetUtcNow(),
        BytesPerSecond = 0,
        SecondsLeft = null,
    });

    public void Dispose()
    {
        _log.Dispose();
        _lock.Dispose();
    }

    private void Update(Func<Job, Job> change)
    {
        lock (_gate)
        {
            _job = change(_job);
            try
            {
                JobFolder.Write(_record, _job);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A full disk, for example: the work goes on, and says itself what it cannot do.
            }
        }
    }
}
