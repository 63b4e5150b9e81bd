using System.Text.Json;

namespace Snug.AI;

/// <summary>Reads calls that are JSON: an object, several, or an array of them.</summary>
internal static class JsonCallReader
{
    private static readonly string[] NameKeys = ["name", "tool_name"];
    private static readonly string[] ArgumentKeys = ["arguments", "parameters"];
    private static readonly string[] IdKeys = ["id", "tool_call_id"];

    public static ToolCallReading Read(string text, ToolSchemas tools)
    {
        (List<JsonElement>? values, bool isIncomplete) = JsonText.ReadAll(text);
        if (values is null || values.Count == 0)
        {
            return new ToolCallReading(null, isIncomplete);
        }

        List<ToolCall> calls = [];
        foreach (JsonElement value in values.SelectMany(value => value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : (JsonElement[])[value]))
        {
            if (ReadOne(value, tools) is not { } call)
            {
                return default;
            }

            calls.Add(call);
        }

        return new ToolCallReading(calls);
    }

    /// <summary>The arguments of a call: an object, or a text that has one.</summary>
    public static IReadOnlyDictionary<string, JsonElement>? Arguments(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String && JsonText.TryParse(value.GetString()!, out JsonElement inner))
        {
            value = inner;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        Dictionary<string, JsonElement> arguments = new(StringComparer.Ordinal);
        foreach (JsonProperty property in value.EnumerateObject())
        {
            arguments[property.Name] = property.Value;
        }

        return arguments;
    }

    private static ToolCall? ReadOne(JsonElement value, ToolSchemas tools)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (Find(value, ["function"]) is { ValueKind: JsonValueKind.Object } function)
        {
            value = function;
        }

        if (Find(value, NameKeys) is { ValueKind: JsonValueKind.String } name && name.GetString() is { Length: > 0 } called)
        {
            IReadOnlyDictionary<string, JsonElement>? arguments = Find(value, ArgumentKeys) is { ValueKind: not JsonValueKind.Null } given
                ? Arguments(given)
                : new Dictionary<string, JsonElement>();
            string? id = Find(value, IdKeys) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
            return arguments is null ? null : new ToolCall(id, called, arguments);
        }

        // {"function": {arguments}}
        return value.EnumerateObject().ToArray() is [var only] && tools.Has(only.Name) && Arguments(only.Value) is { } own
            ? new ToolCall(null, only.Name, own)
            : null;
    }

    private static JsonElement? Find(JsonElement value, string[] keys)
    {
        foreach (string key in keys)
        {
            if (value.TryGetProperty(key, out JsonElement found))
            {
                return found;
            }
        }

        return null;
    }
}
