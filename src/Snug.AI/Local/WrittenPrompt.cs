using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Snug.Tokenizers;

namespace Snug.AI;

/// <summary>A conversation as the model reads it, and how it will answer.</summary>
/// <param name="Text">The text, up to the start of the answer.</param>
/// <param name="Reasoning">How the family marks reasoning; null when it does not.</param>
/// <param name="Format">How the family writes calls; null when none may come.</param>
/// <param name="Frame">Headers that the family writes around what it says; null where there are none.</param>
/// <param name="Tools">The functions that may be called.</param>
internal sealed record WrittenPrompt(
    string Text, ReasoningFormat? Reasoning, ToolCallFormat? Format, AnswerFrame? Frame, IReadOnlyList<AIFunctionDeclaration> Tools)
{
    /// <summary>A reader of the answer.</summary>
    /// <param name="plan">What the answer has to be. Where it must be JSON, it has no reasoning.</param>
    public OutputReader CreateReader(AnswerPlan plan)
    {
        Dictionary<string, JsonElement> schemas = new(StringComparer.Ordinal);
        foreach (AIFunctionDeclaration tool in Tools)
        {
            schemas.TryAdd(tool.Name, tool.JsonSchema);
        }

        bool isFree = plan.Constraint is null;
        OutputReader reader = new(isFree ? Reasoning : null, isFree && Reasoning?.IsOpenAfter(Text) == true, Format, new ToolSchemas(schemas), Frame);
        if (Frame is { Opening.Length: > 0 } && Text.EndsWith(Frame.Opening, StringComparison.Ordinal))
        {
            reader.Push(Frame.Opening);
        }

        reader.Push(plan.Begun);
        return reader;
    }

    /// <summary>Special tokens that the reader must see.</summary>
    public ImmutableHashSet<int> MarksIn(Tokenizer tokenizer)
    {
        string[] marks = [.. Format?.AllMarks ?? [], .. Frame?.Marks ?? [], .. Reasoning is null ? Array.Empty<string>() : [Reasoning.Start, Reasoning.End]];
        return
        [
            .. tokenizer.AddedTokens.Where(token => token.Value.Special && Array.Exists(marks, mark => mark.Contains(token.Value.Content, StringComparison.Ordinal)))
                .Select(token => token.Key),
        ];
    }
}
