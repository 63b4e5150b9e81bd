using System.Text;

namespace Snug.Inference;

/// <summary>
/// Reads the regular expressions of schemas (ECMA-262), as far as a text that matches from its start to its end can be made of them: no
/// references, no assertions but the ends. A pattern that may match anywhere is matched by what matches as a whole, too.
/// </summary>
internal sealed class PatternReader
{
    private const int MaxLength = 4096;
    private const int MaxDepth = 64;
    private const int MaxCount = 10_000;

    private readonly string _pattern;
    private int _at;
    private int _depth;

    private PatternReader(string pattern) => _pattern = pattern;

    /// <exception cref="FormatException">The pattern is wrong or has what is not supported.</exception>
    public static PatternNode Read(string pattern)
    {
        if (pattern.Length > MaxLength)
        {
            throw new FormatException($"it has more than {MaxLength} characters");
        }

        PatternReader reader = new(pattern);
        PatternNode node = reader.Choice();
        return reader._at == pattern.Length ? node : throw reader.Fault("a parenthesis is closed that was not opened");
    }

    private FormatException Fault(string problem) => new($"{problem} (at character {_at})");

    private bool Take(char c)
    {
        if (_at < _pattern.Length && _pattern[_at] == c)
        {
            _at++;
            return true;
        }

        return false;
    }

    private PatternNode Choice()
    {
        if (++_depth > MaxDepth)
        {
            throw Fault($"it has more than {MaxDepth} groups within one another");
        }

        List<PatternNode> parts = [Sequence()];
        while (Take('|'))
        {
            parts.Add(Sequence());
        }

        _depth--;
        return parts.Count == 1 ? parts[0] : new PatternNode.Choice(parts);
    }

    private PatternNode.Sequence Sequence()
    {
        List<PatternNode> parts = [];
        bool hasEnded = false;
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            if (Take('^'))
            {
                _ = parts.Count == 0 ? 0 : throw Fault("'^' stands within");
                continue;
            }

            if (Take('$'))
            {
                hasEnded = true;
                continue;
            }

            _ = hasEnded ? throw Fault("'$' stands within") : 0;
            parts.Add(Repeated(Atom()));
        }

