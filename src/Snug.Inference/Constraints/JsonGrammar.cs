using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Snug.Inference;

/// <summary>The parts of JSON texts.</summary>
internal sealed class JsonGrammar
{
    /// <summary>Most digits of a number before and behind the point: so many a double can tell apart.</summary>
    public const int MaxDigits = 15;

    /// <summary>Most blanks of an indentation.</summary>
    private const int MaxIndentation = 20;

    /// <summary>Most characters of a name that is not in the schema.</summary>
    private const int MaxFreeName = 64;

    /// <summary>Most characters of a name in the schema where others may come, too.</summary>
    private const int MaxKnownName = 256;

    private readonly GrammarBuilder _builder;
    private readonly bool _asciiOnly;
    private readonly Lazy<int> _any;
    private readonly Lazy<int> _anyObject;

    /// <param name="builder">Where rules are added.</param>
    /// <param name="asciiOnly">Whether characters beyond ASCII are left out of texts, and escaped where they must be.</param>
    public JsonGrammar(GrammarBuilder builder, bool asciiOnly)
    {
        (_builder, _asciiOnly) = (builder, asciiOnly);
        Space = builder.Rule(from => builder.Choice(from,
        [
            at => at,
            at => builder.Literal(at, " "u8),
            at => builder.Repeat(builder.Literal(at, "\n"u8), 0, MaxIndentation, indent => builder.Literal(indent, " "u8)),
        ]));
        BeyondAscii = asciiOnly ? null : builder.Rule(from => AddBeyondAscii(from, ofPlaneZero: false));
        OfPlaneZero = asciiOnly ? null : builder.Rule(from => AddBeyondAscii(from, ofPlaneZero: true));
        Character = builder.Rule(AddCharacter);
        _any = new(() => AddAny(builder.NewRule()));
        _anyObject = new(() => builder.Rule(from => Object(from, [], at => Call(at, _any.Value)), isContainer: true));
    }

    /// <summary>White space between tokens of JSON: none, a blank, or a new line with its indentation.</summary>
    public int Space { get; }

    /// <summary>A character of a text, raw or escaped.</summary>
    public int Character { get; }

    /// <summary>A character beyond ASCII, as UTF-8; null where those are left out.</summary>
    public int? BeyondAscii { get; }

    /// <summary>One that is a single unit of UTF-16, too, so that engines of patterns that count units agree with those that count characters.</summary>
    public int? OfPlaneZero { get; }

    /// <summary>Any value.</summary>
    public int Any => _any.Value;

    /// <summary>Any object.</summary>
    public int AnyObject => _anyObject.Value;

    public int Call(int from, int rule) => _builder.Call(from, rule);

    public int Text(int from, int least, int? most) =>
        _builder.Literal(_builder.Repeat(_builder.Literal(from, "\""u8), least, most, at => Call(at, Character)), "\""u8);

