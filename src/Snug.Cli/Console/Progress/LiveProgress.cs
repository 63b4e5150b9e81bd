using System.Text;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>
/// A few lines at the end of the terminal: the files under way and the whole. Each frame is one write that overwrites the last frame
/// line by line; nothing is cleared first, so nothing flickers.
/// </summary>
internal sealed class LiveProgress(CliConsole console) : ProgressView(console, onTimer: true)
{
    private const int MaxFiles = 6;
    private const int MinWidth = 40;
    private const int MaxWidth = 120;

    /// <summary>What stands behind a bar at most: percent, rate and time left.</summary>
    private const int TailWidth = 34;
    private const string EraseToEndOfLine = "\u001b[K";
    private const string EraseBelow = "\u001b[J";
    private static readonly string[] Spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
    private static readonly string[] AsciiSpinner = ["|", "/", "-", "\\"];

    private readonly ProgressState _state = new();
    private readonly Lock _drawing = new();
    private int _height;
    private int _frame;

    public override void Report(DownloadProgress value) => _state.Take(value);

    public override void Draw()
    {
        lock (_drawing)
        {
            if (_state.Read() is { } now)
            {
                Show(Frame(now.Overall, now.Files));
            }
        }
    }

    protected override void Close()
    {
        lock (_drawing)
        {
            Show([]);
        }
    }

    private void Show(List<string> lines)
    {
        if (lines.Count == 0 && _height == 0)
        {
            return;
        }

        StringBuilder text = new();
        if (_height > 0)
        {
            text.Append("\u001b[").Append(_height).Append("A\r");
        }

        foreach (string line in lines)
        {
            text.Append(line).Append(EraseToEndOfLine).Append('\n');
        }

        if (lines.Count < _height)
        {
            text.Append(EraseBelow);
        }

        Error.Write(text.ToString());
        Error.Flush();
        _height = lines.Count;
    }

    private List<string> Frame(DownloadProgress overall, ActiveFile[] files)
    {
        // The last column stays empty: some terminals wrap when it is written.
        int width = Math.Clamp(Console.Width() - 1, MinWidth, MaxWidth);
        string[] spinner = Console.HasUnicode ? Spinner : AsciiSpinner;
        string turn = spinner[_frame++ % spinner.Length];
        string name = Text.Shorten(overall.Repository.ToString(), width / 2);
        if (overall.Phase < DownloadPhase.Transferring)
        {
            return [Head(turn, name, PhaseText(overall.Phase), width)];
        }

        int nameWidth = Math.Clamp(width / 4, 12, 36);
        string place = overall.Commit is { } commit ? $"at {Text.ShortCommit(commit)}, " : "";
        List<string> lines =
        [
            Head(turn, name, place + Amount(overall.BytesDone, overall.BytesTotal), width),
            .. files.Take(MaxFiles).Select(file => FileLine(file, nameWidth, width)),
        ];
        if (files.Length > MaxFiles)
        {
            lines.Add(Color(Ansi.Dim, $"    and {Text.Count(files.Length - MaxFiles, "more file")}"));
        }

        lines.Add(TotalLine(overall, nameWidth, width));
        return lines;
    }

    private string Head(string turn, string name, string text, int width)
    {
        int room = Math.Max(0, width - turn.Length - name.Length - 3);
        return $"{Color(Ansi.Cyan, turn)} {Color(Ansi.Bold, name)}  {Color(Ansi.Dim, text.Length <= room ? text : text[..room])}";
    }

    private string FileLine(ActiveFile file, int nameWidth, int width)
    {
        string name = Text.Shorten(Text.Printable(file.Path), nameWidth).PadRight(nameWidth);
        string tail = file.State switch
        {
            DownloadFileState.Waiting => "waits for another process",
            DownloadFileState.Retrying => file.Note is null ? "trying again" : "trying again: " + Text.Printable(file.Note),
            _ => $"{Percent(file.Done, file.Total),4}  {Amount(file.Done, file.Total)}",
        };
        return Line("    " + name, file.Done, file.Total, tail, Ansi.Cyan, width, 4 + nameWidth);
    }

    private string TotalLine(DownloadProgress overall, int nameWidth, int width)
    {
        string files = $"{overall.FilesDone:#,0} of {Text.Count(overall.FilesTotal, "file")}";
        string tail = $"{Percent(overall.BytesDone, overall.BytesTotal),4}";
        if (overall.BytesPerSecond > 0)
        {
            tail += "  " + Text.Rate(overall.BytesPerSecond);
        }

        if (overall.Remaining is { } left)
        {
            tail += "  " + Text.Duration(left) + " left";
        }

        return Line("  " + files.PadRight(nameWidth + 2), overall.BytesDone, overall.BytesTotal, tail, Ansi.Green, width, 4 + nameWidth);
    }

    private string Line(string head, long done, long total, string tail, string color, int width, int headWidth)
    {
        int bar = Math.Clamp(width - headWidth - TailWidth - 2, 8, 40);
        int room = Math.Max(0, width - headWidth - bar - 2);
        string cut = tail.Length <= room ? tail : tail[..room];
        return $"{head} {Bar(done, total, bar, color)} {cut}";
    }

    private string Bar(long done, long total, int width, string color)
    {
        int filled = total <= 0 ? width : (int)(Math.Min(done, total) * (double)width / total);
        return Console.HasUnicode
            ? Color(color, new string('━', filled)) + Color(Ansi.Dim, new string('─', width - filled))
            : Color(color, new string('#', filled)) + Color(Ansi.Dim, new string('.', width - filled));
    }

    private string Color(string style, string text) => text.Length == 0 ? "" : Ansi.Style(Console.DecoratesError, style, text);

    private static string Percent(long done, long total) => ProgressText.Percent(done, total) + "%";

    private static string Amount(long done, long total) => $"{Text.Size(done)} of {Text.Size(total)}";

    private static string PhaseText(DownloadPhase phase) => phase switch
    {
        DownloadPhase.Resolving => "asking which commit",
        DownloadPhase.Listing => "listing its files",
        _ => "looking what is there already",
    };
}
