using System.Text;

namespace Snug.Tokenizers;

/// <content>Groups and references.</content>
internal sealed partial class PatternParser
{
    private PatternNode ParseGroup()
    {
        if (!TryTake('?'))
        {
            return ParseCapture();
        }

        if (TryTake('#'))
        {
            while (!AtEnd && Peek() != ')')
            {
                _at += Peek() == '\\' ? 2 : 1;
            }

            Close();
            return PatternNode.Nothing;
        }

        if (TryTake(':'))
        {
            return ParseBody();
        }

        if (TryTake('='))
        {
            return new PatternNode.Look(ParseBody(), Behind: false, Negative: false);
        }

        if (TryTake('!'))
        {
            return new PatternNode.Look(ParseBody(), Behind: false, Negative: true);
        }

        if (TryTake('>'))
        {
            return new PatternNode.Atomic(ParseBody());
        }

        if (TryTake("<="))
        {
            return new PatternNode.Look(ParseBody(), Behind: true, Negative: false);
        }

        if (TryTake("<!"))
        {
            return new PatternNode.Look(ParseBody(), Behind: true, Negative: true);
        }

        if (TryTake('<'))
        {
            return ParseNamed('>');
        }

        if (TryTake('\''))
        {
            return ParseNamed('\'');
        }

        Options outer = _options;
        _options = ParseOptions();
        if (!TryTake(':'))
        {
            throw Error("a kind of group that is not supported");
        }

        PatternNode body = ParseAlternation();
        Close();
        _options = outer;
        return body;
    }

    private PatternNode ParseCapture()
    {
        int number = ++_groups;
        return new PatternNode.Capture(ParseBody(), number);
    }

    private PatternNode ParseNamed(int closing)
    {
        StringBuilder name = new();
        while (!AtEnd && Peek() != closing)
        {
            name.Append(char.ConvertFromUtf32(_pattern[_at++]));
        }

        if (!TryTake(closing) || name.Length == 0)
        {
            throw Error("a group name that does not end");
        }

        if (!_names.TryAdd(name.ToString(), ++_groups))
        {
            throw Error("two groups of one name, which is not supported");
        }

        return new PatternNode.Capture(ParseBody(), _groups);
    }

    private PatternNode ParseBody()
    {
        Options outer = _options;
        PatternNode body = ParseAlternation();
        _options = outer;
        Close();
        return body;
    }

    private void Close()
    {
        if (!TryTake(')'))
        {
            throw Error("a group that does not end");
        }
    }

    private PatternNode Reference(int number)
    {
        if (IgnoreCase)
        {
            throw Error("a reference without regard to case, which is not supported");
        }

        _referenced.Add(number);
        return new PatternNode.BackReference(number);
    }

    private PatternNode ParseNamedReference()
    {
        int closing = TryTake('<') ? '>' : TryTake('\'') ? '\'' : throw Error("a reference that is not supported");
        StringBuilder name = new();
        while (!AtEnd && Peek() != closing)
        {
            name.Append(char.ConvertFromUtf32(_pattern[_at++]));
        }

        _at++;
        string text = name.ToString();
        return _names.TryGetValue(text, out int number) || (int.TryParse(text, System.Globalization.NumberStyles.None, null, out number) && number > 0)
            ? Reference(number)
            : throw Error($"a reference to a group that is not known before it");
    }
}
