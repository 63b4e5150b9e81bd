using Snug.Hub;

namespace Snug.Cli;

/// <summary>Lines for logs: one when the transfer begins, one every few seconds, and one for each file while there are not too many.</summary>
internal sealed class PlainProgress(CliConsole console) : ProgressView(console, onTimer: true)
{
    private const int MaxNamedFiles = 50;
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);

    private readonly ProgressState _state = new();
    private readonly Lock _writing = new();
    private readonly HashSet<string> _noted = new(StringComparer.Ordinal);
    private bool _begun;
    private long _last;

    public override void Report(DownloadProgress value)
    {
        DownloadProgress now = _state.Take(value);
        lock (_writing)
        {
            if (!_begun && now is { Phase: DownloadPhase.Transferring, FilesTotal: > 0 })
            {
                Begin(now);
            }

            if (_begun && now.File is { } file && now.FilesTotal <= MaxNamedFiles)
            {
                WriteFile(now, file);
            }
        }
    }

    public override void Draw()
    {
        lock (_writing)
        {
            if (_begun && Console.Time.GetElapsedTime(_last) >= Pace && _state.Read() is { } now)
            {
                _last = Console.Time.GetTimestamp();
                Error.WriteLine("  " + ProgressText.Line(now.Overall));
            }
        }
    }

    private void Begin(DownloadProgress now)
    {
        _begun = true;
        _last = Console.Time.GetTimestamp();
        if (now.FilesDone < now.FilesTotal)
        {
            string present = now.FilesDone > 0 ? $", {now.FilesDone:#,0} present already" : "";
            Error.WriteLine(
                $"{now.Repository}: {Text.Count(now.FilesTotal, "file")}, {Text.Size(now.BytesTotal)}{present}");
        }
    }

    private void WriteFile(DownloadProgress now, string file)
    {
        switch (now.FileState)
        {
            case DownloadFileState.Completed:
                Error.WriteLine($"  {Text.Printable(file)}  {Text.Size(now.FileBytesTotal)}");
                break;

            // Once for each file: a bad line may break connections all the time.
            case DownloadFileState.Waiting when _noted.Add(file):
                Error.WriteLine($"  {Text.Printable(file)}: waiting for another process that downloads it");
                break;
            case DownloadFileState.Retrying when _noted.Add(file):
                Error.WriteLine($"  {Text.Printable(file)}: trying again: {Text.Printable(now.Note ?? "a connection failed")}");
                break;
            default:
                break;
        }
    }
}
