using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Snug.Inference;

namespace Snug.AI;

/// <summary>How a family is made to call: the answer is begun for it, and what follows must be a call whose arguments satisfy their schema.</summary>
/// <param name="Start">The start of the answer.</param>
/// <param name="End">What stands behind the call.</param>
internal abstract record DemandedCall(string Start, string End)
{
    /// <summary>The start of the answer, with all that only one call leaves open.</summary>
    public virtual string StartFor(IReadOnlyList<AIFunctionDeclaration> tools) => Start;

    /// <summary>What may follow <see cref="StartFor"/>: a call of one of the functions.</summary>
    public abstract ConstraintChoice[] Calls(IReadOnlyList<AIFunctionDeclaration> tools);

    /// <summary>A call with its start and end, where the answer may be one or something else.</summary>
    public ConstraintChoice[] WholeCalls(IReadOnlyList<AIFunctionDeclaration> tools)
    {
        string start = StartFor(tools);
        return [.. Calls(tools).Select(call => call with { Before = start + call.Before, After = End })];
    }

    /// <summary>The schema of a function's arguments.</summary>
    protected static JsonObject ArgumentsOf(AIFunctionDeclaration tool) =>
        JsonNode.Parse(tool.JsonSchema.GetRawText()) as JsonObject ?? new JsonObject { ["type"] = "object" };

    /// <summary>A schema as the compiler takes it.</summary>
    protected static JsonElement ToElement(JsonObject schema)
    {
        using JsonDocument document = JsonDocument.Parse(schema.ToJsonString());
        return document.RootElement.Clone();
    }
}
