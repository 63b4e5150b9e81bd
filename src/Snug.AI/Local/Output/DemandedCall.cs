using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Snug.AI;

/// <summary>How a family is made to call: the answer is begun for it, and what follows must be the JSON of a call.</summary>
/// <param name="Start">The start of the answer.</param>
/// <param name="End">What stands behind the JSON.</param>
/// <param name="ArgumentsKey">The key of the arguments.</param>
/// <param name="IsArray">Whether calls stand in an array.</param>
internal sealed record DemandedCall(string Start, string End, string ArgumentsKey, bool IsArray = false)
{
    /// <summary>The schema of a call of one of some functions.</summary>
    public JsonElement Schema(IReadOnlyList<AIFunctionDeclaration> tools)
    {
        // Definitions of one function must not meet those of another, so that references are led to their own.
        JsonArray choices = [];
        JsonObject definitions = [];
        for (int i = 0; i < tools.Count; i++)
        {
            JsonNode arguments = JsonNode.Parse(tools[i].JsonSchema.GetRawText()) is JsonObject schema ? schema : new JsonObject { ["type"] = "object" };
            Redirect(arguments, $"#/$defs/{i}");
            definitions[$"{i}"] = arguments;
            choices.Add((JsonNode)new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["name"] = new JsonObject { ["const"] = tools[i].Name },
                    [ArgumentsKey] = new JsonObject { ["$ref"] = $"#/$defs/{i}" },
                },
                ["required"] = new JsonArray("name", ArgumentsKey),
                ["additionalProperties"] = false,
            });
        }

        JsonObject call = new() { ["anyOf"] = choices };
        JsonObject root = IsArray ? new JsonObject { ["type"] = "array", ["items"] = call, ["minItems"] = 1, ["maxItems"] = 1 } : call;
        root["$defs"] = definitions;
        using JsonDocument document = JsonDocument.Parse(root.ToJsonString());
        return document.RootElement.Clone();
    }

    private static void Redirect(JsonNode? node, string root)
    {
        switch (node)
        {
            case JsonObject item:
                foreach (string key in item.Select(property => property.Key).ToArray())
                {
                    if (key == "$ref" && item[key] is JsonValue value && value.TryGetValue(out string? pointer) && pointer.StartsWith('#'))
                    {
                        item[key] = root + pointer[1..];
                    }
                    else
                    {
                        Redirect(item[key], root);
                    }
                }

                break;
            case JsonArray items:
                foreach (JsonNode? part in items)
                {
                    Redirect(part, root);
                }

                break;
            default:
                break;
        }
    }
}
