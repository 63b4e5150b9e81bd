using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Snug.Inference;

namespace Snug.AI;

/// <summary>A demanded call that is JSON as a whole.</summary>
/// <param name="Start">What stands before the JSON.</param>
/// <param name="End">What stands behind it.</param>
/// <param name="IsArray">Whether calls stand in an array.</param>
internal sealed record DemandedJsonCall(string Start, string End, bool IsArray = false) : DemandedCall(Start, End)
{
    /// <summary>The key of the name; null where the name itself is the key of the arguments.</summary>
    public string? NameKey { get; init; } = "name";

    /// <summary>The key of the arguments.</summary>
    public string ArgumentsKey { get; init; } = "arguments";

    /// <summary>The key of a number that stands first, where the family counts its calls.</summary>
    public string? NumberKey { get; init; }

    public override ConstraintChoice[] Calls(IReadOnlyList<AIFunctionDeclaration> tools)
    {
        // Definitions of one function must not meet those of another, so that references are led to their own.
        JsonArray choices = [];
        JsonObject definitions = [];
        for (int i = 0; i < tools.Count; i++)
        {
            JsonObject arguments = ArgumentsOf(tools[i]);
            Redirect(arguments, $"#/$defs/{i}");
            definitions[$"{i}"] = arguments;
            JsonObject properties = [];
            if (NumberKey is not null)
            {
                properties[NumberKey] = new JsonObject { ["const"] = "0" };
            }

            if (NameKey is not null)
            {
                properties[NameKey] = new JsonObject { ["const"] = tools[i].Name };
            }

            properties[NameKey is null ? tools[i].Name : ArgumentsKey] = new JsonObject { ["$ref"] = $"#/$defs/{i}" };
            choices.Add((JsonNode)new JsonObject
            {
                ["type"] = "object",
                ["properties"] = properties,
                ["required"] = new JsonArray([.. properties.Select(property => (JsonNode)property.Key)]),
                ["additionalProperties"] = false,
            });
        }

        JsonObject call = new() { ["anyOf"] = choices };
        JsonObject root = IsArray ? new JsonObject { ["type"] = "array", ["items"] = call, ["minItems"] = 1, ["maxItems"] = 1 } : call;
        root["$defs"] = definitions;
        return [new ConstraintChoice("", ToElement(root), "")];
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
