using System.Text;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>The world that a command sees: its streams, its environment and the clock. Tests give it others than the process's.</summary>
internal sealed class CliConsole
{
    private const int DefaultWidth = 80;
    private const int Utf8 = 65001;
    private const int Utf16 = 1200;

    /// <summary>Where data goes.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Where messages, progress and errors go.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Where answers to questions come from.</summary>
    public TextReader In { get; init; } = TextReader.Null;

    /// <summary>Reads a line that is not shown while it is typed, after asking for it.</summary>
    public Func<Action, CancellationToken, Task<string?>> ReadSecret { get; init; } = (_, _) => Task.FromResult<string?>(null);
    /// <summary>Opens standard input for data, which is bytes of UTF-8 whatever the terminal's encoding is.</summary>
    public Func<Stream> OpenIn { get; init; } = () => Stream.Null;

    public bool IsOutTerminal { get; init; }

    public bool IsErrorTerminal { get; init; }

    public bool IsInTerminal { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Variable { get; init; } = _ => null;

    /// <summary>Where a <c>.env</c> file is looked for; the process's working directory when missing.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The width of the terminal in columns, now.</summary>
    public Func<int> Width { get; init; } = () => DefaultWidth;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether programs that are started get the process's own streams; else what they write is copied to <see cref="Out"/> and <see cref="Error"/>.</summary>
    public bool LendsStreams { get; init; }

    /// <summary>Whose record is kept, where the command works in the background.</summary>
    public JobRecorder? Job { get; init; }

    /// <summary>Has the last word on the options of clients: tests do not wait between retries.</summary>
    public Action<HubClientOptions>? AdjustClient { get; init; }

    /// <summary>Whether data may be coloured and arranged for the eye.</summary>
    public bool DecoratesOut => IsOutTerminal && AllowsDecoration;

    /// <summary>Whether messages may be coloured and progress animated.</summary>
    public bool DecoratesError => IsErrorTerminal && AllowsDecoration;

    /// <summary>Whether lines and marks beyond ASCII can be shown.</summary>
    public bool HasUnicode => Error.Encoding.CodePage is Utf8 or Utf16;

    /// <summary>Whether messages begin with the signs ▶ ✅ ⚠️ ❌; elsewhere words stand in their place.</summary>
    public bool MarksError => HasUnicode && DecoratesError;

    /// <summary>Whether the terminal obeys sequences.</summary>
    public bool HasSequences { get; init; } = true;

    private bool AllowsDecoration => HasSequences && string.IsNullOrEmpty(Variable("NO_COLOR")) && Variable("TERM") != "dumb";

    public static CliConsole ForProcess() => new()
    {
        Out = Open(Console.OpenStandardOutput, () => Console.Out, flushes: false),
        Error = Open(Console.OpenStandardError, () => Console.Error, flushes: true),
        In = new LateReader(() => Console.In),
        ReadSecret = SecretPrompt.ReadAsync,
        OpenIn = Console.OpenStandardInput,
        IsOutTerminal = !Console.IsOutputRedirected,
        IsErrorTerminal = !Console.IsErrorRedirected,
        IsInTerminal = !Console.IsInputRedirected,
        Variable = Environment.GetEnvironmentVariable,
        Width = ReadWidth,
        LendsStreams = true,
        HasSequences = !OperatingSystem.IsWindows()
            || (SpectreOutput.TryEnableSequences(Console.Out) && SpectreOutput.TryEnableSequences(Console.Error)),
    };

    /// <summary>The console of a job: its log.</summary>
    public static CliConsole ForJob(JobRecorder job) => new()
    {
        Out = job.Log,
        Error = job.Log,
        Variable = Environment.GetEnvironmentVariable,
        HasSequences = false,
        Job = job,
    };

    /// <summary>
    /// Opens a stream of the process. Elsewhere than on Windows the platform's own writers would first read the terminal's description
    /// and change its settings, which takes time and is of use only to programs that read keys.
    /// </summary>
    private static TextWriter Open(Func<Stream> open, Func<TextWriter> platform, bool flushes)
    {
        if (OperatingSystem.IsWindows())
        {
            return platform();
        }

        Encoding encoding = Console.OutputEncoding is { CodePage: not Utf8 } other ? other : new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return TextWriter.Synchronized(new StreamWriter(open(), encoding) { AutoFlush = flushes });
    }

    private static int ReadWidth()
    {
        try
        {
            // The window of whichever stream is a terminal; zero where the system does not know it.
            return Console.WindowWidth is > 0 and int width ? width : DefaultWidth;
        }
        catch (IOException)
        {
            return DefaultWidth;
        }
    }

    /// <summary>Opens standard input when the first question is asked: opening it takes over the terminal's settings.</summary>
    private sealed class LateReader(Func<TextReader> open) : TextReader
    {
        public override int Read() => open().Read();

        public override string? ReadLine() => open().ReadLine();

        public override ValueTask<int> ReadBlockAsync(Memory<char> buffer, CancellationToken cancellationToken = default) =>
            open().ReadBlockAsync(buffer, cancellationToken);
    }
}
