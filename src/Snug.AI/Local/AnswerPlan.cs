using System.Text.Json;
using Microsoft.Extensions.AI;
using Snug.Inference;

namespace Snug.AI;

/// <summary>What an answer has to be: any text, JSON, or a call that the request demands.</summary>
/// <param name="Prefix">What is put to the prompt, so that the answer goes on from there.</param>
/// <param name="Begun">What of that belongs to the answer: the start of a call, or a header.</param>
/// <param name="Constraint">What the rest must look like; null for any text.</param>
internal sealed record AnswerPlan(string Prefix, string Begun, OutputConstraint? Constraint)
{
    private static readonly JsonElement AnyObject = JsonDocument.Parse("""{"type":"object"}""").RootElement;

    /// <summary>Plans an answer.</summary>
    /// <exception cref="ConstraintException">A schema has what is not supported.</exception>
    /// <exception cref="NotSupportedException">A call is demanded of a family that does not write arguments as JSON.</exception>
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
            string start = call.StartFor(written.Tools);
            return new AnswerPlan(closed + start, start, constraints.Get(call.Calls(written.Tools)));
        }

        if (OptionsMapper.FormatOf(options) is not { } format)
        {
            return new AnswerPlan("", "", null);
        }

        // Where only text for the user may come, its header is written for the model; else that is the model's choice.
        string header = written.Frame?.Start ?? "";
        JsonElement schema = format.Schema ?? AnyObject;
        if (written.Tools.Count == 0)
        {
            return new AnswerPlan(closed + header, header, constraints.Get(new ConstraintChoice("", schema, "")));
        }

        return new AnswerPlan(closed, "", constraints.Get([new ConstraintChoice(header, schema, ""), .. DemandedOf(written).WholeCalls(written.Tools)]));
    }

    private static DemandedCall DemandedOf(WrittenPrompt written) => written.Format!.Demanded ?? throw new NotSupportedException(
        $"The model writes calls as the family '{written.Format.Name}' does, of which neither a call nor JSON in place of one can be demanded.");
}
