namespace Snug.Cli;

/// <summary>
/// What is said to whoever watches, on standard error. Where progress is JSON, so is everything else there: a program reads it.
/// </summary>
internal sealed class Messages(CliConsole console, bool isQuiet, bool isJson)
{
    public bool IsQuiet => isQuiet;

    public void Say(string line) => Write("info", line, line);

    /// <summary>Says what begins now.</summary>
    public void Step(string line) => Write("step", line, console.MarksError ? "▶ " + Ansi.Style(true, Ansi.Bold, line) : "step: " + line);

    /// <summary>Says what to do, in order.</summary>
    public void Number(IReadOnlyList<string> lines)
    {
        for (int i = 0; i < lines.Count; i++)
        {
            string line = Text.Printable($"  {i + 1}. {lines[i]}");
            Write("info", line.TrimStart(), line);
        }
    }

    /// <summary>Says that something is done.</summary>
    public void Done(string line) => Write("done", line, (console.MarksError ? "✅" : Ansi.Style(console.DecoratesError, Ansi.Green, "ok:")) + " " + line);

    public void Warn(string line) =>
        Write("warning", line, (console.MarksError ? "⚠️ " : Ansi.Style(console.DecoratesError, Ansi.Yellow, "warning:")) + " " + line);

    /// <summary>Says what explains or sums up what was just shown.</summary>
    public void Hint(string line) => Write("info", line, Ansi.Style(console.DecoratesError, Ansi.Dim, line));

    /// <summary>Reports an error, which not even <c>--quiet</c> hides.</summary>
    public void Fail(Failure failure)
    {
        if (isJson)
        {
            console.Error.WriteLine(JsonOutput.Line(json =>
            {
                json.WriteString("event", "error");
                failure.Write(json);
            }));
            console.Error.Flush();
        }
        else
        {
            failure.Print(console);
        }
    }

    private void Write(string level, string text, string decorated)
    {
        if (isQuiet)
        {
            return;
        }

        console.Error.WriteLine(!isJson ? decorated : JsonOutput.Line(json =>
        {
            json.WriteString("event", "message");
            json.WriteString("level", level);
            json.WriteString("text", text);
        }));
    }
}