    /// <summary>A value that is written as it stands, without white space.</summary>
    public int Literal(int from, JsonElement value)
    {
        ArrayBufferWriter<byte> buffer = new();
        JavaScriptEncoder encoder = _asciiOnly ? JavaScriptEncoder.Default : JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Encoder = encoder }))
        {
            value.WriteTo(writer);
        }

        return _builder.Literal(from, buffer.WrittenSpan);
    }

    public int Name(int from, string name)
    {
        JavaScriptEncoder encoder = _asciiOnly ? JavaScriptEncoder.Default : JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        return _builder.Literal(from, Encoding.UTF8.GetBytes($"\"{encoder.Encode(name)}\""));
    }

    /// <summary>A number without an exponent.</summary>
    public int Number(int from)
    {
        int at = Optional(from, state => _builder.Literal(state, "-"u8));
        return Optional(NaturalNumber(at), point => Fraction(point));
    }

    public int Integer(int from) => _builder.Choice(from,
    [
        at => _builder.Literal(at, "0"u8),
        at => Digits(_builder.Bytes(Optional(at, state => _builder.Literal(state, "-"u8)), (byte)'1', (byte)'9'), 0, MaxDigits - 1),
    ]);

    /// <summary>A point and digits.</summary>
    public int Fraction(int from, int most = MaxDigits) => Digits(_builder.Literal(from, "."u8), 1, most);

    /// <summary>A point and digits that are not all zero.</summary>
    public int FractionAboveZero(int from, int most) => _builder.Bytes(Digits(_builder.Literal(from, "."u8), 0, most - 1), (byte)'1', (byte)'9');

    public int Digits(int from, int least, int most) => _builder.Repeat(from, least, most, at => _builder.Bytes(at, (byte)'0', (byte)'9'));

    public int Optional(int from, Func<int, int> content) => _builder.Repeat(from, 0, 1, content);

    /// <summary>An array.</summary>
    /// <param name="from">The state before.</param>
    /// <param name="first">Items at their places.</param>
    /// <param name="rest">Items behind them; null for none.</param>
    /// <param name="least">Fewest items.</param>
    /// <param name="most">Most items; null for no limit.</param>
    public int Array(int from, IReadOnlyList<Func<int, int>> first, Func<int, int>? rest, int least, int? most)
    {
        most = rest is null ? Math.Min(most ?? int.MaxValue, first.Count) : most;
        int at = Call(_builder.Literal(from, "["u8), Space);
        int close = _builder.NewState();
        int end = _builder.Literal(close, "]"u8);
        if (least == 0)
        {
            _builder.Epsilon(at, close);
        }

        int written = Math.Max(least, Math.Max(first.Count, 1));
        written = Math.Min(written, most ?? int.MaxValue);
        int bounded = most ?? written;
        for (int i = 0; i < bounded; i++)
        {
            at = (i < first.Count ? first[i] : rest!)(i == 0 ? at : Separator(at));
            if (i + 1 >= least)
            {
                _builder.CallTo(at, Space, close);
            }
        }

        if (most is null)
        {
            int behind = rest!(Separator(at));
            _builder.CallTo(behind, Space, close);
            _builder.Epsilon(behind, at);
        }

        return end;
    }

    /// <summary>An object with its properties in their order.</summary>
    /// <param name="from">The state before.</param>
    /// <param name="properties">What is known: names, values, whether they must be there.</param>
    /// <param name="others">Values of other names; null for no others.</param>
    public int Object(int from, IReadOnlyList<(string Name, Func<int, int> Value, bool IsRequired)> properties, Func<int, int>? others)
    {
        // One line of states for when nothing was written yet, another for when a comma must come first.
        int empty = Call(_builder.Literal(from, "{"u8), Space);
        int some = _builder.NewState();
        foreach ((string name, Func<int, int> value, bool isRequired) in properties)
        {
            int next = _builder.NewState();
            int nextEmpty = _builder.NewState();
            int named = _builder.NewState();
            _builder.Epsilon(empty, named);
            _builder.Epsilon(Separator(some), named);
            _builder.Epsilon(value(Colon(Name(named, name))), next);
            if (!isRequired)
            {
                _builder.Epsilon(some, next);
                _builder.Epsilon(empty, nextEmpty);
            }

            (empty, some) = (nextEmpty, next);
        }

        if (others is not null)
        {
            int named = _builder.NewState();
            int behind = _builder.NewState();
            _builder.Epsilon(empty, named);
            _builder.Epsilon(Separator(some), named);
            _builder.Epsilon(others(Colon(FreeName(named, [.. properties.Select(property => property.Name)]))), behind);
            _builder.Epsilon(Separator(behind), named);
            int all = _builder.NewState();
            _builder.Epsilon(some, all);
            _builder.Epsilon(behind, all);
            some = all;
        }

        int close = _builder.NewState();
        _builder.Epsilon(empty, close);
        _builder.CallTo(some, Space, close);
        return _builder.Literal(close, "}"u8);
    }

    /// <summary>A name of ASCII letters, without escapes, that is none of some.</summary>
    private int FreeName(int from, string[] names)
    {
        if (System.Array.Exists(names, name => name.Length > MaxKnownName))
        {
            throw new ConstraintException($"A property has a name of more than {MaxKnownName} letters beside additional properties.", "additionalProperties");
        }

        int end = _builder.NewState();
        int free = _builder.NewState();
        int behind = _builder.Repeat(free, 0, MaxFreeName, NameCharacter);
        _builder.Edge(behind, (byte)'"', (byte)'"', end);
        AddNames(_builder.Literal(from, "\""u8), [.. names.Where(name => Ascii.IsValid(name)).Distinct()], 0, free, end);
        return end;
    }

    /// <summary>Follows names letter by letter; where a text leaves all of them, it is free.</summary>
    private void AddNames(int state, string[] names, int depth, int free, int end)
    {
        if (depth > 0 && !System.Array.Exists(names, name => name.Length == depth))
        {
            _builder.Edge(state, (byte)'"', (byte)'"', end);
        }

        ILookup<char, string> next = names.Where(name => name.Length > depth).ToLookup(name => name[depth]);
        int run = -1;
        for (int value = 0x20; value <= 0x7f; value++)
        {
            bool isFree = value < 0x7f && value is not ('"' or '\\') && !next.Contains((char)value);
            if (isFree)
            {
                run = run < 0 ? value : run;
                continue;
            }

            if (run >= 0)
            {
                _builder.Edge(state, (byte)run, (byte)(value - 1), free);
                run = -1;
            }

            if (value < 0x7f && value is not ('"' or '\\'))
            {
                AddNames(_builder.Bytes(state, (byte)value, (byte)value), [.. next[(char)value]], depth + 1, free, end);
            }
        }
    }

    private int NameCharacter(int from)
    {
        int to = _builder.Bytes(from, 0x20, 0x21);
        _builder.Edge(from, 0x23, 0x5b, to);
        _builder.Edge(from, 0x5d, 0x7e, to);
        return to;
    }

    private int Separator(int from) => Call(_builder.Literal(from, ","u8), Space);

    private int Colon(int from) => Call(_builder.Literal(from, ":"u8), Space);

    private int NaturalNumber(int from) => _builder.Choice(from,
    [
        at => _builder.Literal(at, "0"u8),
        at => Digits(_builder.Bytes(at, (byte)'1', (byte)'9'), 0, MaxDigits - 1),
    ]);

    private int AddAny(int rule)
    {
        int list = _builder.Rule(from => Array(from, [], at => Call(at, rule), 0, null), isContainer: true);
        int dictionary = _builder.Rule(from => Object(from, [], at => Call(at, rule)), isContainer: true);
        _builder.Define(rule, from => _builder.Choice(from,
        [
            at => Call(at, dictionary),
            at => Call(at, list),
            at => Text(at, 0, null),
            Number,
            at => _builder.Literal(at, "true"u8),
            at => _builder.Literal(at, "false"u8),
            at => _builder.Literal(at, "null"u8),
        ]));
        return rule;
    }

    private int AddCharacter(int from)
    {
        int to = _builder.NewState();
        _builder.Edge(from, 0x20, 0x21, to);
        _builder.Edge(from, 0x23, 0x5b, to);
        _builder.Edge(from, 0x5d, 0x7e, to);
        if (BeyondAscii is { } beyond)
        {
            _builder.CallTo(from, beyond, to);
        }

        int escape = _builder.Literal(from, "\\"u8);
        foreach (byte letter in "\"\\/bfnrt"u8)
        {
            _builder.Edge(escape, letter, letter, to);
        }

        // Of halves of a pair the first must have its second, and the second never stands alone.
        int code = _builder.Literal(escape, "u"u8);
        int low = Hexadecimal(code, "0123456789abcefABCEF");
        _builder.Epsilon(Hexadecimal(Hexadecimal(Hexadecimal(low))), to);
        int high = Hexadecimal(code, "dD");
        _builder.Epsilon(Hexadecimal(Hexadecimal(Hexadecimal(high, "01234567"))), to);
        int first = Hexadecimal(Hexadecimal(Hexadecimal(high, "89abAB")));
        int second = Hexadecimal(Hexadecimal(_builder.Literal(first, "\\u"u8), "dD"), "cdefCDEF");
        _builder.Epsilon(Hexadecimal(Hexadecimal(second)), to);
        return to;
    }

    private int Hexadecimal(int from, string digits = "0123456789abcdefABCDEF")
    {
        int to = _builder.NewState();
        foreach (char digit in digits)
        {
            _builder.Edge(from, (byte)digit, (byte)digit, to);
        }

        return to;
    }

    /// <summary>Well-formed UTF-8 of two to four bytes, as table 3-7 of the Unicode standard has it.</summary>
    private int AddBeyondAscii(int from, bool ofPlaneZero)
    {
        int to = _builder.NewState();
        void Add(byte first, byte last, byte second, byte secondLast, int rest)
        {
            int at = _builder.Bytes(_builder.Bytes(from, first, last), second, secondLast);
            for (int i = 0; i < rest; i++)
            {
                at = _builder.Bytes(at, 0x80, 0xbf);
            }

            _builder.Epsilon(at, to);
        }

        Add(0xc2, 0xdf, 0x80, 0xbf, 0);
        Add(0xe0, 0xe0, 0xa0, 0xbf, 1);
        Add(0xe1, 0xec, 0x80, 0xbf, 1);
        Add(0xed, 0xed, 0x80, 0x9f, 1);
        Add(0xee, 0xef, 0x80, 0xbf, 1);
        if (!ofPlaneZero)
        {
            Add(0xf0, 0xf0, 0x90, 0xbf, 2);
            Add(0xf1, 0xf3, 0x80, 0xbf, 2);
            Add(0xf4, 0xf4, 0x80, 0x8f, 2);
        }

        return to;
    }
}
