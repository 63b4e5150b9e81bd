namespace Snug.Tokenizers;

/// <content>Expressions, from the loosest to the tightest binding.</content>
internal sealed partial class JinjaParser
{
    /// <summary>An expression, or several with commas between them, which are a tuple.</summary>
    private JinjaExpression ParseTuple(bool withConditions = true)
    {
        TemplatePosition position = Current.Position;
        JinjaExpression first = withConditions ? ParseExpression() : ParseOr();
        if (!Is(JinjaTokenKind.Operator, ","))
        {
            return first;
        }

        List<JinjaExpression> items = [first];
        while (TryTake(","))
        {
            if (Current.Kind is JinjaTokenKind.StatementEnd or JinjaTokenKind.OutputEnd)
            {
                break;
            }

            items.Add(withConditions ? ParseExpression() : ParseOr());
        }

        return new JinjaExpression.ListOf(items, IsTuple: true, position);
    }

    private JinjaExpression ParseExpression()
    {
        Enter();
        TemplatePosition position = Current.Position;
        JinjaExpression value = ParseOr();
        while (TryTakeName("if"))
        {
            JinjaExpression test = ParseOr();
            JinjaExpression? otherwise = TryTakeName("else") ? ParseExpression() : null;
            value = new JinjaExpression.Conditional(test, value, otherwise, position);
        }

        _depth--;
        return value;
    }

    private JinjaExpression ParseOr()
    {
        JinjaExpression left = ParseAnd();
        while (Is(JinjaTokenKind.Name, "or"))
        {
            TemplatePosition position = Take().Position;
            left = new JinjaExpression.Logical(false, left, ParseAnd(), position);
        }

        return left;
    }

    private JinjaExpression ParseAnd()
    {
        JinjaExpression left = ParseNot();
        while (Is(JinjaTokenKind.Name, "and"))
        {
            TemplatePosition position = Take().Position;
            left = new JinjaExpression.Logical(true, left, ParseNot(), position);
        }

        return left;
    }

    private JinjaExpression ParseNot()
    {
        if (!Is(JinjaTokenKind.Name, "not"))
        {
            return ParseComparison();
        }

        Enter();
        TemplatePosition position = Take().Position;
        JinjaExpression item = ParseNot();
        _depth--;
        return new JinjaExpression.Not(item, position);
    }

    private JinjaExpression ParseComparison()
    {
        TemplatePosition position = Current.Position;
        JinjaExpression first = ParseSum();
        List<(string, JinjaExpression)> rest = [];
        while (true)
        {
            string found;
            if (Current is { Kind: JinjaTokenKind.Operator, Text: "==" or "!=" or "<" or "<=" or ">" or ">=" })
            {
                found = Take().Text;
            }
            else if (TryTakeName("in"))
            {
                found = "in";
            }
            else if (Is(JinjaTokenKind.Name, "not") && _tokens[_at + 1] is { Kind: JinjaTokenKind.Name, Text: "in" })
            {
                _at += 2;
                found = "not in";
            }
            else
            {
                return rest.Count == 0 ? first : new JinjaExpression.Comparison(first, rest, position);
            }

            rest.Add((found, ParseSum()));
        }
    }

    private JinjaExpression ParseSum() => ParseBinary(ParseConcatenation, "+", "-");

    private JinjaExpression ParseConcatenation() => ParseBinary(ParseProduct, "~");

    private JinjaExpression ParseProduct() => ParseBinary(ParsePower, "*", "/", "//", "%");

    private JinjaExpression ParsePower() => ParseBinary(() => ParseUnary(withFilters: true), "**");

    private JinjaExpression ParseBinary(Func<JinjaExpression> operand, params string[] operators)
    {
        JinjaExpression left = operand();
        while (Current.Kind == JinjaTokenKind.Operator && operators.Contains(Current.Text))
        {
            JinjaToken found = Take();
            left = new JinjaExpression.Binary(found.Text, left, operand(), found.Position);
        }

        return left;
    }