        return new PatternNode.Sequence(parts);
    }

    private PatternNode Repeated(PatternNode part)
    {
        (int Least, int? Most)? counts = Take('*') ? (0, null) : Take('+') ? (1, null) : Take('?') ? (0, 1) : Counts();
        if (counts is not { } found)
        {
            return part;
        }

        _ = Take('?');
        if (_at < _pattern.Length && _pattern[_at] is '*' or '+' or '{')
        {
            throw Fault("a repetition is repeated");
        }

        return found.Most is null && part.IsNullable ? throw Fault("what is repeated without end can be nothing") : new PatternNode.Repeat(part, found.Least, found.Most);
    }

    private (int Least, int? Most)? Counts()
    {
        int close = _at < _pattern.Length && _pattern[_at] == '{' ? _pattern.IndexOf('}', _at) : -1;
        if (close < 0)
        {
            return null;
        }

        string[] parts = _pattern[(_at + 1)..close].Split(',');
        int most = 0;
        if (!int.TryParse(parts[0], out int least) || parts.Length > 2 || (parts.Length == 2 && parts[1].Length > 0 && !int.TryParse(parts[1], out most)))
        {
            return null;
        }

        int? last = parts.Length == 1 ? least : parts[1].Length == 0 ? null : most;
        if (least < 0 || least > MaxCount || last < least || last > MaxCount)
        {
            throw Fault($"a count is not from 0 to {MaxCount}");
        }

        _at = close + 1;
        return (least, last);
    }

    private PatternNode Atom()
    {
        if (Take('('))
        {
            if (Take('?') && !Take(':'))
            {
                throw Fault("groups are plain or '(?:…)'");
            }

            PatternNode node = Choice();
            return Take(')') ? node : throw Fault("a parenthesis is not closed");
        }

        if (Take('['))
        {
            return Class();
        }

        if (Take('.'))
        {
            return Of(c => c is not ('\n' or '\r'), beyondAscii: true);
        }

        if (Take('\\'))
        {
            return Escape() is var (set, character) && set is not null ? set : Single(character);
        }

        if (_pattern[_at] is '*' or '+' or '?')
        {
            throw Fault("there is nothing to repeat");
        }

        return Single(Next());
    }

    private Rune Next()
    {
        if (Rune.DecodeFromUtf16(_pattern.AsSpan(_at), out Rune rune, out int length) != System.Buffers.OperationStatus.Done)
        {
            throw Fault("it is not well-formed");
        }

        _at += length;
        return rune;
    }

    private static PatternNode Single(Rune rune) => rune.IsAscii ? Of(c => c == rune.Value, beyondAscii: false) : new PatternNode.Character(rune);

    private static PatternNode.Set Of(Func<int, bool> has, bool beyondAscii) => new([.. Enumerable.Range(0, 128).Select(has)], beyondAscii);

    /// <summary>What stands behind a backslash: a set, or a character.</summary>
    private (PatternNode.Set? Set, Rune Character) Escape()
    {
        if (_at == _pattern.Length)
        {
            throw Fault("it ends with a backslash");
        }

        char letter = _pattern[_at++];
        return letter switch
        {
            'd' => (Of(char_ => char.IsAsciiDigit((char)char_), false), default),
            'D' => (Of(char_ => !char.IsAsciiDigit((char)char_), true), default),
            'w' => (Of(IsWord, false), default),
            'W' => (Of(char_ => !IsWord(char_), true), default),
            's' => (Of(IsSpace, false), default),
            'S' => (Of(char_ => !IsSpace(char_), false), default),
            'n' => (null, new Rune('\n')),
            'r' => (null, new Rune('\r')),
            't' => (null, new Rune('\t')),
            'f' => (null, new Rune('\f')),
            'v' => (null, new Rune('\v')),
            'x' => (null, Code(2)),
            'u' => (null, Code(4)),
            _ when char.IsAsciiLetterOrDigit(letter) => throw Fault($"'\\{letter}' is not supported"),
            _ => (null, new Rune(letter)),
        };
    }

    private Rune Code(int digits)
    {
        string text = _at + digits <= _pattern.Length ? _pattern.Substring(_at, digits) : "";
        if (!int.TryParse(text, System.Globalization.NumberStyles.AllowHexSpecifier, null, out int code) || !Rune.IsValid(code))
        {
            throw Fault("an escaped code is wrong");
        }

        _at += digits;
        return new Rune(code);
    }

    private PatternNode Class()
    {
        bool isNegated = Take('^');
        bool[] ascii = new bool[128];
        bool beyond = false;
        List<PatternNode> characters = [];
        while (!Take(']'))
        {
            _ = _at == _pattern.Length ? throw Fault("a class is not closed") : 0;
            (PatternNode.Set? set, Rune first) = Take('\\') ? (_at < _pattern.Length && _pattern[_at] == 'b' ? throw Fault("'\\b' is not supported") : Escape()) : (null, Next());
            if (set is not null)
            {
                for (int value = 0; value < ascii.Length; value++)
                {
                    ascii[value] |= set.Ascii[value];
                }

                beyond |= set.BeyondAscii;
                continue;
            }

            Rune last = first;
            if (_at + 1 < _pattern.Length && _pattern[_at] == '-' && _pattern[_at + 1] != ']')
            {
                _at++;
                (PatternNode.Set? other, last) = Take('\\') ? Escape() : (null, Next());
                _ = other is not null || last < first ? throw Fault("a range is wrong") : 0;
            }

            for (int value = first.Value; value <= Math.Min(last.Value, 127); value++)
            {
                ascii[value] = true;
            }

            if (!last.IsAscii)
            {
                Add(characters, first, last);
            }
        }

        if (isNegated)
        {
            // Without those beyond ASCII where some of them are excluded: that is fewer than may be.
            return new PatternNode.Set([.. ascii.Select(has => !has)], !beyond && characters.Count == 0);
        }

        PatternNode of = new PatternNode.Set(ascii, beyond);
        return characters.Count == 0 ? of : new PatternNode.Choice([of, .. characters]);
    }

    private void Add(List<PatternNode> characters, Rune first, Rune last)
    {
        const int MaxCharacters = 512;
        for (int value = Math.Max(first.Value, 128); value <= last.Value; value++)
        {
            if (Rune.IsValid(value))
            {
                characters.Add(new PatternNode.Character(new Rune(value)));
            }

            if (characters.Count > MaxCharacters)
            {
                throw Fault($"a class has more than {MaxCharacters} characters beyond ASCII");
            }
        }
    }

    private static bool IsWord(int value) => char.IsAsciiLetterOrDigit((char)value) || value == '_';

    private static bool IsSpace(int value) => value is ' ' or (>= '\t' and <= '\r');
}
