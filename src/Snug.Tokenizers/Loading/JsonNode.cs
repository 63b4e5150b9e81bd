using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>A JSON value that knows its place in the file, with accessors as strict as the reference's reader.</summary>
internal readonly struct JsonNode(JsonElement element, string path)
{
    public JsonElement Element => element;

    public string Path => path;

    public bool IsNull => element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    public bool IsObject => element.ValueKind == JsonValueKind.Object;

    /// <summary>The type of a component, when it has one as text.</summary>
    public string? Type => IsObject && element.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String ? Text(type, $"{path}.type") : null;

    public bool Has(string name) => IsObject && element.TryGetProperty(name, out _);

    public TokenizerException Error(string message) => new(message, path);

    /// <summary>A member that must be there, null allowed.</summary>
    public JsonNode Member(string name)
    {
        if (!IsObject)
        {
            throw Error($"must be an object, not {Kind(element)}");
        }

        return element.TryGetProperty(name, out JsonElement value) ? new JsonNode(value, $"{path}.{name}") : throw Error($"has no '{name}'");
    }

    /// <summary>A member that may be missing or null.</summary>
    public JsonNode? Optional(string name)
    {
        if (!IsObject)
        {
            throw Error($"must be an object, not {Kind(element)}");
        }

        return element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? new JsonNode(value, $"{path}.{name}") : null;
    }

    public IEnumerable<JsonNode> Items()
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            throw Error($"must be an array, not {Kind(element)}");
        }

        return Each(element, path);
    }

    /// <summary>Reads the items of a long array from their elements, the path of the array and their index.</summary>
    public IEnumerable<T> Items<T>(Func<JsonElement, string, int, T> read)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            throw Error($"must be an array, not {Kind(element)}");
        }

        string place = path;
        return element.EnumerateArray().Select((item, index) => read(item, place, index));
    }

    public IEnumerable<(string Name, JsonNode Value)> Members()
    {
        if (!IsObject)
        {
            throw Error($"must be an object, not {Kind(element)}");
        }

        return EachMember(element, path);
    }

    public string AsString() => element.ValueKind == JsonValueKind.String ? Text(element, path) : throw Error($"must be text, not {Kind(element)}");

    public bool AsBoolean() => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error($"must be true or false, not {Kind(element)}"),
    };

    /// <summary>A whole number from 0 to 2,147,483,647.</summary>
    public int AsCount() =>
        element.ValueKind != JsonValueKind.Number ? throw Error($"must be a number, not {Kind(element)}")
        : element.TryGetInt32(out int value) && value >= 0 ? value
        : throw Error("must be a whole number from 0 to 2147483647");

    public double AsNumber() =>
        element.ValueKind != JsonValueKind.Number ? throw Error($"must be a number, not {Kind(element)}") : element.GetDouble();

    /// <summary>A text of one character.</summary>
    public int AsCharacter()
    {
        string text = AsString();
        return text.Length > 0 && System.Text.Rune.TryGetRuneAt(text, 0, out System.Text.Rune rune) && rune.Utf16SequenceLength == text.Length
            ? rune.Value
            : throw Error("must be text of one character");
    }

    private static string Text(JsonElement element, string path)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new TokenizerException("has a lone surrogate", path, exception);
        }
    }

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a truth value",
        _ => "null",
    };

    private static IEnumerable<JsonNode> Each(JsonElement element, string path)
    {
        int index = 0;
        foreach (JsonElement item in element.EnumerateArray())
        {
            yield return new JsonNode(item, $"{path}[{index++}]");
        }
    }

    private static IEnumerable<(string Name, JsonNode Value)> EachMember(JsonElement element, string path)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            string name;
            try
            {
                name = property.Name;
            }
            catch (InvalidOperationException exception)
            {
                throw new TokenizerException("has a name with a lone surrogate", path, exception);
            }

            yield return (name, new JsonNode(property.Value, $"{path}.{name}"));
        }
    }
}
