namespace Snug.Tokenizers;

/// <summary>
/// Reads the regular expressions of tokenizer files: Oniguruma's own syntax, which the reference engine uses.
/// What is not supported is refused: calls, conditions, absence, \K, raw bytes, callouts.
/// </summary>
internal sealed partial class PatternParser
{
    /// <summary>Longest pattern, in characters.</summary>
    public const int MaxLength = 100_000;

    /// <summary>Deepest nesting of groups and classes.</summary>
    public const int MaxDepth = 100;

    /// <summary>Largest count in a quantifier (Oniguruma's own limit).</summary>
    public const int MaxRepeat = 100_000;

    private readonly int[] _pattern;
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly HashSet<int> _referenced = [];
    private int _at;
    private int _depth;
    private int _groups;
    private Options _options;

    private PatternParser(string pattern)
    {
        if (pattern.Length > MaxLength)
        {
            throw new PatternException($"a pattern of more than {MaxLength} characters", 0);
        }

        _pattern = [.. pattern.EnumerateRunes().Select(rune => rune.Value)];
    }

    [Flags]
    private enum Options
    {
        None = 0,
        IgnoreCase = 1,
        DotMatchesLineEnd = 2,
        Extended = 4,
    }

    private bool AtEnd => _at >= _pattern.Length;

    private bool IgnoreCase => (_options & Options.IgnoreCase) != 0;

    public static PatternNode Parse(string pattern)
    {
        PatternParser parser = new(pattern);
        PatternNode node = parser.ParseAlternation();
        if (!parser.AtEnd)
        {
            throw parser.Error("an unmatched ')'");
        }

        foreach (int number in parser._referenced)
        {
            if (number > parser._groups)
            {
                throw parser.Error($"a reference to group {number}, which does not exist");
            }
        }

        return node;
    }

    private PatternException Error(string message) => new(message, _at);

    private int Peek(int ahead = 0) => _at + ahead < _pattern.Length ? _pattern[_at + ahead] : -1;

    private bool TryTake(int character)
    {
        if (Peek() != character)
        {
            return false;
        }

        _at++;
        return true;
    }

    private bool TryTake(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (Peek(i) != text[i])
            {
                return false;
            }
        }

