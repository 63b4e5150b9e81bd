using Microsoft.Extensions.AI;
using Snug.Inference;

namespace Snug.AI;

/// <summary>What an answer has to be: any text, JSON, or a call that the request demands.</summary>
/// <param name="Prefix">What is put to the prompt, so that the answer goes on from there.</param>
/// <param name="Begun">What of that belongs to the answer: the start of a call.</param>
/// <param name="Constraint">What the rest must look like; null for any text.</param>
internal sealed record AnswerPlan(string Prefix, string Begun, OutputConstraint? Constraint)
{
    /// <summary>Plans an answer.</summary>
    /// <exception cref="ConstraintException">A schema has what is not supported.</exception>
    /// <exception cref="NotSupportedException">A call is demanded of a family that does not write calls as JSON.</exception>
    public static AnswerPlan Create(WrittenPrompt written, ChatOptions? options, ConstraintCache constraints)
    {
        string closed = written.Reasoning is { } reasoning && reasoning.IsOpenAfter(written.Text) ? $"{reasoning.End}\n\n" : "";
        if (options?.ToolMode is RequiredChatToolMode required)
        {
            if (written.Tools.Count == 0)
            {
                throw new ArgumentException(
                    required.RequiredFunctionName is { } name ? $"The request demands a call of '{name}' and has no such function." : "The request demands a call and has no function.",
                    nameof(options));
            }

            DemandedCall call = written.Format!.Demanded ?? throw new NotSupportedException(
                $"The model writes calls as the family '{written.Format.Name}' does, of which a call cannot be demanded.");
            return new AnswerPlan(closed + call.Start, call.Start, constraints.Get(call.Schema(written.Tools)));
        }

        return OptionsMapper.FormatOf(options) is { } format
            ? new AnswerPlan(closed, "", constraints.Get(format.Schema))
            : new AnswerPlan("", "", null);
    }
}
