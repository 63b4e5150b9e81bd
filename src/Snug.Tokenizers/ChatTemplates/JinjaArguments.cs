namespace Snug.Tokenizers;

/// <summary>The arguments of a call, a filter or a test.</summary>
internal sealed record JinjaArguments(IReadOnlyList<JinjaExpression> Positional, IReadOnlyList<(string Name, JinjaExpression Value)> Named)
{
    public static JinjaArguments None { get; } = new([], []);
}
