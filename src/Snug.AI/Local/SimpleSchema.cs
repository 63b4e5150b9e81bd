using System.Text.Json;
using System.Text.Json.Nodes;

namespace Snug.AI;

/// <summary>Schemas with one type and a description for each value, as older templates want them: of several types the first that is not null.</summary>
internal static class SimpleSchema
{
    public static JsonElement Of(JsonElement schema)
    {
        JsonNode? node = JsonNode.Parse(schema.GetRawText());
        Simplify(node);
        using JsonDocument document = JsonDocument.Parse(node?.ToJsonString() ?? "null");
        return document.RootElement.Clone();
    }

    private static void Simplify(JsonNode? node)
    {
        if (node is JsonArray items)
        {
            foreach (JsonNode? item in items)
            {
                Simplify(item);
            }
        }

        if (node is not JsonObject schema)
        {
            return;
        }

        if (schema["type"] is JsonArray types && types.FirstOrDefault(type => type?.ToString() != "null") is { } only)
        {
            schema["type"] = only.ToString();
        }

        foreach ((string name, JsonNode? value) in schema)
        {
            Simplify(value);
            if (name == "properties" && value is JsonObject properties)
            {
                Describe(properties);
            }
        }
    }

    private static void Describe(JsonObject properties)
    {
        foreach ((string _, JsonNode? property) in properties)
        {
            if (property is JsonObject schema)
            {
                schema.TryAdd("description", "");
            }
        }
    }
}
