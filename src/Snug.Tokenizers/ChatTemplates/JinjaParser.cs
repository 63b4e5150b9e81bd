namespace Snug.Tokenizers;

/// <summary>Parses templates: the language of chat templates, which is Jinja2 with loop controls and generation blocks.</summary>
internal sealed partial class JinjaParser
{
    /// <summary>Longest template, in UTF-16 units.</summary>
    public const int MaxLength = 10_000_000;

    /// <summary>Deepest nesting of statements and expressions.</summary>
    public const int MaxDepth = 200;

    private readonly List<JinjaToken> _tokens;
    private int _at;
    private int _depth;

    private JinjaParser(List<JinjaToken> tokens)
    {
        _tokens = tokens;
    }

    private JinjaToken Current => _tokens[_at];

    public static IReadOnlyList<JinjaStatement> Parse(string source)
    {
        if (source.Length > MaxLength)
        {
            throw new TemplateException($"a template of more than {MaxLength} characters", new TemplatePosition(1, 1));
        }

        JinjaParser parser = new(JinjaLexer.Lex(source));
        IReadOnlyList<JinjaStatement> body = parser.ParseBody([], out _);
        return body;
    }

    private TemplateException Error(string message) => new(message, Current.Position);

    private TemplateException Unexpected() => Error(Current.Kind switch
    {
        JinjaTokenKind.End => "the template ends too early",
        JinjaTokenKind.StatementEnd or JinjaTokenKind.OutputEnd => "the tag ends too early",
        _ => $"'{Current.Text}' is not expected here",
    });

    private JinjaToken Take() => _tokens[_at < _tokens.Count - 1 ? _at++ : _at];

    private bool Is(JinjaTokenKind kind, string text) => Current.Kind == kind && Current.Text == text;

    private bool TryTake(string operatorText)
    {
        if (!Is(JinjaTokenKind.Operator, operatorText))
        {
            return false;
        }

        _at++;
        return true;
    }

