using System.Text.Json;
using System.Text.RegularExpressions;

namespace Snug.Inference.Tests;

/// <summary>Tells whether a value satisfies a JSON schema, by the words of the standard; knows nothing of how texts are generated.</summary>
internal static class SchemaValidator
{
    /// <summary>The first thing that is wrong, with its place; null when all is well.</summary>
    public static string? Check(JsonElement value, JsonElement schema, JsonElement? root = null, string at = "$")
    {
        JsonElement whole = root ?? schema;
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return schema.ValueKind == JsonValueKind.True ? null : $"{at}: false";
        }

        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            if (Check(keyword.Name, keyword.Value, value, schema, whole, at) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static string? Check(string keyword, JsonElement given, JsonElement value, JsonElement schema, JsonElement root, string at)
    {
        bool holds = true;
        switch (keyword)
        {
            case "$ref":
                return Check(value, Follow(root, given.GetString()!), root, at);
            case "type":
                holds = given.ValueKind == JsonValueKind.Array ? given.EnumerateArray().Any(type => IsOf(value, type.GetString()!)) : IsOf(value, given.GetString()!);
                break;
            case "const":
                holds = JsonElement.DeepEquals(value, given);
                break;
            case "enum":
                holds = given.EnumerateArray().Any(item => JsonElement.DeepEquals(value, item));
                break;
            case "anyOf":
                holds = given.EnumerateArray().Any(part => Check(value, part, root, at) is null);
                break;
            case "oneOf":
                holds = given.EnumerateArray().Count(part => Check(value, part, root, at) is null) == 1;
                break;
            case "allOf":
                holds = given.EnumerateArray().All(part => Check(value, part, root, at) is null);
                break;
            default:
                return value.ValueKind switch
                {
                    JsonValueKind.Object => CheckObject(keyword, given, value, schema, root, at),
                    JsonValueKind.Array => CheckArray(keyword, given, value, schema, root, at),
                    JsonValueKind.String => CheckText(keyword, given, value.GetString()!) ? null : $"{at}: {keyword}",
                    JsonValueKind.Number => CheckNumber(keyword, given, value.GetDouble()) ? null : $"{at}: {keyword}",
                    _ => null,
                };
        }

        return holds ? null : $"{at}: {keyword}";
    }

    private static string? CheckObject(string keyword, JsonElement given, JsonElement value, JsonElement schema, JsonElement root, string at)
    {
        JsonProperty[] properties = [.. value.EnumerateObject()];
        if (properties.Select(property => property.Name).Distinct().Count() != properties.Length && keyword == "properties" && !schema.TryGetProperty("additionalProperties", out _))
        {
            return $"{at}: a property twice";
        }

        JsonElement declared = schema.TryGetProperty("properties", out JsonElement known) ? known : default;
        bool IsKnown(string name) => declared.ValueKind == JsonValueKind.Object && declared.TryGetProperty(name, out _);
        return keyword switch
        {
            "required" => given.EnumerateArray().Any(name => !value.TryGetProperty(name.GetString()!, out _)) ? $"{at}: required" : null,
            "properties" => properties.Where(property => IsKnown(property.Name))
                .Select(property => Check(property.Value, given.GetProperty(property.Name), root, $"{at}.{property.Name}")).FirstOrDefault(problem => problem is not null),
            "additionalProperties" => properties.Where(property => !IsKnown(property.Name))
                .Select(property => Check(property.Value, given, root, $"{at}.{property.Name}")).FirstOrDefault(problem => problem is not null),
            _ => null,
        };
    }

    private static string? CheckArray(string keyword, JsonElement given, JsonElement value, JsonElement schema, JsonElement root, string at)
    {
        int first = schema.TryGetProperty("prefixItems", out JsonElement prefix) ? prefix.GetArrayLength() : 0;
        JsonElement[] items = [.. value.EnumerateArray()];
        return keyword switch
        {
            "minItems" => items.Length < given.GetInt32() ? $"{at}: minItems" : null,
            "maxItems" => items.Length > given.GetInt32() ? $"{at}: maxItems" : null,
            "prefixItems" => items.Zip(given.EnumerateArray(), (item, part) => Check(item, part, root, $"{at}[]")).FirstOrDefault(problem => problem is not null),
            "items" => items.Skip(first).Select(item => Check(item, given, root, $"{at}[]")).FirstOrDefault(problem => problem is not null),
            _ => null,
        };
    }

    private static bool CheckText(string keyword, JsonElement given, string text) => keyword switch
    {
        "minLength" => text.EnumerateRunes().Count() >= given.GetInt32(),
        "maxLength" => text.EnumerateRunes().Count() <= given.GetInt32(),
        "pattern" => Regex.IsMatch(text, given.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(5)),
        "format" => given.GetString() switch
        {
            "date" => DateOnly.TryParse(text, out _),
            "date-time" => DateTimeOffset.TryParse(text, out _),
            "uuid" => Guid.TryParse(text, out _),
            "ipv4" => System.Net.IPAddress.TryParse(text, out _),
            _ => true,
        },
        _ => true,
    };

    private static bool CheckNumber(string keyword, JsonElement given, double number) => keyword switch
    {
        "minimum" => number >= given.GetDouble(),
        "maximum" => number <= given.GetDouble(),
        "exclusiveMinimum" => number > given.GetDouble(),
        "exclusiveMaximum" => number < given.GetDouble(),
        _ => true,
    };

    private static bool IsOf(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && double.IsInteger(value.GetDouble()),
        _ => false,
    };

    private static JsonElement Follow(JsonElement root, string pointer) => pointer.Split('/').Skip(1).Aggregate(
        root, (element, part) => element.ValueKind == JsonValueKind.Array ? element[int.Parse(part)] : element.GetProperty(part.Replace("~1", "/").Replace("~0", "~")));
}
