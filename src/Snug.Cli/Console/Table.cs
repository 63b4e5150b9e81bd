namespace Snug.Cli;

/// <summary>
/// Rows of data. On a terminal they are arranged in columns with a heading; elsewhere each row is a line of values between tabs, exact
/// and uncut, for programs to read.
/// </summary>
internal sealed class Table(params TableColumn[] columns)
{
    private readonly List<TableCell[]> _rows = [];

    public int Count => _rows.Count;

    public void Add(params TableCell[] cells) => _rows.Add(cells);

    public void Write(CliConsole console)
    {
        if (_rows.Count == 0)
        {
            return;
        }

        if (console.IsOutTerminal)
        {
            TableRenderer.Write(console, columns, _rows);
        }
        else
        {
            foreach (TableCell[] row in _rows)
            {
                console.Out.WriteLine(Line(row));
            }
        }

        console.Out.Flush();
    }

    /// <summary>One row as programs read it.</summary>
    public static string Line(params TableCell[] cells)
    {
        string[] values = new string[cells.Length];
        for (int i = 0; i < cells.Length; i++)
        {
            values[i] = Text.Printable(cells[i].Exact);
        }

        return string.Join('\t', values);
    }
}
