namespace Snug.Tokenizers;

/// <summary>An expression of a template.</summary>
internal abstract record JinjaExpression(TemplatePosition Position) : JinjaNode(Position)
{
    public sealed record Literal(object? Value, TemplatePosition Position) : JinjaExpression(Position);

    public sealed record Name(string Text, TemplatePosition Position) : JinjaExpression(Position);

    public sealed record ListOf(IReadOnlyList<JinjaExpression> Items, bool IsTuple, TemplatePosition Position) : JinjaExpression(Position);

    public sealed record DictionaryOf(IReadOnlyList<(JinjaExpression Key, JinjaExpression Value)> Items, TemplatePosition Position) : JinjaExpression(Position);

    public sealed record Conditional(JinjaExpression Condition, JinjaExpression Then, JinjaExpression? Else, TemplatePosition Position) : JinjaExpression(Position);

    public sealed record Logical(bool IsAnd, JinjaExpression Left, JinjaExpression Right, TemplatePosition Position) : JinjaExpression(Position);

    public sealed record Not(JinjaExpression Item, TemplatePosition Position) : JinjaExpression(Position);

    public sealed record Unary(string Operator, JinjaExpression Item, TemplatePosition Position) : JinjaExpression(Position);

    public sealed record Binary(string Operator, JinjaExpression Left, JinjaExpression Right, TemplatePosition Position) : JinjaExpression(Position);

    public sealed record Comparison(JinjaExpression First, IReadOnlyList<(string Operator, JinjaExpression Right)> Rest, TemplatePosition Position) : JinjaExpression(Position);

    public sealed record Attribute(JinjaExpression Item, string Text, TemplatePosition Position) : JinjaExpression(Position);

    public sealed record Index(JinjaExpression Item, JinjaExpression Key, TemplatePosition Position) : JinjaExpression(Position);

    public sealed record Slice(JinjaExpression Item, JinjaExpression? Start, JinjaExpression? Stop, JinjaExpression? Step, TemplatePosition Position) : JinjaExpression(Position);

    public sealed record Call(JinjaExpression Item, JinjaArguments Arguments, TemplatePosition Position) : JinjaExpression(Position);

    public sealed record Filter(JinjaExpression Item, string Text, JinjaArguments Arguments, TemplatePosition Position) : JinjaExpression(Position);

    public sealed record Test(JinjaExpression Item, string Text, JinjaArguments Arguments, bool Negative, TemplatePosition Position) : JinjaExpression(Position);
}
