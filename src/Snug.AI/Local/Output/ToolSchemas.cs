using System.Text.Json;

namespace Snug.AI;

/// <summary>The functions of a request with the schemas of their arguments.</summary>
internal sealed class ToolSchemas(IReadOnlyDictionary<string, JsonElement> schemas)
{
    public bool Has(string name) => schemas.ContainsKey(name);

    /// <summary>
    /// The value of an argument that was written as it is, without quotation marks: a text where the schema says so, else what it is as
    /// JSON, else a text.
    /// </summary>
    public JsonElement Value(string function, string argument, string text)
    {
        bool isText = schemas.TryGetValue(function, out JsonElement schema) && schema.ValueKind == JsonValueKind.Object
            && schema.TryGetProperty("properties", out JsonElement properties) && properties.ValueKind == JsonValueKind.Object
            && properties.TryGetProperty(argument, out JsonElement property) && property.ValueKind == JsonValueKind.Object
            && property.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("string");
        return !isText && JsonText.TryParse(text, out JsonElement value) ? value : JsonText.FromString(text);
    }
}
