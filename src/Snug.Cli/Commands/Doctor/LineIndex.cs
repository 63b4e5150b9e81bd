namespace Snug.Cli;

/// <summary>Finds the line of a position without reading the text anew each time.</summary>
internal sealed class LineIndex
{
    private readonly List<int> _ends = [];

    public LineIndex(string text)
    {
        for (int i = text.IndexOf('\n', StringComparison.Ordinal); i >= 0; i = text.IndexOf('\n', i + 1))
        {
            _ends.Add(i);
        }
    }

    /// <summary>The line, counted from 1.</summary>
    public int LineOf(int position)
    {
        int found = _ends.BinarySearch(position);
        return (found < 0 ? ~found : found) + 1;
    }
}
