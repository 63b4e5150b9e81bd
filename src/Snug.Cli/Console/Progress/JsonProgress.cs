using System.Text.Json;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>Every report as a JSON object on a line of its own, for programs that show progress themselves. docs/cli.md has the schema.</summary>
internal sealed class JsonProgress(CliConsole console) : ProgressView(console, onTimer: false)
{
    private readonly ProgressState _state = new();
    private readonly Lock _writing = new();
    private DownloadPhase? _phase;

    public override void Report(DownloadProgress value)
    {
        // One lock over both: lines must stand in the order of their numbers.
        lock (_writing)
        {
            DownloadProgress now = _state.Take(value);
            if (_phase != now.Phase)
            {
                _phase = now.Phase;
                Write(now, "phase");
            }

            if (now.File is not null)
            {
                Write(now, "file");
            }
            else if (now.Phase == DownloadPhase.Transferring)
            {
                Write(now, "progress");
            }
        }
    }

    private static void WriteOverall(Utf8JsonWriter json, DownloadProgress now)
    {
        json.WriteString("phase", Name(now.Phase.ToString()));
        json.WriteString("repository", now.Repository.ToString());
        json.WriteString("commit", now.Commit);
        json.WriteNumber("filesDone", now.FilesDone);
        json.WriteNumber("filesTotal", now.FilesTotal);
        json.WriteNumber("bytesDone", now.BytesDone);
        json.WriteNumber("bytesTotal", now.BytesTotal);
        json.WriteNumber("bytesPerSecond", Math.Round(now.BytesPerSecond));
        if (now.Remaining is { } left)
        {
            json.WriteNumber("secondsLeft", Math.Round(left.TotalSeconds, 1));
        }
        else
        {
            json.WriteNull("secondsLeft");
        }

        json.WriteNumber("connections", now.Connections);
    }

    private static string Name(string value) => JsonNamingPolicy.CamelCase.ConvertName(value);

    private void Write(DownloadProgress now, string name)
    {
        Error.WriteLine(JsonOutput.Line(json =>
        {
            json.WriteString("event", name);
            WriteOverall(json, now);
            if (name == "file")
            {
                json.WriteString("file", now.File);
                json.WriteString("state", Name(now.FileState?.ToString() ?? "transferring"));
                json.WriteNumber("fileBytesDone", now.FileBytesDone);
                json.WriteNumber("fileBytesTotal", now.FileBytesTotal);
                json.WriteString("note", now.Note);
            }
        }));
    }
}
