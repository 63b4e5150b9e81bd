namespace Snug.AI;

/// <summary>Headers that a family writes around what it says: to whom it is said. They are neither text nor calls.</summary>
/// <param name="Sign">What the family's template has.</param>
/// <param name="Marks">The headers of text for the user, and what ends such a text.</param>
/// <param name="Opening">The start of a header with which prompts end; empty where they end before it.</param>
/// <param name="Start">What follows the prompt where the answer is for the user.</param>
internal sealed record AnswerFrame(string Sign, string[] Marks, string Opening, string Start)
{
    private static readonly AnswerFrame[] Known =
    [
        new(
            "<|channel|>commentary",
            [
                "<|start|>assistant<|channel|>final<|message|>", "<|channel|>final<|message|>", "<|start|>assistant<|channel|>commentary<|message|>",
                "<|channel|>commentary<|message|>", "<|start|>assistant", "<|end|>",
            ],
            "",
            "<|channel|>final<|message|>"),
        new(">>>all", [">>>all\n"], ">>>", "all\n"),
    ];

    /// <summary>That of a template, or null.</summary>
    public static AnswerFrame? Of(string template) => Array.Find(Known, frame => template.Contains(frame.Sign, StringComparison.Ordinal));
}
