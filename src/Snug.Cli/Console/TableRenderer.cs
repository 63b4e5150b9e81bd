using Spectre.Console;

namespace Snug.Cli;

/// <summary>Draws tables on terminals. Apart from the rest, so that Spectre is loaded only when one is drawn.</summary>
internal static class TableRenderer
{
    public static void Write(CliConsole console, TableColumn[] columns, IReadOnlyList<TableCell[]> rows)
    {
        Spectre.Console.Table table = new() { Border = TableBorder.None, ShowHeaders = true };
        table.PadRightAll();
        foreach (TableColumn column in columns)
        {
            TableColumnDefinition(table, column);
        }

        foreach (TableCell[] row in rows)
        {
            table.AddRow(row.Select((cell, i) => new Spectre.Console.Text(
                Snug.Cli.Text.Printable(cell.Display ?? cell.Exact), columns[i].Style is { } style ? Style.Parse(style) : Style.Plain)));
        }

        SpectreOutput.For(console.Out, console, console.DecoratesOut).Write(table);
    }

    private static void TableColumnDefinition(Spectre.Console.Table table, TableColumn column)
    {
        Spectre.Console.TableColumn drawn = new(new Spectre.Console.Text(column.Name, new Style(decoration: Decoration.Bold)))
        {
            NoWrap = !column.MayWrap,
            Padding = new Padding(0, 0, 2, 0),
        };
        table.AddColumn(column.IsNumber ? drawn.RightAligned() : drawn);
    }

    private static void PadRightAll(this Spectre.Console.Table table) => table.Expand = false;
}
