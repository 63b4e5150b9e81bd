using Microsoft.Extensions.AI;
using Snug.Inference;

namespace Snug.AI;

/// <summary>A demanded call whose name stands before the JSON of its arguments.</summary>
/// <param name="Start">What stands before the name.</param>
/// <param name="Separator">What stands between name and arguments.</param>
/// <param name="End">What stands behind the arguments.</param>
internal sealed record DemandedNamedCall(string Start, string Separator, string End) : DemandedCall(Start, End)
{
    /// <summary>With the name where there is only one, so that the marks behind it are the tokens that the model knows.</summary>
    public override string StartFor(IReadOnlyList<AIFunctionDeclaration> tools) => tools.Count == 1 ? $"{Start}{tools[0].Name}{Separator}" : Start;

    public override ConstraintChoice[] Calls(IReadOnlyList<AIFunctionDeclaration> tools) =>
        [.. tools.Select(tool => new ConstraintChoice(tools.Count == 1 ? "" : tool.Name + Separator, ToElement(ArgumentsOf(tool)), ""))];
}
