using System.Text;

namespace Snug.AI;

/// <summary>
/// Divides the text of an answer, as it arrives, into text, reasoning and calls. What may turn out to be a mark is held back; calls come
/// whole; what only looks like a call is text.
/// </summary>
internal sealed class OutputReader
{
    private readonly ReasoningFormat? _reasoning;
    private readonly ToolCallFormat? _format;
    private readonly ToolSchemas _tools;
    private readonly AnswerFrame? _frame;

    /// <summary>Text that was not given out: it may be a mark, or white space that only counts if text follows.</summary>
    private readonly StringBuilder _held = new();
    private readonly List<OutputPiece> _pieces = [];
    private State _state;

    /// <summary>The marks that the call under way has begun with and ends with.</summary>
    private (string Start, string? End) _open;

    /// <summary>White space before it, which counts only if it is no call.</summary>
    private string _space = "";

    /// <summary>Where to look for the end of the call: the ends before were part of arguments.</summary>
    private int _from;
    private bool _hasText;
    private bool _skipsWhiteSpace;

    public OutputReader(ReasoningFormat? reasoning, bool startsWithReasoning, ToolCallFormat? format, ToolSchemas tools, AnswerFrame? frame = null)
    {
        (_reasoning, _format, _tools, _frame) = (reasoning, format, tools, frame);
        if (startsWithReasoning && reasoning is not null)
        {
            (_state, _skipsWhiteSpace) = (State.Reasoning, true);
        }
    }

    private enum State
    {
        Text,
        Reasoning,
        Call,
    }

    /// <summary>Takes text.</summary>
    /// <returns>What has become certain.</returns>
    public IReadOnlyList<OutputPiece> Push(string text)
    {
        _held.Append(text);
        return Read(isLast: false);
    }

    /// <summary>What was held back, when the answer has ended.</summary>
    public IReadOnlyList<OutputPiece> Finish() => Read(isLast: true);

    private IReadOnlyList<OutputPiece> Read(bool isLast)
    {
        _pieces.Clear();
        while (_state switch
        {
            State.Text => ReadText(isLast),
            State.Reasoning => ReadReasoning(isLast),
            _ => ReadCall(isLast),
        })
        {
        }

        return [.. _pieces];
    }

    private bool ReadText(bool isLast)
    {
        string text = _held.ToString();
        List<(string Start, State Next, string? End)> marks = [];
        bool mayReason = _frame is not null || (!_hasText && Begins(text.AsSpan().TrimStart(), _reasoning?.Start));
        if (_reasoning is not null && mayReason)
        {
            marks.Add((_reasoning.Start, State.Reasoning, null));
        }

        marks.AddRange((_frame?.Marks ?? []).Select(mark => (mark, State.Text, (string?)null)));
        marks.AddRange((_format?.Marks ?? []).Select(mark => (mark.Start, State.Call, mark.End)));
        if (!_hasText && _format is { AllowsBareJson: true } && text.AsSpan().TrimStart().StartsWith("{"))
        {
            _space = "";
            Replace(text.TrimStart());
            (_state, _open, _from) = (State.Call, ("", null), 0);
            return true;
        }

        int at = int.MaxValue;
        (string Start, State Next, string? End) found = ("", State.Text, null);
        foreach ((string Start, State Next, string? End) mark in marks)
        {
            int index = text.IndexOf(mark.Start, StringComparison.Ordinal);
            if (index >= 0 && (index < at || (index == at && mark.Start.Length > found.Start.Length)))
            {
                (at, found) = (index, mark);
            }
        }

        // A mark may be the start of another one that has not arrived as a whole.
        bool isOpen = !isLast && at < int.MaxValue && marks.Exists(
            mark => mark.Start.Length > text.Length - at && mark.Start.AsSpan().StartsWith(text.AsSpan(at)));
        if (isOpen)
        {
            return false;
        }

        if (at < int.MaxValue)
        {
            int end = text.AsSpan(0, at).TrimEnd().Length;
            Give(text[..end], isReasoning: false);
            _space = text[end..at];
            Replace(text[(at + found.Start.Length)..]);
            (_state, _open, _from) = (found.Next, (found.Start, found.End), 0);
            _skipsWhiteSpace = found.Next != State.Text || !_hasText;
            return true;
        }

        int certain = isLast ? text.Length : text.Length - LongestBeginning(text, marks.Select(mark => mark.Start));
        if (!isLast && (marks.Count > 0 || _skipsWhiteSpace))
        {
            certain = text.AsSpan(0, certain).TrimEnd().Length;
        }

        Give(isLast && _skipsWhiteSpace ? text.TrimEnd() : text[..certain], isReasoning: false);
        Replace(text[certain..]);
        return false;
    }

