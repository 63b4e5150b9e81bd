using Spectre.Console;

namespace Snug.Cli;

/// <summary>Draws tables on terminals. Apart from the rest, so that Spectre is loaded only when one is drawn.</summary>
internal static class TableRenderer
{
    public static void Write(CliConsole console, TableColumn[] columns, IReadOnlyList<TableCell[]> rows)
    {
        Spectre.Console.Table table = new() { Border = TableBorder.None, ShowHeaders = true };
        int[] shown = [.. Enumerable.Range(0, columns.Length).Where(i => !columns[i].IsForPrograms)];
        foreach (int i in shown)
        {
            table.AddColumn(Draw(columns[i]));
        }

        foreach (TableCell[] row in rows)
        {
            table.AddRow(shown.Select(i => new Spectre.Console.Text(
                Snug.Cli.Text.Printable(row[i].Display ?? row[i].Exact), columns[i].Style is { } style ? Style.Parse(style) : Style.Plain)));
        }

        SpectreOutput.For(console.Out, console, console.DecoratesOut).Write(table);
    }

    private static Spectre.Console.TableColumn Draw(TableColumn column)
    {
        Spectre.Console.TableColumn drawn = new(new Spectre.Console.Text(column.Name, new Style(decoration: Decoration.Bold)))
        {
            NoWrap = !column.MayWrap,
            Padding = new Padding(0, 0, 2, 0),
        };
        return column.IsNumber ? drawn.RightAligned() : drawn;
    }
}