        _at += text.Length;
        return true;
    }

    private PatternNode ParseAlternation()
    {
        if (++_depth > MaxDepth)
        {
            throw Error($"groups nested more than {MaxDepth} deep");
        }

        List<PatternNode> alternatives = [ParseSequence()];
        while (TryTake('|'))
        {
            alternatives.Add(ParseSequence());
        }

        _depth--;
        return alternatives.Count == 1 ? alternatives[0] : new PatternNode.Alternation(alternatives);
    }

    private PatternNode ParseSequence()
    {
        List<PatternNode> items = [];
        List<int> folded = [];
        while (!AtEnd && Peek() != '|' && Peek() != ')')
        {
            if ((_options & Options.Extended) != 0 && SkipExtended())
            {
                continue;
            }

            if (TryParseOptionSwitch(items, folded))
            {
                break;
            }

            int literal = -1;
            PatternNode? node = ParseAtom(ref literal);
            if (node is null && literal < 0)
            {
                continue;
            }

            if (literal >= 0 && IgnoreCase && !AtQuantifier())
            {
                // Literals are gathered: without regard to case, a run of them may match one character.
                folded.Add(literal);
                continue;
            }

            Flush(items, folded);
            node ??= IgnoreCase ? CaseFolding.Literal([literal]) : new PatternNode.Set(CodePointRanges.Of(literal));
            items.Add(ParseQuantifiers(node));
        }

        Flush(items, folded);
        return items.Count == 1 ? items[0] : new PatternNode.Sequence(items);
    }

    private static void Flush(List<PatternNode> items, List<int> folded)
    {
        if (folded.Count > 0)
        {
            items.Add(CaseFolding.Literal(folded));
            folded.Clear();
        }
    }

    private bool SkipExtended()
    {
        if (Peek() is ' ' or '\t' or '\n' or '\r' or '\f' or '\v')
        {
            _at++;
            return true;
        }

        if (Peek() != '#')
        {
            return false;
        }

        while (!AtEnd && Peek() != '\n')
        {
            _at++;
        }

        return true;
    }

    /// <summary>(?i) holds to the end of the group, all its later alternatives included.</summary>
    private bool TryParseOptionSwitch(List<PatternNode> items, List<int> folded)
    {
        int start = _at;
        if (Peek() != '(' || Peek(1) != '?' || !(Peek(2) is 'i' or 'm' or 'x' or '-'))
        {
            return false;
        }

        _at += 2;
        Options options = ParseOptions();
        if (!TryTake(')'))
        {
            _at = start;
            return false;
        }

        Flush(items, folded);
        Options outer = _options;
        _options = options;
        items.Add(ParseAlternation());
        _options = outer;
        return true;
    }

    private Options ParseOptions()
    {
        Options options = _options;
        bool clear = false;
        while (true)
        {
            Options option;
            switch (Peek())
            {
                case '-':
                    clear = true;
                    _at++;
                    continue;
                case 'i':
                    option = Options.IgnoreCase;
                    break;
                case 'm':
                    option = Options.DotMatchesLineEnd;
                    break;
                case 'x':
                    option = Options.Extended;
                    break;
                case ')' or ':':
                    return options;
                default:
                    throw Error("a group option that is not supported");
            }

            options = clear ? options & ~option : options | option;
            _at++;
        }
    }

    private bool AtQuantifier() => Peek() is '*' or '+' or '?' || (Peek() == '{' && TryReadInterval(out _, out _, out _));

    /// <summary>Reads {n}, {n,}, {,m} or {n,m} without taking it; anything else is literal text.</summary>
    private bool TryReadInterval(out int least, out int most, out int length)
    {
        int at = _at + 1;
        least = ReadNumber(ref at, out bool hasLeast);
        most = least;
        length = 0;
        if (at < _pattern.Length && _pattern[at] == ',')
        {
            at++;
            most = ReadNumber(ref at, out bool hasMost);
            if (!hasMost)
            {
                if (!hasLeast)
                {
                    return false;
                }

                most = PatternNode.Repeat.Unlimited;
            }

            least = hasLeast ? least : 0;
        }
        else if (!hasLeast)
        {
            return false;
        }

        if (at >= _pattern.Length || _pattern[at] != '}')
        {
            return false;
        }

        length = at + 1 - _at;
        return true;
    }

    private int ReadNumber(ref int at, out bool found)
    {
        int start = at;
        int value = 0;
        while (at < _pattern.Length && _pattern[at] is >= '0' and <= '9')
        {
            value = (value * 10) + (_pattern[at++] - '0');
            if (value > MaxRepeat)
            {
                throw Error($"a count of more than {MaxRepeat}");
            }
        }

        found = at > start;
        return value;
    }

    private PatternNode ParseQuantifiers(PatternNode node)
    {
        int stacked = 0;
        while (!AtEnd)
        {
            if (stacked++ > MaxDepth)
            {
                throw Error($"more than {MaxDepth} quantifiers in a row");
            }

            int least;
            int most;
            RepeatKind kind = RepeatKind.Greedy;
            switch (Peek())
            {
                case '*':
                    (least, most) = (0, PatternNode.Repeat.Unlimited);
                    break;
                case '+':
                    (least, most) = (1, PatternNode.Repeat.Unlimited);
                    break;
                case '?':
                    (least, most) = (0, 1);
                    break;
                case '{' when TryReadInterval(out least, out most, out int length):
                    if (most != PatternNode.Repeat.Unlimited && least > most)
                    {
                        throw Error("a quantifier whose upper bound is below its lower bound");
                    }

                    _at += length;

                    // {n}? is an optional group here, and + after an interval is a quantifier of its own.
                    if (least != most && TryTake('?'))
                    {
                        kind = RepeatKind.Lazy;
                    }

                    node = Repeat(node, least, most, kind);
                    continue;
                default:
                    return node;
            }

            _at++;
            if (TryTake('?'))
            {
                kind = RepeatKind.Lazy;
            }
            else if (TryTake('+'))
            {
                kind = RepeatKind.Possessive;
            }

            node = Repeat(node, least, most, kind);
        }

        return node;
    }

    private PatternNode Repeat(PatternNode node, int least, int most, RepeatKind kind)
    {
        if (node is PatternNode.Assertion)
        {
            throw Error("a quantifier on an anchor");
        }

        return new PatternNode.Repeat(node, least, most, kind);
    }

    private PatternNode? ParseAtom(ref int literal)
    {
        int c = _pattern[_at++];
        switch (c)
        {
            case '(':
                return ParseGroup();
            case '[':
                return ParseClass();
            case '.':
                return new PatternNode.Set((_options & Options.DotMatchesLineEnd) != 0 ? CodePointRanges.All : CodePointRanges.Of('\n').Complement());
            case '^':
                return new PatternNode.Assertion(AssertionKind.LineStart);
            case '$':
                return new PatternNode.Assertion(AssertionKind.LineEnd);
            case '\\':
                return ParseEscape(ref literal);
            case '*' or '+' or '?':
                _at--;
                throw Error("a quantifier without anything to repeat");
            default:
                literal = c;
                return null;
        }
    }
}
