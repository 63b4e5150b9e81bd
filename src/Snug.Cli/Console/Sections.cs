namespace Snug.Cli;

/// <summary>
/// Names with values under headings. Elsewhere than on a terminal: one line each, the name and the value between tabs.
/// </summary>
internal sealed class Sections(CliConsole console)
{
    private readonly List<(string Title, (string Name, string Value, string? Note)[] Rows)> _sections = [];

    public void Add(string title, (string Name, string Value)[] rows) => Add(title, [.. rows.Select(r => (r.Name, r.Value, (string?)null))]);

    public void Add(string title, (string Name, string Value, string? Note)[] rows)
    {
        if (rows.Length > 0)
        {
            _sections.Add((title, rows));
        }
    }

    public void Write()
    {
        TextWriter output = console.Out;
        if (!console.IsOutTerminal)
        {
            foreach ((string name, string value, string? note) in _sections.SelectMany(s => s.Rows))
            {
                output.WriteLine(note is null ? Table.Line(name, value) : Table.Line(name, value, note));
            }

            output.Flush();
            return;
        }

        bool decorate = console.DecoratesOut;
        int nameWidth = _sections.SelectMany(s => s.Rows).Max(r => r.Name.Length) + 2;
        bool first = true;
        foreach ((string title, (string Name, string Value, string? Note)[] rows) in _sections)
        {
            if (!first)
            {
                output.WriteLine();
            }

            first = false;
            if (title.Length > 0)
            {
                output.WriteLine(Ansi.Style(decorate, Ansi.Bold, title));
            }

            int valueWidth = Math.Min(rows.Max(r => r.Value.Length), Math.Max(20, console.Width() - nameWidth - 32));
            foreach ((string name, string value, string? note) in rows)
            {
                string shown = note is null ? Text.Printable(value) : Text.Printable(value).PadRight(valueWidth);
                string tail = note is null ? "" : "  " + Ansi.Style(decorate, Ansi.Dim, Text.Printable(note));
                output.WriteLine($"  {Ansi.Style(decorate, Ansi.Cyan, name.PadRight(nameWidth))}{shown}{tail}");
            }
        }

        output.Flush();
    }
}