    private JinjaExpression ParseUnary(bool withFilters)
    {
        Enter();
        JinjaExpression item;
        if (Current is { Kind: JinjaTokenKind.Operator, Text: "-" or "+" })
        {
            JinjaToken sign = Take();
            item = new JinjaExpression.Unary(sign.Text, ParseUnary(withFilters: false), sign.Position);
        }
        else
        {
            item = ParsePrimary();
        }

        item = ParsePostfix(item);
        item = withFilters ? ParseFiltersAndTests(item) : item;
        _depth--;
        return item;
    }

    private JinjaExpression ParsePrimary()
    {
        JinjaToken token = Take();
        switch (token.Kind)
        {
            case JinjaTokenKind.Name:
                return token.Text switch
                {
                    "true" or "True" => new JinjaExpression.Literal(true, token.Position),
                    "false" or "False" => new JinjaExpression.Literal(false, token.Position),
                    "none" or "None" => new JinjaExpression.Literal(null, token.Position),
                    _ => new JinjaExpression.Name(token.Text, token.Position),
                };
            case JinjaTokenKind.String:
                string text = token.Text;
                while (Current.Kind == JinjaTokenKind.String)
                {
                    text += Take().Text;
                }

                return new JinjaExpression.Literal(text, token.Position);
            case JinjaTokenKind.Integer:
                return long.TryParse(token.Text, out long integer)
                    ? new JinjaExpression.Literal(integer, token.Position)
                    : throw new TemplateException("a number that is too large", token.Position);
            case JinjaTokenKind.Float:
                return new JinjaExpression.Literal(double.Parse(token.Text, System.Globalization.CultureInfo.InvariantCulture), token.Position);
            case JinjaTokenKind.Operator when token.Text == "(":
                return ParseParentheses(token.Position);
            case JinjaTokenKind.Operator when token.Text == "[":
                return new JinjaExpression.ListOf(ParseItems("]"), IsTuple: false, token.Position);
            case JinjaTokenKind.Operator when token.Text == "{":
                return ParseDictionary(token.Position);
            default:
                _at = Math.Max(0, _at - (token.Kind == JinjaTokenKind.End ? 0 : 1));
                throw Unexpected();
        }
    }

    private JinjaExpression ParseParentheses(TemplatePosition position)
    {
        if (TryTake(")"))
        {
            return new JinjaExpression.ListOf([], IsTuple: true, position);
        }

        JinjaExpression first = ParseExpression();
        if (!TryTake(","))
        {
            Expect(")");
            return first;
        }

        return new JinjaExpression.ListOf([first, .. ParseItems(")")], IsTuple: true, position);
    }

    private List<JinjaExpression> ParseItems(string end)
    {
        List<JinjaExpression> items = [];
        while (!TryTake(end))
        {
            if (items.Count > 0)
            {
                Expect(",");
                if (TryTake(end))
                {
                    break;
                }
            }

            items.Add(ParseExpression());
        }

        return items;
    }

    private JinjaExpression.DictionaryOf ParseDictionary(TemplatePosition position)
    {
        List<(JinjaExpression, JinjaExpression)> items = [];
        while (!TryTake("}"))
        {
            if (items.Count > 0)
            {
                Expect(",");
                if (TryTake("}"))
                {
                    break;
                }
            }

            JinjaExpression key = ParseExpression();
            Expect(":");
            items.Add((key, ParseExpression()));
        }

        return new JinjaExpression.DictionaryOf(items, position);
    }

