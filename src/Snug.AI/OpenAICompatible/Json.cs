using System.Text;
using System.Text.Json;

namespace Snug.AI;

/// <summary>Reads JSON of servers that differ in small things: numbers as text, text as numbers, null for nothing.</summary>
internal static class Json
{
    /// <summary>How deep an answer may be nested.</summary>
    public const int MaxDepth = 64;

    public static JsonElement Parse(ReadOnlySpan<byte> utf8)
    {
        Utf8JsonReader reader = new(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        JsonElement element = JsonElement.ParseValue(ref reader);
        return reader.Read() ? throw new JsonException("There is more than one value.") : element;
    }

    public static JsonElement Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    /// <summary>A member that is an object.</summary>
    public static JsonElement? Object(JsonElement parent, string name) => Member(parent, name, JsonValueKind.Object);

    /// <summary>A member that is an array.</summary>
    public static JsonElement? Array(JsonElement parent, string name) => Member(parent, name, JsonValueKind.Array);

    /// <summary>A member that is a string.</summary>
    public static string? String(JsonElement parent, string name) => Member(parent, name, JsonValueKind.String)?.GetString();

    /// <summary>A member that is a string, or a number as text.</summary>
    public static string? Text(JsonElement parent, string name) =>
        String(parent, name) ?? Member(parent, name, JsonValueKind.Number)?.GetRawText();

    /// <summary>A member that is a count: a whole number that is not negative, also as text.</summary>
    public static long? Count(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) ? Count(value) : null;

    /// <summary>A count, also as text or with a fraction of zero.</summary>
    public static long? Count(JsonElement value)
    {
        double? number = value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetInt64(out long whole) => whole,
            JsonValueKind.Number when value.TryGetDouble(out double real) => real,
            JsonValueKind.String when long.TryParse(value.GetString(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long whole) => whole,
            _ => null,
        };
        return number is >= 0 and < 1e15 && number == Math.Floor(number.Value) ? (long)number : null;
    }

    private static JsonElement? Member(JsonElement parent, string name, JsonValueKind kind) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == kind ? value : null;
}
