using Snug.Hub;

namespace Snug.Cli;

/// <summary>
/// Shows a download on standard error until it is disposed of. Reports come from transfer threads and only leave their numbers;
/// drawing happens on a timer, so that ten thousand files cost no more output than one.
/// </summary>
internal abstract class ProgressView : IProgress<DownloadProgress>, IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly PeriodicTimer? _timer;
    private readonly Task _loop = Task.CompletedTask;

    protected ProgressView(CliConsole console, bool onTimer)
    {
        Console = console;
        if (onTimer)
        {
            _timer = new PeriodicTimer(Interval, console.Time);
            _loop = RunAsync(_timer);
        }
    }

    protected CliConsole Console { get; }

    protected TextWriter Error => Console.Error;

    public static ProgressView Create(CliConsole console, ProgressMode mode) => mode switch
    {
        ProgressMode.Live => new LiveProgress(console),
        ProgressMode.Plain => new PlainProgress(console),
        ProgressMode.Json => new JsonProgress(console),
        _ => new NoProgress(console),
    };

    public abstract void Report(DownloadProgress value);

    /// <summary>Draws what changed since the last time.</summary>
    public virtual void Draw()
    {
    }

    public virtual async ValueTask DisposeAsync()
    {
        _timer?.Dispose();
        await _loop;
        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Leaves the terminal as it should stay.</summary>
    protected virtual void Close()
    {
    }

    private async Task RunAsync(PeriodicTimer timer)
    {
        while (await timer.WaitForNextTickAsync())
        {
            Draw();
        }
    }

    private sealed class NoProgress(CliConsole console) : ProgressView(console, onTimer: false)
    {
        public override void Report(DownloadProgress value)
        {
        }
    }
}
