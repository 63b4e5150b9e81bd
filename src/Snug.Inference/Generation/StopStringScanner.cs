using System.Text;

namespace Snug.Inference;

/// <summary>
/// Finds stop strings in text that arrives in pieces. Text that may be the beginning of a stop string is held back until it is known not to
/// be one, so that nothing of a stop string is ever shown.
/// </summary>
public sealed class StopStringScanner
{
    private readonly string[] _stops;
    private readonly StringBuilder _held = new();

    /// <param name="stops">Strings to stop at; none may be empty.</param>
    public StopStringScanner(IEnumerable<string> stops)
    {
        ArgumentNullException.ThrowIfNull(stops);
        _stops = [.. stops];
        if (_stops.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("A stop string is empty.", nameof(stops));
        }
    }

    /// <summary>The stop string that was found, the earliest in the text; null before.</summary>
    public string? Found { get; private set; }

    /// <summary>Takes a piece of text.</summary>
    /// <returns>Text that can be shown now. After a stop string was found, nothing comes any more.</returns>
    public string Push(ReadOnlySpan<char> piece)
    {
        if (Found is not null)
        {
            return "";
        }

        _held.Append(piece);
        string text = _held.ToString();
        int end = text.Length;
        foreach (string stop in _stops)
        {
            int at = text.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && at < end)
            {
                end = at;
                Found = stop;
            }
        }

        _held.Clear();
        if (Found is null)
        {
            int shown = text.Length - LongestBeginning(text);
            _held.Append(text.AsSpan(shown));
            end = shown;
        }

        return text[..end];
    }

    /// <summary>Text that was held back, when the text ends without a stop string.</summary>
    public string Flush()
    {
        string rest = _held.ToString();
        _held.Clear();
        return rest;
    }

    /// <summary>Length of the longest end of the text that a stop string begins with.</summary>
    private int LongestBeginning(string text)
    {
        int longest = 0;
        foreach (string stop in _stops)
        {
            for (int length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                {
                    longest = length;
                }
            }
        }

        return longest;
    }
}
