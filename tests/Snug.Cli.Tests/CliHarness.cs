namespace Snug.Cli.Tests;

/// <summary>Runs command lines in this process with streams, variables and a home of their own.</summary>
internal sealed class CliHarness : IDisposable
{
    private readonly TempFolder _home = new();
    private readonly TempFolder _work = new();

    public CliHarness(Uri? endpoint = null)
    {
        Variables["HF_HOME"] = _home.Path;
        Variables["HF_ENDPOINT"] = endpoint?.AbsoluteUri ?? "http://127.0.0.1:1";
    }

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public string Home => _home.Path;

    /// <summary>The folder that commands are run in.</summary>
    public string Work => _work.Path;

    public string Cache => Path.Join(_home.Path, "hub");

    /// <summary>Whether the streams pretend to be terminals.</summary>
    public bool IsTerminal { get; set; }

    public int Width { get; set; } = 100;

    public string Input { get; set; } = "";

    /// <summary>Told of everything that is written to standard error, line by line or, where there are no lines, as it comes.</summary>
    public Action<string>? OnError { get; set; }

    public Task<CliResult> RunAsync(params string[] arguments) => RunAsync(TestContext.Current.CancellationToken, arguments);

    public async Task<CliResult> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" };
        using SharedWriter error = new(text => OnError?.Invoke(text)) { NewLine = "\n" };
        CliConsole console = new()
        {
            Out = output,
            Error = error,
            In = new StringReader(Input),
            ReadSecret = (ask, _) =>
            {
                ask();
                return Task.FromResult<string?>(Input);
            },
            WorkingDirectory = _work.Path,
            OpenIn = () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Input)),
            IsOutTerminal = IsTerminal,
            IsErrorTerminal = IsTerminal,
            IsInTerminal = IsTerminal,
            Variable = name => Variables.GetValueOrDefault(name),
            Width = () => Width,
            AdjustClient = options => options.RetryBaseDelay = TimeSpan.FromMilliseconds(1),
        };
        int code = await SnugApp.RunAsync(arguments, console, cancellationToken);
        return new CliResult(code, output.ToString(), error.ToString());
    }

    public void Dispose()
    {
        _home.Dispose();
        _work.Dispose();
    }

    /// <summary>Standard error is written from transfer threads and timers.</summary>
    private sealed class SharedWriter(Action<string> onLine) : StringWriter
    {
        private readonly Lock _lock = new();

        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        public override void Write(char value)
        {
            lock (_lock)
            {
                base.Write(value);
            }
        }

        public override void Write(string? value)
        {
            lock (_lock)
            {
                base.Write(value);
            }

            onLine(value ?? "");
        }

        public override void WriteLine(string? value)
        {
            lock (_lock)
            {
                base.Write(value + "\n");
            }

            onLine(value ?? "");
        }

        public override string ToString()
        {
            lock (_lock)
            {
                return base.ToString();
            }
        }
    }
}