    private JinjaExpression ParsePostfix(JinjaExpression item)
    {
        while (Current.Kind == JinjaTokenKind.Operator)
        {
            TemplatePosition position = Current.Position;
            if (TryTake("."))
            {
                JinjaToken name = Take();
                item = name.Kind switch
                {
                    JinjaTokenKind.Name => new JinjaExpression.Attribute(item, name.Text, position),
                    JinjaTokenKind.Integer => new JinjaExpression.Index(item, new JinjaExpression.Literal(long.Parse(name.Text), name.Position), position),
                    _ => throw new TemplateException("a dot without a name", position),
                };
            }
            else if (TryTake("["))
            {
                item = ParseSubscript(item, position);
            }
            else if (Current.Text == "(")
            {
                item = new JinjaExpression.Call(item, ParseArguments(), position);
            }
            else
            {
                break;
            }
        }

        return item;
    }

    private JinjaExpression ParseSubscript(JinjaExpression item, TemplatePosition position)
    {
        JinjaExpression?[] parts = new JinjaExpression?[3];
        int part = 0;
        bool slice = false;
        while (!TryTake("]"))
        {
            if (TryTake(":"))
            {
                slice = true;
                if (++part > 2)
                {
                    throw Unexpected();
                }
            }
            else if (parts[part] is null)
            {
                parts[part] = ParseExpression();
            }
            else
            {
                throw Unexpected();
            }
        }

        return slice ? new JinjaExpression.Slice(item, parts[0], parts[1], parts[2], position)
            : new JinjaExpression.Index(item, parts[0] ?? throw new TemplateException("a subscript without a value", position), position);
    }

    private JinjaExpression ParseFiltersAndTests(JinjaExpression item)
    {
        while (true)
        {
            TemplatePosition position = Current.Position;
            if (TryTake("|"))
            {
                string name = ParseFilterName();
                item = new JinjaExpression.Filter(item, name, Is(JinjaTokenKind.Operator, "(") ? ParseArguments() : JinjaArguments.None, position);
            }
            else if (TryTakeName("is"))
            {
                item = ParseTest(item, position);
            }
            else if (Is(JinjaTokenKind.Operator, "("))
            {
                item = new JinjaExpression.Call(item, ParseArguments(), position);
            }
            else
            {
                return item;
            }
        }
    }

    private string ParseFilterName()
    {
        // That a filter or a test is not known counts only where it is used: templates guard what not every renderer has.
        return ExpectName();
    }

    private JinjaExpression.Test ParseTest(JinjaExpression item, TemplatePosition position)
    {
        bool negative = TryTakeName("not");
        string name = ExpectName();
        JinjaArguments arguments = JinjaArguments.None;
        if (Is(JinjaTokenKind.Operator, "("))
        {
            arguments = ParseArguments();
        }
        else if (Current.Kind is JinjaTokenKind.String or JinjaTokenKind.Integer or JinjaTokenKind.Float
            || (Current.Kind == JinjaTokenKind.Name && Current.Text is not ("and" or "or" or "else" or "if" or "is" or "in" or "not" or "recursive"))
            || Is(JinjaTokenKind.Operator, "[") || Is(JinjaTokenKind.Operator, "{"))
        {
            arguments = new JinjaArguments([ParsePostfix(ParsePrimary())], []);
        }

        return new JinjaExpression.Test(item, name, arguments, negative, position);
    }

    private JinjaArguments ParseArguments()
    {
        List<JinjaExpression> positional = [];
        List<(string, JinjaExpression)> named = [];
        Expect("(");
        while (!TryTake(")"))
        {
            if (positional.Count + named.Count > 0)
            {
                Expect(",");
                if (TryTake(")"))
                {
                    break;
                }
            }

            if (Current.Kind == JinjaTokenKind.Name && _tokens[_at + 1] is { Kind: JinjaTokenKind.Operator, Text: "=" })
            {
                string name = Take().Text;
                _at++;
                named.Add((name, ParseExpression()));
            }
            else if (Is(JinjaTokenKind.Operator, "*") || Is(JinjaTokenKind.Operator, "**"))
            {
                throw Error("arguments that are unpacked, which is not supported");
            }
            else
            {
                positional.Add(ParseExpression());
            }
        }

        return new JinjaArguments(positional, named);
    }
}