    private bool ReadReasoning(bool isLast)
    {
        string text = _held.ToString();
        int end = text.IndexOf(_reasoning!.End, StringComparison.Ordinal);
        if (end >= 0)
        {
            Give(text[..end].TrimEnd(), isReasoning: true);
            Replace(text[(end + _reasoning.End.Length)..]);
            (_state, _skipsWhiteSpace) = (State.Text, true);
            return true;
        }

        int certain = isLast ? text.Length : text.Length - LongestBeginning(text, [_reasoning.End]);
        certain = text.AsSpan(0, certain).TrimEnd().Length;
        Give(text[..certain], isReasoning: true);
        Replace(isLast ? "" : text[certain..]);
        return false;
    }

    private bool ReadCall(bool isLast)
    {
        string text = _held.ToString();
        string end = _open.End ?? _open.Start;
        int at = end.Length == 0 || _from > text.Length ? -1 : text.IndexOf(end, _from, StringComparison.Ordinal);
        if (at < 0 && !isLast)
        {
            _from = Math.Max(_from, text.Length - end.Length + 1);
            return false;
        }

        string body = at < 0 ? text : text[..at];
        ToolCallReading reading = _format!.Read(body, _tools);
        if (reading.Calls is null && reading.IsIncomplete && at >= 0)
        {
            _from = at + end.Length;
            return true;
        }

        // The next start is both the end of this call and the start of the next.
        int rest = at < 0 ? text.Length : _open.End is null ? at : at + end.Length;
        bool isCall = reading.Calls is { } calls && (_open.Start.Length > 0 || calls.All(call => _tools.Has(call.Name)));
        if (isCall)
        {
            _pieces.AddRange(reading.Calls!.Select(call => new OutputPiece("", Call: call)));
            _skipsWhiteSpace = true;
        }
        else
        {
            _skipsWhiteSpace = false;
            Give(_space + _open.Start + text[..rest], isReasoning: false);
        }

        Replace(text[rest..]);
        _hasText = true;
        _state = State.Text;
        return _held.Length > 0;
    }

    private void Give(string text, bool isReasoning)
    {
        if (_skipsWhiteSpace)
        {
            text = text.TrimStart();
        }

        if (text.Length == 0)
        {
            return;
        }

        _skipsWhiteSpace = false;
        _hasText |= !isReasoning && !string.IsNullOrWhiteSpace(text);
        _pieces.Add(new OutputPiece(text, isReasoning));
    }

    private void Replace(string text) => _held.Clear().Append(text);

    /// <summary>Whether a text begins with a mark, or with as much of it as there is text.</summary>
    private static bool Begins(ReadOnlySpan<char> text, ReadOnlySpan<char> mark) => text.StartsWith(mark) || mark.StartsWith(text);

    /// <summary>Length of the longest end of the text that a mark begins with.</summary>
    private static int LongestBeginning(string text, IEnumerable<string> marks)
    {
        int longest = 0;
        foreach (string mark in marks)
        {
            for (int length = Math.Min(mark.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(mark.AsSpan(0, length)))
                {
                    longest = length;
                }
            }
        }

        return longest;
    }
}
