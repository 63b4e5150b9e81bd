using System.Text;

namespace Snug.Hub;

/// <summary>Reads the text of a <c>.env</c> file once, from left to right; time and memory grow with its length only.</summary>
internal sealed class DotEnvParser
{
    private const string Export = "export";

    private readonly string _text;
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly List<DotEnvProblem> _problems = [];
    private int _position;
    private int _line = 1;

    public DotEnvParser(string text)
    {
        _text = text;
        while (_position < _text.Length)
        {
            ReadLine();
        }
    }

    public IReadOnlyDictionary<string, string> Variables => _variables;

    public IReadOnlyList<DotEnvProblem> Problems => _problems;

    private char Current => _position < _text.Length ? _text[_position] : '\n';

    private void ReadLine()
    {
        int line = _line;
        SkipBlanks();
        if (IsEnd(Current) || Current == '#')
        {
            SkipLine();
            return;
        }

        string? name = ReadName();
        if (name == Export && Current is ' ' or '\t')
        {
            SkipBlanks();
            name = Current == '=' ? Export : ReadName();
        }

        SkipBlanks();
        if (name is null || Current != '=')
        {
            Refuse(line, name, name is null ? "it does not begin with a name" : "no '=' follows the name");
            return;
        }

        _position++;
        SkipBlanks();
        int start = _position;
        int startLine = _line;
        string? value = Current is '"' or '\'' ? ReadQuoted(Current) : ReadPlain();
        if (value is null)
        {
            // A quote that is never closed must not swallow the lines after it.
            (_position, _line) = (start, startLine);
            Refuse(line, name, "its quote is not closed");
            return;
        }

        SkipBlanks();
        if (!IsEnd(Current) && Current != '#')
        {
            Refuse(line, name, "something follows the closing quote");
            return;
        }

        SkipLine();
        _variables[name] = value;
    }

    private void Refuse(int line, string? name, string reason)
    {
        _problems.Add(new DotEnvProblem(line, name, reason));
        SkipLine();
    }

    private string? ReadName()
    {
        int start = _position;
        while (_position < _text.Length && (char.IsAsciiLetter(Current) || Current == '_' || (_position > start && char.IsAsciiDigit(Current))))
        {
            _position++;
        }

        return _position > start ? _text[start.._position] : null;
    }

    private string ReadPlain()
    {
        int start = _position;
        while (_position < _text.Length && !IsEnd(Current)
            && !(Current == '#' && (_position == start || _text[_position - 1] is ' ' or '\t')))
        {
            _position++;
        }

        return _text[start.._position].TrimEnd(' ', '\t');
    }

    private string? ReadQuoted(char quote)
    {
        _position++;
        StringBuilder value = new();
        for (; _position < _text.Length; _position++)
        {
            char c = _text[_position];
            if (c == quote)
            {
                _position++;
                return value.ToString();
            }

            if (c == '\\' && quote == '"' && _position + 1 < _text.Length && Unescape(_text[_position + 1]) is { } escaped)
            {
                value.Append(escaped);
                _position++;
                continue;
            }

            if (c == '\n' || (c == '\r' && !(_position + 1 < _text.Length && _text[_position + 1] == '\n')))
            {
                _line++;
            }

            value.Append(c);
        }

        return null;
    }

    private static char? Unescape(char c) => c switch
    {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '"' or '\\' or '$' => c,
        _ => null,
    };

    private void SkipBlanks()
    {
        while (_position < _text.Length && Current is ' ' or '\t')
        {
            _position++;
        }
    }

    private void SkipLine()
    {
        while (_position < _text.Length && !IsEnd(Current))
        {
            _position++;
        }

        if (_position < _text.Length)
        {
            _position += Current == '\r' && _position + 1 < _text.Length && _text[_position + 1] == '\n' ? 2 : 1;
            _line++;
        }
    }

    private static bool IsEnd(char c) => c is '\n' or '\r';
}
