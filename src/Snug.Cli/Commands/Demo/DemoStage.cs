namespace Snug.Cli;

/// <summary>Where the demonstration is told: headings, command lines, and the commands' own output.</summary>
internal sealed class DemoStage(CliConsole console, Uri endpoint, string home, RequestCounter requests)
{
    private const int MaxWidth = 90;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(900);

    private int _step;
    private int _before;

    /// <summary>Whether somebody watches: then there is time to read, and bytes come slowly enough to see them.</summary>
    public bool IsLive => console.DecoratesError && console.IsOutTerminal;

    /// <summary>The requests of the last command.</summary>
    public int Requests => requests.Count - _before;

    public async Task BeginAsync(string title, string text, CancellationToken cancellationToken)
    {
        Line("");
        Line(Style(Ansi.Bold + Ansi.Cyan, title));
        Tell(text);
        await PauseAsync(cancellationToken);
    }

    public async Task StepAsync(string title, string text, CancellationToken cancellationToken)
    {
        await PauseAsync(cancellationToken);
        Line("");
        Line(Style(Ansi.Bold + Ansi.Cyan, $"{++_step}. ") + Style(Ansi.Bold, title));
        Tell(text);
    }

    public Task RunAsync(int expected, CancellationToken cancellationToken, params string[] arguments) =>
        RunAsync(expected, token: null, arguments, cancellationToken);

    public Task RunWithTokenAsync(string token, CancellationToken cancellationToken, params string[] arguments) =>
        RunAsync(ExitCodes.Done, token, arguments, cancellationToken);

    public void Tell(string text)
    {
        foreach (string line in Wrap(text, Math.Min(MaxWidth, console.Width()) - 3))
        {
            Line("   " + Style(Ansi.Dim, line));
        }
    }

    public static void Require(bool condition)
    {
        if (!condition)
        {
            throw Broken("a promise of the demonstration was not kept");
        }
    }

    public void End((string Command, string Meaning)[] next)
    {
        Line("");
        Line(Style(Ansi.Bold + Ansi.Green, "That is it.") + " The temporary cache is gone again. Next:");
        int width = next.Max(n => n.Command.Length) + 3;
        foreach ((string command, string meaning) in next)
        {
            Line($"   {Style(Ansi.Cyan, command.PadRight(width))}{Style(Ansi.Dim, meaning)}");
        }

        Line("");
    }

    private async Task RunAsync(int expected, string? token, string[] arguments, CancellationToken cancellationToken)
    {
        string prefix = token is null ? "" : $"HF_TOKEN={token[..11]}… ";
        Line("");
        Line($"   {Style(Ansi.Green, "$")} {prefix}snug {string.Join(' ', arguments)}");
        console.Out.Flush();
        _before = requests.Count;
        int code = await SnugApp.RunAsync(arguments, Inner(token), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (code != expected)
        {
            throw Broken($"'snug {string.Join(' ', arguments)}' ended with {code} instead of {expected}");
        }
    }

    /// <summary>The same screen, but an environment of its own: nothing of the user's settings, token or cache takes part.</summary>
    private CliConsole Inner(string? token) => new()
    {
        Out = console.Out,
        Error = console.Error,
        IsOutTerminal = console.IsOutTerminal,
        IsErrorTerminal = console.IsErrorTerminal,
        Width = console.Width,
        Time = console.Time,
        Variable = name => name switch
        {
            "HF_ENDPOINT" => endpoint.AbsoluteUri,
            "HF_HOME" => home,
            "HF_TOKEN" => token,
            "NO_COLOR" or "TERM" => console.Variable(name),
            _ => null,
        },
    };

    private static CliException Broken(string what) => new(
        ExitCodes.Unexpected, "demo_failed", $"The demonstration stopped: {what}.", "This is a fault of snug; please report it with the output above.");

    private static IEnumerable<string> Wrap(string text, int width)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : line + " " + word;
        }

        yield return line;
    }

    private Task PauseAsync(CancellationToken cancellationToken) =>
        IsLive ? Task.Delay(Pause, console.Time, cancellationToken) : Task.CompletedTask;

    private string Style(string style, string text) => Ansi.Style(console.DecoratesOut, style, text);

    private void Line(string text) => console.Out.WriteLine(text);
}
