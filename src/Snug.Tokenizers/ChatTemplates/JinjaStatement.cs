namespace Snug.Tokenizers;

/// <summary>A statement of a template, or a part that is put out.</summary>
internal abstract record JinjaStatement(TemplatePosition Position) : JinjaNode(Position)
{
    public sealed record Text(string Value, TemplatePosition Position) : JinjaStatement(Position);

    public sealed record Output(JinjaExpression Value, TemplatePosition Position) : JinjaStatement(Position);

    public sealed record If(IReadOnlyList<(JinjaExpression? Test, IReadOnlyList<JinjaStatement> Body)> Branches, TemplatePosition Position) : JinjaStatement(Position);

    public sealed record For(JinjaTarget Target, JinjaExpression Items, JinjaExpression? Filter, bool Recursive, IReadOnlyList<JinjaStatement> Body, IReadOnlyList<JinjaStatement> Else, TemplatePosition Position) : JinjaStatement(Position);

    public sealed record Set(JinjaTarget Target, JinjaExpression Value, TemplatePosition Position) : JinjaStatement(Position);

    public sealed record SetBlock(JinjaTarget Target, IReadOnlyList<(string Name, JinjaArguments Arguments, TemplatePosition Position)> Filters, IReadOnlyList<JinjaStatement> Body, TemplatePosition Position) : JinjaStatement(Position);

    public sealed record Macro(string Name, IReadOnlyList<(string Name, JinjaExpression? Default)> Parameters, IReadOnlyList<JinjaStatement> Body, TemplatePosition Position) : JinjaStatement(Position);

    public sealed record CallBlock(JinjaExpression.Call Call, Macro Caller, TemplatePosition Position) : JinjaStatement(Position);

    public sealed record FilterBlock(IReadOnlyList<(string Name, JinjaArguments Arguments, TemplatePosition Position)> Filters, IReadOnlyList<JinjaStatement> Body, TemplatePosition Position) : JinjaStatement(Position);

    public sealed record With(IReadOnlyList<(JinjaTarget Target, JinjaExpression Value)> Assignments, IReadOnlyList<JinjaStatement> Body, TemplatePosition Position) : JinjaStatement(Position);

    /// <summary>What a model generates: where it stands in the text is noted.</summary>
    public sealed record Generation(IReadOnlyList<JinjaStatement> Body, TemplatePosition Position) : JinjaStatement(Position);

    public sealed record Break(TemplatePosition Position) : JinjaStatement(Position);

    public sealed record Continue(TemplatePosition Position) : JinjaStatement(Position);
}
