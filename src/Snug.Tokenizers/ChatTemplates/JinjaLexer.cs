using System.Text;

namespace Snug.Tokenizers;

/// <summary>
/// Cuts a template into tokens. Lines with only a statement leave nothing behind: the environment of chat templates has
/// trim_blocks and lstrip_blocks on.
/// </summary>
internal sealed class JinjaLexer
{
    private static readonly string[] Operators = ["**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[", "]", "{", "}", ".", ",", ":", "|", ";"];

    private readonly string _source;
    private readonly List<JinjaToken> _tokens = [];
    private readonly List<int> _lineStarts = [0];
    private int _at;
    private bool _trimNext;
    private bool _newLineNext;

    private JinjaLexer(string source)
    {
        _source = source;
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] == '\n')
            {
                _lineStarts.Add(i + 1);
            }
        }
    }

    public static List<JinjaToken> Lex(string source)
    {
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');

        // One line end at the end of the template does not count.
        JinjaLexer lexer = new(source.EndsWith('\n') ? source[..^1] : source);
        lexer.Run();
        return lexer._tokens;
    }

    private TemplatePosition Position(int at)
    {
        int line = _lineStarts.BinarySearch(at);
        line = line < 0 ? ~line - 1 : line;
        return new TemplatePosition(line + 1, at - _lineStarts[line] + 1);
    }

    private TemplateException Error(string message, int at) => new(message, Position(at));

    private void Run()
    {
        while (_at < _source.Length)
        {
            int tag = NextTag(_at);
            AddText(_at, tag);
            if (tag == _source.Length)
            {
                _at = tag;
                break;
            }

            _at = tag + 2;
            _at += Peek() is '-' or '+' ? 1 : 0;
            switch (_source[tag + 1])
            {
                case '#':
                    SkipComment(tag);
                    break;
                case '%':
                    LexTag(tag, JinjaTokenKind.StatementStart, JinjaTokenKind.StatementEnd, "%}");
                    break;
                default:
                    LexTag(tag, JinjaTokenKind.OutputStart, JinjaTokenKind.OutputEnd, "}}");
                    break;
            }
        }

        Add(JinjaTokenKind.End, "", _source.Length);
    }

    private char Peek(int ahead = 0) => _at + ahead < _source.Length ? _source[_at + ahead] : '\0';

    private void Add(JinjaTokenKind kind, string text, int at) => _tokens.Add(new JinjaToken(kind, text, Position(at)));

    private int NextTag(int from)
    {
        for (int at = from; at + 1 < _source.Length; at++)
        {
            at = _source.IndexOf('{', at);
            if (at < 0 || at + 1 >= _source.Length)
            {
                break;
            }

            if (_source[at + 1] is '{' or '%' or '#')
            {
                return at;
            }
        }

        return _source.Length;
    }

    private void AddText(int start, int end)
    {
        string text = _source[start..end];
        if (_trimNext)
        {
            text = text.TrimStart();
        }
        else if (_newLineNext && text.StartsWith('\n'))
        {
            text = text[1..];
        }

        (_trimNext, _newLineNext) = (false, false);
        if (end + 2 < _source.Length && _source[end + 2] == '-')
        {
            text = text.TrimEnd();
        }
        else if (end < _source.Length && _source[end + 1] != '{' && (end + 2 >= _source.Length || _source[end + 2] != '+'))
        {
            // Blanks between the start of a line and a statement go.
            int line = text.Length;
            while (line > 0 && text[line - 1] != '\n' && char.IsWhiteSpace(text[line - 1]))
            {
                line--;
            }

            bool atLineStart = line > 0 ? text[line - 1] == '\n' : start == 0 || _source[start - 1] == '\n' || (text.Length < end - start && _source[end - text.Length - 1] == '\n');
            text = atLineStart ? text[..line] : text;
        }

        if (text.Length > 0)
        {
            Add(JinjaTokenKind.Text, text, start);
        }
    }

    private void SkipComment(int start)
    {
        int end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Error("a comment that does not end", start);
        }

        _trimNext = end > _at && _source[end - 1] == '-';
        _newLineNext = true;
        _at = end + 2;
    }

    private void LexTag(int start, JinjaTokenKind open, JinjaTokenKind close, string closing)
    {
        int first = _tokens.Count;
        Add(open, "", start);
        int depth = 0;
        while (true)
        {
            while (_at < _source.Length && char.IsWhiteSpace(_source[_at]))
            {
                _at++;
            }

            if (_at >= _source.Length)
            {
                throw Error("a tag that does not end", start);
            }

            bool trims = Peek() is '-' or '+' && string.CompareOrdinal(_source, _at + 1, closing, 0, 2) == 0;
            if (trims || (depth == 0 && string.CompareOrdinal(_source, _at, closing, 0, 2) == 0))
            {
                _trimNext = trims && Peek() == '-';
                _newLineNext = close == JinjaTokenKind.StatementEnd && !(trims && Peek() == '+');
                Add(close, "", _at);
                _at += trims ? 3 : 2;
                break;
            }

            LexPart(ref depth);
        }

        if (open == JinjaTokenKind.StatementStart && _tokens.Count == first + 3 && _tokens[first + 1] is { Kind: JinjaTokenKind.Name, Text: "raw" })
        {
            _tokens.RemoveRange(first, 3);
            LexRaw(start);
        }
    }

    /// <summary>Text between raw and endraw is taken as it is, but for the rules of the tags around it.</summary>
    private void LexRaw(int start)
    {
        for (int at = _at; ; at += 2)
        {
            at = _source.IndexOf("{%", at, StringComparison.Ordinal);
            if (at < 0)
            {
                throw Error("a raw block that does not end", start);
            }

            int name = at + 2;
            while (name < _source.Length && (_source[name] is '-' or '+' || char.IsWhiteSpace(_source[name])))
            {
                name++;
            }

            int end = name + 6;
            if (string.CompareOrdinal(_source, name, "endraw", 0, 6) != 0)
            {
                continue;
            }

            while (end < _source.Length && char.IsWhiteSpace(_source[end]))
            {
                end++;
            }

            bool trims = end < _source.Length && _source[end] is '-' or '+';
            if (string.CompareOrdinal(_source, end + (trims ? 1 : 0), "%}", 0, 2) != 0)
            {
                continue;
            }

            AddText(_at, at);
            _trimNext = trims && _source[end] == '-';
            _newLineNext = !trims;
            _at = end + (trims ? 3 : 2);
            return;
        }
    }

    private void LexPart(ref int depth)
    {
        int start = _at;
        char c = Peek();
        if (char.IsLetter(c) || c == '_')
        {
            while (_at < _source.Length && (char.IsLetterOrDigit(_source[_at]) || _source[_at] == '_'))
            {
                _at++;
            }

            Add(JinjaTokenKind.Name, _source[start.._at], start);
        }
        else if (char.IsAsciiDigit(c))
        {
            LexNumber();
        }
        else if (c is '"' or '\'')
        {
            LexString(c);
        }
        else
        {
            string? found = Array.Find(Operators, text => string.CompareOrdinal(_source, _at, text, 0, text.Length) == 0);
            if (found is null)
            {
                throw Error($"the character '{c}', which means nothing here", start);
            }

            depth += found is "(" or "[" or "{" ? 1 : found is ")" or "]" or "}" ? -1 : 0;
            _at += found.Length;
            Add(JinjaTokenKind.Operator, found, start);
        }
    }

    private void LexNumber()
    {
        int start = _at;
        bool isFloat = false;
        while (char.IsAsciiDigit(Peek()) || (Peek() == '_' && char.IsAsciiDigit(Peek(1))))
        {
            _at++;
        }

        if (Peek() == '.' && char.IsAsciiDigit(Peek(1)))
        {
            isFloat = true;
            _at++;
            while (char.IsAsciiDigit(Peek()))
            {
                _at++;
            }
        }

        if (Peek() is 'e' or 'E' && (char.IsAsciiDigit(Peek(1)) || (Peek(1) is '+' or '-' && char.IsAsciiDigit(Peek(2)))))
        {
            isFloat = true;
            _at += 2;
            while (char.IsAsciiDigit(Peek()))
            {
                _at++;
            }
        }

        Add(isFloat ? JinjaTokenKind.Float : JinjaTokenKind.Integer, _source[start.._at].Replace("_", "", StringComparison.Ordinal), start);
    }

    private void LexString(char quote)
    {
        int start = _at++;
        StringBuilder text = new();
        while (Peek() != quote)
        {
            if (_at >= _source.Length)
            {
                throw Error("a text that does not end", start);
            }

            if (Peek() == '\\' && _at + 1 < _source.Length)
            {
                _at++;
                LexEscape(text);
            }
            else
            {
                text.Append(_source[_at++]);
            }
        }

        _at++;
        Add(JinjaTokenKind.String, text.ToString(), start);
    }

    private void LexEscape(StringBuilder text)
    {
        char c = _source[_at++];
        int digits = c switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            if (_at + digits > _source.Length
                || !int.TryParse(_source.AsSpan(_at, digits), System.Globalization.NumberStyles.AllowHexSpecifier, null, out int value)
                || value is < 0 or > 0x10FFFF)
            {
                throw Error("an escape without its digits", _at - 2);
            }

            text.Append(value is >= 0xD800 and <= 0xDFFF ? ((char)value).ToString() : char.ConvertFromUtf32(value));
            _at += digits;
            return;
        }

        switch (c)
        {
            case 'n':
                text.Append('\n');
                break;
            case 't':
                text.Append('\t');
                break;
            case 'r':
                text.Append('\r');
                break;
            case 'b':
                text.Append('\b');
                break;
            case 'f':
                text.Append('\f');
                break;
            case 'v':
                text.Append('\v');
                break;
            case 'a':
                text.Append('\a');
                break;
            case '0':
                text.Append('\0');
                break;
            case '\n':
                break;
            case '\\' or '\'' or '"':
                text.Append(c);
                break;
            default:
                text.Append('\\').Append(c);
                break;
        }
    }
}
