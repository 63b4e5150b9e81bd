namespace Snug.Tokenizers;

/// <content>Escapes outside of classes, and what they share with classes.</content>
internal sealed partial class PatternParser
{
    private static readonly CodePointRanges LineEnds = CodePointRanges.From(['\n', '\r', 0x85, 0x85, 0x2028, 0x2029]);

    private PatternNode? ParseEscape(ref int literal)
    {
        if (AtEnd)
        {
            throw Error("a backslash at the end");
        }

        switch (Peek())
        {
            case 'A':
                return Anchor(AssertionKind.TextStart);
            case 'z':
                return Anchor(AssertionKind.TextEnd);
            case 'Z':
                return Anchor(AssertionKind.TextEndOrLastLine);
            case 'G':
                return Anchor(AssertionKind.SearchStart);
            case 'b':
                return Anchor(AssertionKind.WordBoundary);
            case 'B':
                return Anchor(AssertionKind.NoWordBoundary);
            case 'R':
                _at++;
                return new PatternNode.Atomic(new PatternNode.Alternation(
                [
                    new PatternNode.Sequence([new PatternNode.Set(CodePointRanges.Of('\r')), new PatternNode.Set(CodePointRanges.Of('\n'))]),
                    new PatternNode.Set(LineEnds),
                ]));
            case 'N':
                _at++;
                return new PatternNode.Set(CodePointRanges.Of('\n').Complement());
            case 'O':
                _at++;
                return new PatternNode.Set(CodePointRanges.All);
            case 'k':
                _at++;
                return ParseNamedReference();
            case 'K' or 'X' or 'y' or 'Y' or 'g' or 'Q':
                throw Error($"\\{(char)Peek()}, which is not supported");
            case >= '1' and <= '9':
                return ParseNumber(ref literal);
        }

        if (TryParseSetEscape(PatternProperties.Word) is { } set)
        {
            return new PatternNode.Set(set);
        }

        literal = ParseCharacterEscape();
        return null;
    }

    private PatternNode.Assertion Anchor(AssertionKind kind)
    {
        _at++;
        return new PatternNode.Assertion(kind);
    }

    private PatternNode? ParseNumber(ref int literal)
    {
        int start = _at;
        int number = ReadNumber(ref _at, out _);
        if (number <= _groups || number <= 9)
        {
            return Reference(number);
        }

        // Octal when there is no such group.
        _at = start;
        literal = ParseCharacterEscape();
        return null;
    }

    /// <summary>The set of \w, \d, \s, \h, \p{…} and their opposites; null when the escape is of another kind.</summary>
    private CodePointRanges? TryParseSetEscape(CodePointRanges word)
    {
        int c = Peek();
        CodePointRanges? set = c switch
        {
            'w' or 'W' => word,
            'd' or 'D' => PatternProperties.Digit,
            's' or 'S' => PatternProperties.Space,
            'h' or 'H' => PatternProperties.HexDigit,
            _ => null,
        };
        if (set is not null)
        {
            _at++;
            return c is 'W' or 'D' or 'S' or 'H' ? set.Complement() : set;
        }

        // Without braces it is the letter.
        return c is 'p' or 'P' && Peek(1) == '{' ? ParseProperty(word) : null;
    }

    private CodePointRanges ParseProperty(CodePointRanges word)
    {
        bool negative = Peek() == 'P';
        _at += 2;
        if (TryTake('^'))
        {
            negative = !negative;
        }

        int start = _at;
        while (!AtEnd && Peek() != '}')
        {
            _at++;
        }

        string name = string.Concat(_pattern[start.._at].Select(char.ConvertFromUtf32));
        if (!TryTake('}'))
        {
            throw Error("a property name that does not end");
        }

        CodePointRanges set = PatternProperties.Find(name) ?? throw Error($"the property '{name}', which is not known");
        set = ReferenceEquals(set, PatternProperties.Word) ? word : set;
        return negative ? set.Complement() : set;
    }

    private int ParseCharacterEscape()
    {
        int c = _pattern[_at++];
        switch (c)
        {
            case 't':
                return '\t';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 'f':
                return '\f';
            case 'v':
                return '\v';
            case 'a':
                return '\a';
            case 'e':
                return 0x1B;
            case 'u':
                return Scalar(ReadDigits(16, 4, 4));
            case 'x' when TryTake('{'):
                int value = ReadDigits(16, 1, 8);
                if (!TryTake('}'))
                {
                    throw Error("a character number that does not end");
                }

                return Scalar(value);
            case 'x':
                return Byte(ReadDigits(16, 1, 2));
            case 'c' or 'C' or 'M' or 'o':
                throw Error($"\\{(char)c}, which is not supported");
            case >= '0' and <= '7':
                _at--;
                return Byte(ReadDigits(8, 1, 3));
            default:
                return c;
        }
    }

    private int Scalar(int value) =>
        value is < 0 or > CodePointRanges.Last or (>= 0xD800 and <= 0xDFFF) ? throw Error("a number that is no character") : value;

    private int Byte(int value) => value > 0x7F ? throw Error("a raw byte, which is not supported") : value;

    private int ReadDigits(int radix, int least, int most)
    {
        int value = 0;
        int count = 0;
        while (count < most && Peek() is var c && c is >= 0 and < 128 && char.IsAsciiHexDigit((char)c))
        {
            int digit = Convert.ToInt32(((char)c).ToString(), 16);
            if (digit >= radix)
            {
                break;
            }

            value = (value * radix) + digit;
            count++;
            _at++;
        }

        return count < least ? throw Error("a character number without digits") : value;
    }
}
