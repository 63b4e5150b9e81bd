using System.Text;

namespace Snug.Cli.Tests;

/// <summary>What a terminal shows after some output: just the sequences that the tool uses.</summary>
internal static class TerminalScreen
{
    public static string Show(string output)
    {
        List<StringBuilder> rows = [new()];
        (int row, int column) = (0, 0);
        for (int i = 0; i < output.Length; i++)
        {
            switch (output[i])
            {
                case '\u001b':
                    int end = i + 2;
                    while (char.IsAsciiDigit(output[end]) || output[end] == ';')
                    {
                        end++;
                    }

                    int number = int.TryParse(output.AsSpan(i + 2, end - i - 2), out int parsed) ? parsed : 1;
                    switch (output[end])
                    {
                        case 'A':
                            row -= number;
                            break;
                        case 'K':
                            rows[row].Length = Math.Min(rows[row].Length, column);
                            break;
                        case 'J':
                            rows.RemoveRange(row + 1, rows.Count - row - 1);
                            rows[row].Length = Math.Min(rows[row].Length, column);
                            break;
                        default:
                            Assert.Equal('m', output[end]);
                            break;
                    }

                    i = end;
                    break;
                case '\n':
                    row++;
                    column = 0;
                    if (row == rows.Count)
                    {
                        rows.Add(new StringBuilder());
                    }

                    break;
                case '\r':
                    column = 0;
                    break;
                default:
                    StringBuilder line = rows[row];
                    line.Append(' ', Math.Max(0, column - line.Length));
                    if (column < line.Length)
                    {
                        line[column] = output[i];
                    }
                    else
                    {
                        line.Append(output[i]);
                    }

                    column++;
                    break;
            }
        }

        return string.Join('\n', rows.Select(r => r.ToString().TrimEnd())).TrimEnd('\n');
    }
}
