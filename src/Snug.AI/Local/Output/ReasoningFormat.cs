namespace Snug.AI;

/// <summary>What stands before and behind the reasoning of a family of models.</summary>
internal sealed record ReasoningFormat(string Start, string End)
{
    private static readonly ReasoningFormat[] Known =
    [
        new("<|channel|>analysis<|message|>", "<|end|>") { Sign = "<|channel|>analysis<|message|>" },
        new("<|channel>thought", "<channel|>"),
        new("<seed:think>", "</seed:think>"),
        new("[THINK]", "[/THINK]"),
        new("<|START_THINKING|>", "<|END_THINKING|>"),
        new("<|inner_prefix|>", "<|inner_suffix|>"),
        new("Here are my reasoning steps:\n", "[BEGIN FINAL RESPONSE]"),
        new("<think>", "</think>"),
    ];

    /// <summary>What the family's template has; null for either mark.</summary>
    public string? Sign { get; init; }

    /// <summary>That of a template, or null.</summary>
    public static ReasoningFormat? Of(string template) => Array.Find(
        Known,
        format => format.Sign is { } sign
            ? template.Contains(sign, StringComparison.Ordinal)
            : template.Contains(format.End, StringComparison.Ordinal) || template.Contains(format.Start, StringComparison.Ordinal));

    /// <summary>Whether a prompt ends within reasoning, so that the answer begins with it.</summary>
    public bool IsOpenAfter(string prompt) => prompt.AsSpan().TrimEnd().EndsWith(Start.AsSpan().TrimEnd());
}
