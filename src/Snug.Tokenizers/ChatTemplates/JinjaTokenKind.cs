namespace Snug.Tokenizers;

/// <summary>The kinds of tokens of a template.</summary>
internal enum JinjaTokenKind
{
    Text,
    StatementStart,
    StatementEnd,
    OutputStart,
    OutputEnd,
    Name,
    String,
    Integer,
    Float,
    Operator,
    End,
}
