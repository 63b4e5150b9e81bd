namespace Snug.Cli;

/// <summary>
/// Names with values under headings. Elsewhere than on a terminal: one line each, the name and the value between tabs.
/// </summary>
internal sealed class Sections(CliConsole console)
{
    private readonly List<string> _titles = [];
    private readonly List<List<SectionRow>> _rows = [];

    public void Add(string title, List<SectionRow> rows)
    {
        if (rows.Count > 0)
        {
            _titles.Add(title);
            _rows.Add(rows);
        }
    }

    public void Write()
    {
        if (console.IsOutTerminal)
        {
            WriteForPeople();
        }
        else
        {
            WriteForPrograms();
        }

        console.Out.Flush();
    }

    private void WriteForPrograms()
    {
        foreach (List<SectionRow> rows in _rows)
        {
            foreach (SectionRow row in rows)
            {
                console.Out.WriteLine(row.Note is null ? Table.Line(row.Name, row.Value) : Table.Line(row.Name, row.Value, row.Note));
            }
        }
    }

    private void WriteForPeople()
    {
        bool decorate = console.DecoratesOut;
        int nameWidth = _rows.Max(rows => rows.Max(r => r.Name.Length)) + 2;
        for (int i = 0; i < _rows.Count; i++)
        {
            if (i > 0)
            {
                console.Out.WriteLine();
            }

            if (_titles[i].Length > 0)
            {
                console.Out.WriteLine(Ansi.Style(decorate, Ansi.Bold, _titles[i]));
            }

            int valueWidth = Math.Min(_rows[i].Max(r => r.Value.Length), Math.Max(20, console.Width() - nameWidth - 32));
            foreach (SectionRow row in _rows[i])
            {
                string value = Text.Printable(row.Value);
                string tail = row.Note is null ? value : $"{value.PadRight(valueWidth)}  {Ansi.Style(decorate, Ansi.Dim, Text.Printable(row.Note))}";
                console.Out.WriteLine($"  {Ansi.Style(decorate, Ansi.Cyan, row.Name.PadRight(nameWidth))}{tail}");
            }
        }
    }
}
