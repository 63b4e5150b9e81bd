using Snug.Hub;

namespace Snug.Cli.Tests;

/// <summary>The views of progress, fed by hand.</summary>
public sealed class ProgressTests
{
    private static readonly RepositoryId Id = "org/name";

    [Fact]
    public void Reports_that_arrive_late_do_not_take_numbers_back()
    {
        ProgressState state = new();
        state.Take(Overall(bytes: 900, files: 3));
        state.Take(Overall(bytes: 500, files: 2));
        state.Take(Report("a", DownloadFileState.Started, 0, 100));
        state.Take(Report("a", DownloadFileState.Transferring, 60, 100));
        state.Take(Report("a", DownloadFileState.Retrying, 20, 100));

        (DownloadProgress overall, ActiveFile[] files) = state.Read()!.Value;

        Assert.Equal((900, 3), (overall.BytesDone, overall.FilesDone));
        Assert.Equal(60, Assert.Single(files).Done);
    }

    [Fact]
    public void A_late_report_on_a_completed_file_does_not_bring_it_back()
    {
        ProgressState state = new();
        state.Take(Report("a", DownloadFileState.Started, 0, 100));
        state.Take(Report("a", DownloadFileState.Completed, 100, 100));
        state.Take(Report("a", DownloadFileState.Transferring, 90, 100));

        Assert.Empty(state.Read()!.Value.Files);
    }

    [Fact]
    public async Task Ten_thousand_files_take_a_screen_of_a_few_lines_and_one_write_for_each_frame()
    {
        CountingWriter error = new();
        await using LiveProgress view = new(Terminal(error, width: 100));
        for (int i = 0; i < 10_000; i++)
        {
            view.Report(Report($"folder/file-{i}.bin", DownloadFileState.Started, 0, 1000) with { FilesTotal = 10_000, BytesTotal = 10_000_000 });
            if (i >= 50)
            {
                view.Report(Report($"folder/file-{i - 50}.bin", DownloadFileState.Completed, 1000, 1000) with { FilesDone = i - 49, BytesDone = (i - 49) * 1000L });
            }
        }

        Assert.Equal(0, error.Writes);
        view.Draw();
        view.Draw();

        Assert.Equal(2, error.Writes);
        string[] screen = TerminalScreen.Show(error.ToString()).Split('\n');
        Assert.Equal(9, screen.Length);
        Assert.All(screen, line => Assert.True(line.Length < 100, line));
        Assert.Contains("and 44 more files", screen[7], StringComparison.Ordinal);
        Assert.Contains("9,950 of 10,000 files", screen[8], StringComparison.Ordinal);
        Assert.Contains("99%", screen[8], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(300)]
    public async Task Frames_fit_every_terminal_that_is_wide_enough_for_a_bar(int width)
    {
        CountingWriter error = new();
        await using LiveProgress view = new(Terminal(error, width));
        view.Report(Overall(bytes: 123_456_789, files: 3) with { BytesPerSecond = 123_456_789, Remaining = TimeSpan.FromHours(30), Commit = new string('a', 40) });
        view.Report(Report(new string('x', 500) + "\u001b[2J", DownloadFileState.Retrying, 10, 100) with { Note = "the connection broke\nand more" });

        view.Draw();

        Assert.All(TerminalScreen.Show(error.ToString()).Split('\n'), line => Assert.True(line.Length < Math.Max(41, Math.Min(width, 121)), line));
    }

    [Fact]
    public async Task Nothing_of_a_frame_is_left_when_the_view_ends()
    {
        CountingWriter error = new();
        LiveProgress view = new(Terminal(error, width: 80));
        view.Report(Report("a", DownloadFileState.Started, 0, 100));
        view.Draw();

        await view.DisposeAsync();

        Assert.Equal("", TerminalScreen.Show(error.ToString()));
    }

    [Fact]
    public async Task Plain_lines_do_not_name_files_when_there_are_many()
    {
        CountingWriter error = new();
        await using PlainProgress view = new(Terminal(error, width: 80));
        for (int i = 0; i < 1000; i++)
        {
            view.Report(Report($"file-{i}", DownloadFileState.Completed, 10, 10) with { FilesTotal = 1000, FilesDone = i + 1, BytesTotal = 10_000, BytesDone = 10 * (i + 1) });
        }

        view.Draw();

        Assert.Single(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static DownloadProgress Overall(long bytes, int files) => new()
    {
        Phase = DownloadPhase.Transferring,
        Repository = Id,
        BytesDone = bytes,
        BytesTotal = 1_000_000_000,
        FilesDone = files,
        FilesTotal = 10,
    };

    private static DownloadProgress Report(string file, DownloadFileState state, long done, long total) => new()
    {
        Phase = DownloadPhase.Transferring,
        Repository = Id,
        FilesTotal = 10,
        BytesTotal = 1000,
        File = file,
        FileState = state,
        FileBytesDone = done,
        FileBytesTotal = total,
    };

    private static CliConsole Terminal(TextWriter error, int width) => new()
    {
        Out = TextWriter.Null,
        Error = error,
        IsErrorTerminal = true,
        Width = () => width,
        Time = new FrozenTime(),
    };

    /// <summary>A clock whose timers never fire, so that only the test draws.</summary>
    private sealed class FrozenTime : TimeProvider
    {
        public override long GetTimestamp() => 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private sealed class CountingWriter : StringWriter
    {
        public int Writes { get; private set; }

        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        public override void Write(string? value)
        {
            Writes++;
            base.Write(value);
        }
    }
}
