namespace Snug.Tokenizers;

/// <content>Bracketed classes: nested ones, intersections, POSIX names.</content>
internal sealed partial class PatternParser
{
    private PatternNode ParseClass()
    {
        CodePointRanges set = ParseClassBody(out bool negative);
        if (IgnoreCase)
        {
            return CaseFolding.Class(set, negative);
        }

        return new PatternNode.Set(negative ? set.Complement() : set);
    }

    private CodePointRanges ParseClassBody(out bool negative)
    {
        if (++_depth > MaxDepth)
        {
            throw Error($"classes nested more than {MaxDepth} deep");
        }

        negative = TryTake('^');
        CodePointRanges? left = null;
        List<int> bounds = [];
        bool first = true;
        while (true)
        {
            if (AtEnd)
            {
                throw Error("a class that does not end");
            }

            if (Peek() == ']' && (!first || !HasLaterBracket()))
            {
                if (first)
                {
                    throw Error("an empty class");
                }

                _at++;
                break;
            }

            first = false;
            if (TryTake("&&"))
            {
                left = Join(left, bounds);
                bounds.Clear();
                continue;
            }

            bool isClass = Peek() == '[' && Peek(1) != ':';
            if (TryParseClassPart() is { } part)
            {
                bounds.AddRange(part.Bounds);

                if (Peek() == '-' && Peek(1) != ']' && !isClass)
                {
                    throw Error("a range that starts with a set");
                }

                continue;
            }

            AddRange(bounds, ParseClassCharacter());
        }

        _depth--;
        return Join(left, bounds);
    }

    private static CodePointRanges Join(CodePointRanges? left, List<int> bounds)
    {
        CodePointRanges right = CodePointRanges.From(bounds.ToArray());
        return left is null ? right : left.Intersect(right);
    }

    /// <summary>A bracket that closes at once is taken literally when the class can still be closed by another.</summary>
    private bool HasLaterBracket()
    {
        for (int i = _at + 1; i < _pattern.Length; i++)
        {
            if (_pattern[i] == '\\')
            {
                i++;
            }
            else if (_pattern[i] == ']')
            {
                return true;
            }
        }

        return false;
    }

    private void AddRange(List<int> bounds, int first)
    {
        if (Peek() != '-' || Peek(1) is ']' or -1 || (Peek(1) == '&' && Peek(2) == '&'))
        {
            bounds.AddRange([first, first]);
            return;
        }

        int start = _at;
        _at++;
        if (Peek() == '[')
        {
            throw Error("a range that ends with a class, which is not supported");
        }

        if (Peek() == '\\')
        {
            _at++;
            if (TryParseSetEscape(PatternProperties.WordInClass) is not null)
            {
                throw Error("a range that ends with a set");
            }

            _at--;
        }

        int last = ParseClassCharacter();
        if (last < first)
        {
            _at = start;
            throw Error("a range whose end is before its start");
        }

        bounds.AddRange([first, last]);
    }

    private int ParseClassCharacter()
    {
        int c = _pattern[_at++];
        if (c != '\\')
        {
            return c;
        }

        if (AtEnd)
        {
            throw Error("a backslash at the end");
        }

        return TryTake('b') ? '\b' : ParseCharacterEscape();
    }

    private CodePointRanges? TryParseClassPart()
    {
        if (Peek() == '[')
        {
            if (Peek(1) == ':' && TryParsePosix() is { } posix)
            {
                return posix;
            }

            _at++;
            CodePointRanges nested = ParseClassBody(out bool negative);
            return negative ? nested.Complement() : nested;
        }

        if (Peek() != '\\')
        {
            return null;
        }

        if (Peek(1) is 'R' or 'X')
        {
            throw Error($"\\{(char)Peek(1)} in a class, which is not supported");
        }

        _at++;
        CodePointRanges? set = AtEnd ? throw Error("a backslash at the end") : TryParseSetEscape(PatternProperties.WordInClass);
        if (set is null)
        {
            _at--;
        }

        return set;
    }

    private CodePointRanges? TryParsePosix()
    {
        int at = _at + 2;
        bool negative = at < _pattern.Length && _pattern[at] == '^';
        at += negative ? 1 : 0;
        int start = at;
        while (at < _pattern.Length && _pattern[at] is >= 'a' and <= 'z')
        {
            at++;
        }

        if (at + 1 >= _pattern.Length || _pattern[at] != ':' || _pattern[at + 1] != ']')
        {
            return null;
        }

        string name = string.Concat(_pattern[start..at].Select(c => (char)c));
        if (name is not ("alnum" or "alpha" or "blank" or "cntrl" or "digit" or "graph" or "lower" or "print" or "punct" or "space" or "upper" or "xdigit" or "ascii" or "word"))
        {
            return null;
        }

        _at = at + 2;
        CodePointRanges set = PatternProperties.Posix(name);
        return negative ? set.Complement() : set;
    }
}