    private bool TryTakeName(string name)
    {
        if (!Is(JinjaTokenKind.Name, name))
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Expect(string operatorText)
    {
        if (!TryTake(operatorText))
        {
            throw Unexpected();
        }
    }

    private string ExpectName() => Current.Kind == JinjaTokenKind.Name ? Take().Text : throw Unexpected();

    private void ExpectEnd()
    {
        if (Current.Kind != JinjaTokenKind.StatementEnd)
        {
            throw Unexpected();
        }

        _at++;
    }

    private void Enter()
    {
        if (++_depth > MaxDepth)
        {
            throw Error($"more than {MaxDepth} levels of nesting");
        }
    }

    /// <summary>Parses up to a statement of one of the names, which is taken with its start; all up to the end without names.</summary>
    private List<JinjaStatement> ParseBody(string[] ends, out string end)
    {
        Enter();
        List<JinjaStatement> body = [];
        while (true)
        {
            JinjaToken token = Take();
            switch (token.Kind)
            {
                case JinjaTokenKind.Text:
                    body.Add(new JinjaStatement.Text(token.Text, token.Position));
                    break;
                case JinjaTokenKind.OutputStart:
                    JinjaExpression value = ParseTuple();
                    if (Current.Kind != JinjaTokenKind.OutputEnd)
                    {
                        throw Unexpected();
                    }

                    _at++;
                    body.Add(new JinjaStatement.Output(value, token.Position));
                    break;
                case JinjaTokenKind.StatementStart:
                    if (Current.Kind == JinjaTokenKind.Name && ends.Contains(Current.Text))
                    {
                        end = Take().Text;
                        _depth--;
                        return body;
                    }

                    body.Add(ParseStatement());
                    break;
                default:
                    if (ends.Length > 0)
                    {
                        throw new TemplateException($"the template ends before '{ends[^1]}'", token.Position);
                    }

                    end = "";
                    _depth--;
                    return body;
            }
        }
    }

    private JinjaStatement ParseStatement()
    {
        TemplatePosition position = Current.Position;
        string name = ExpectName();
        switch (name)
        {
            case "if":
                return ParseIf(position);
            case "for":
                return ParseFor(position);
            case "set":
                return ParseSet(position);
            case "macro":
                return ParseMacro(position);
            case "call":
                return ParseCallBlock(position);
            case "filter":
                List<(string, JinjaArguments, TemplatePosition)> filters = ParseFilters();
                ExpectEnd();
                List<JinjaStatement> filtered = ParseBody(["endfilter"], out _);
                ExpectEnd();
                return new JinjaStatement.FilterBlock(filters, filtered, position);
            case "with":
                return ParseWith(position);
            case "generation":
                ExpectEnd();
                List<JinjaStatement> generated = ParseBody(["endgeneration"], out _);
                ExpectEnd();
                return new JinjaStatement.Generation(generated, position);
            case "break":
                ExpectEnd();
                return new JinjaStatement.Break(position);
            case "continue":
                ExpectEnd();
                return new JinjaStatement.Continue(position);
            default:
                throw new TemplateException($"the statement '{name}' is not known", position);
        }
    }

    private JinjaStatement.If ParseIf(TemplatePosition position)
    {
        List<(JinjaExpression?, IReadOnlyList<JinjaStatement>)> branches = [];
        JinjaExpression? test = ParseTuple();
        while (true)
        {
            ExpectEnd();
            List<JinjaStatement> body = ParseBody(test is null ? ["endif"] : ["elif", "else", "endif"], out string end);
            branches.Add((test, body));
            if (end == "endif")
            {
                ExpectEnd();
                return new JinjaStatement.If(branches, position);
            }

            test = end == "elif" ? ParseTuple() : null;
        }
    }

    private JinjaStatement.For ParseFor(TemplatePosition position)
    {
        JinjaTarget target = ParseTargets();
        if (!TryTakeName("in"))
        {
            throw Unexpected();
        }

        JinjaExpression items = ParseTuple(withConditions: false);
        JinjaExpression? filter = TryTakeName("if") ? ParseExpression() : null;
        bool recursive = TryTakeName("recursive");
        ExpectEnd();
        List<JinjaStatement> body = ParseBody(["else", "endfor"], out string end);
        List<JinjaStatement> otherwise = [];
        if (end == "else")
        {
            ExpectEnd();
            otherwise = ParseBody(["endfor"], out _);
        }

        ExpectEnd();
        return new JinjaStatement.For(target, items, filter, recursive, body, otherwise, position);
    }

    private JinjaStatement ParseSet(TemplatePosition position)
    {
        JinjaTarget target = ParseTargets();
        if (TryTake("="))
        {
            JinjaExpression value = ParseTuple();
            ExpectEnd();
            return new JinjaStatement.Set(target, value, position);
        }

        List<(string, JinjaArguments, TemplatePosition)> filters = TryTake("|") ? ParseFilters() : [];
        ExpectEnd();
        List<JinjaStatement> body = ParseBody(["endset"], out _);
        ExpectEnd();
        return new JinjaStatement.SetBlock(target, filters, body, position);
    }

    private JinjaStatement.Macro ParseMacro(TemplatePosition position)
    {
        string name = ExpectName();
        List<(string, JinjaExpression?)> parameters = ParseParameters();
        ExpectEnd();
        List<JinjaStatement> body = ParseBody(["endmacro"], out _);
        ExpectEnd();
        return new JinjaStatement.Macro(name, parameters, body, position);
    }

    private JinjaStatement.CallBlock ParseCallBlock(TemplatePosition position)
    {
        List<(string, JinjaExpression?)> parameters = Is(JinjaTokenKind.Operator, "(") ? ParseParameters() : [];
        if (ParseExpression() is not JinjaExpression.Call call)
        {
            throw new TemplateException("a call block without a call", position);
        }

        ExpectEnd();
        List<JinjaStatement> body = ParseBody(["endcall"], out _);
        ExpectEnd();
        return new JinjaStatement.CallBlock(call, new JinjaStatement.Macro("caller", parameters, body, position), position);
    }

    private JinjaStatement.With ParseWith(TemplatePosition position)
    {
        List<(JinjaTarget, JinjaExpression)> assignments = [];
        while (Current.Kind != JinjaTokenKind.StatementEnd)
        {
            if (assignments.Count > 0)
            {
                Expect(",");
            }

            JinjaTarget target = ParseTarget();
            Expect("=");
            assignments.Add((target, ParseExpression()));
        }

        ExpectEnd();
        List<JinjaStatement> body = ParseBody(["endwith"], out _);
        ExpectEnd();
        return new JinjaStatement.With(assignments, body, position);
    }

    private List<(string Name, JinjaExpression? Default)> ParseParameters()
    {
        List<(string, JinjaExpression?)> parameters = [];
        Expect("(");
        while (!TryTake(")"))
        {
            if (parameters.Count > 0)
            {
                Expect(",");
            }

            string name = ExpectName();
            parameters.Add((name, TryTake("=") ? ParseExpression() : null));
        }

        return parameters;
    }

    private JinjaTarget ParseTargets()
    {
        TemplatePosition position = Current.Position;
        JinjaTarget first = ParseTarget();
        if (!Is(JinjaTokenKind.Operator, ","))
        {
            return first;
        }

        List<JinjaTarget> items = [first];
        while (TryTake(","))
        {
            if (Is(JinjaTokenKind.Name, "in") || Is(JinjaTokenKind.Operator, "="))
            {
                break;
            }

            items.Add(ParseTarget());
        }

        return new JinjaTarget("", null, items, position);
    }

    private JinjaTarget ParseTarget()
    {
        TemplatePosition position = Current.Position;
        if (TryTake("("))
        {
            Enter();
            JinjaTarget inner = ParseTargets();
            _depth--;
            Expect(")");
            return inner;
        }

        string name = ExpectName();
        return new JinjaTarget(name, TryTake(".") ? ExpectName() : null, null, position);
    }

    private List<(string Name, JinjaArguments Arguments, TemplatePosition Position)> ParseFilters()
    {
        List<(string, JinjaArguments, TemplatePosition)> filters = [];
        do
        {
            TemplatePosition position = Current.Position;
            filters.Add((ParseFilterName(), Is(JinjaTokenKind.Operator, "(") ? ParseArguments() : JinjaArguments.None, position));
        }
        while (TryTake("|"));
        return filters;
    }
}
