using Snug.Hub;

namespace Snug.Cli;

/// <summary>The progress of a job: lines in its log, and every second the numbers in its record.</summary>
internal sealed class JobProgress(CliConsole console, JobRecorder job) : ProgressView(console, onTimer: true)
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly PlainProgress _lines = new(console);
    private readonly ProgressState _state = new();
    private readonly Lock _gate = new();
    private long _last = -1;

    public override void Report(DownloadProgress value)
    {
        _state.Take(value);
        _lines.Report(value);
    }

    public override void Draw()
    {
        if (_last < 0 || Console.Time.GetElapsedTime(_last) >= Pace)
        {
            Record();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _lines.DisposeAsync();
        Record();
    }

    private void Record()
    {
        lock (_gate)
        {
            if (_state.Read() is { } now)
            {
                _last = Console.Time.GetTimestamp();
                job.Report(now.Overall);
            }
        }
    }
}
