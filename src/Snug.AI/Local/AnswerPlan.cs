using System.Text.Json;
using Microsoft.Extensions.AI;
using Snug.Inference;

namespace Snug.AI;

/// <summary>What an answer has to be: any text, JSON, or a call that the request demands.</summary>
/// <param name="Prefix">What is put to the prompt, so that the answer goes on from there.</param>
/// <param name="Begun">What of that belongs to the answer: the start of a call.</param>
/// <param name="Constraint">What the rest must look like; null for any text.</param>
internal sealed record AnswerPlan(string Prefix, string Begun, OutputConstraint? Constraint)
{
    private static readonly JsonElement AnyObject = JsonDocument.Parse("""{"type":"object"}""").RootElement;

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

            DemandedCall call = DemandedOf(written);
            return new AnswerPlan(closed + call.Start, call.Start, constraints.Get(new ConstraintChoice("", call.Schema(written.Tools), "")));
        }

        if (OptionsMapper.FormatOf(options) is not { } format)
        {
            return new AnswerPlan("", "", null);
        }

        ConstraintChoice answer = new("", format.Schema ?? AnyObject, "");
        if (written.Tools.Count == 0)
        {
            return new AnswerPlan(closed, "", constraints.Get(answer));
        }

        DemandedCall instead = DemandedOf(written);
        return new AnswerPlan(closed, "", constraints.Get(answer, new ConstraintChoice(instead.Start, instead.Schema(written.Tools), instead.End)));
    }

    private static DemandedCall DemandedOf(WrittenPrompt written) => written.Format!.Demanded ?? throw new NotSupportedException(
        $"The model writes calls as the family '{written.Format.Name}' does, of which neither a call nor JSON in place of one can be demanded.");
}
