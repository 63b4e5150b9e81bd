using System.Text.Json;

namespace Snug.Inference;

/// <summary>Tells schemas that no value can satisfy two of: by their types, or by a required property with different constants.</summary>
internal static class SchemaDifference
{
    private const int MaxReferences = 16;

    /// <param name="schemas">The schemas.</param>
    /// <param name="resolve">Finds what a reference names.</param>
    public static bool AreDisjoint(IReadOnlyList<JsonElement> schemas, Func<string, JsonElement> resolve)
    {
        JsonElement[] followed = [.. schemas.Select(schema => Follow(schema, resolve))];
        for (int i = 0; i < followed.Length; i++)
        {
            for (int j = i + 1; j < followed.Length; j++)
            {
                if (!AreDisjoint(followed[i], followed[j], resolve))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static JsonElement Follow(JsonElement schema, Func<string, JsonElement> resolve)
    {
        for (int i = 0; i < MaxReferences && schema.ValueKind == JsonValueKind.Object
            && schema.TryGetProperty("$ref", out JsonElement reference) && reference.ValueKind == JsonValueKind.String; i++)
        {
            schema = resolve(reference.GetString()!);
        }

        return schema;
    }

    private static bool AreDisjoint(JsonElement left, JsonElement right, Func<string, JsonElement> resolve)
    {
        if (left.ValueKind == JsonValueKind.False || right.ValueKind == JsonValueKind.False)
        {
            return true;
        }

        if (Constants(left) is { } first && Constants(right) is { } second)
        {
            return !first.Any(value => second.Any(other => JsonElement.DeepEquals(value, other)));
        }

        if (Types(left) is not { } types || Types(right) is not { } others)
        {
            return false;
        }

        if (!types.Intersect(others).Any())
        {
            return true;
        }

        if (types is not ["object"] || others is not ["object"])
        {
            return false;
        }

        // What tells objects apart must be there in both.
        return Required(left).Intersect(Required(right)).Any(name =>
            Property(left, name) is { } one && Property(right, name) is { } other && AreDisjoint(Follow(one, resolve), Follow(other, resolve), resolve));
    }

    /// <summary>The values of constants and enumerations; null for other schemas.</summary>
    private static JsonElement[]? Constants(JsonElement schema) =>
        schema.ValueKind != JsonValueKind.Object ? null
        : schema.TryGetProperty("const", out JsonElement constant) ? [constant]
        : schema.TryGetProperty("enum", out JsonElement values) && values.ValueKind == JsonValueKind.Array ? [.. values.EnumerateArray()]
        : null;

    /// <summary>The types; null where the schema does not say. An integer is a number, too.</summary>
    private static string[]? Types(JsonElement schema)
    {
        string Kind(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.True or JsonValueKind.False => "boolean",
            var kind => kind.ToString().ToLowerInvariant(),
        };
        if (Constants(schema) is { } constants)
        {
            return [.. constants.Select(Kind).Distinct()];
        }

        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("type", out JsonElement type))
        {
            return null;
        }

        JsonElement[] types = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray()] : [type];
        return System.Array.TrueForAll(types, name => name.ValueKind == JsonValueKind.String)
            ? [.. types.Select(name => name.GetString() is "integer" ? "number" : name.GetString()!).Distinct()]
            : null;
    }

    private static IEnumerable<string> Required(JsonElement schema) =>
        schema.TryGetProperty("required", out JsonElement required) && required.ValueKind == JsonValueKind.Array
            ? required.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!)
            : [];

    private static JsonElement? Property(JsonElement schema, string name) =>
        schema.TryGetProperty("properties", out JsonElement properties) && properties.ValueKind == JsonValueKind.Object
        && properties.TryGetProperty(name, out JsonElement property)
            ? property
            : null;
}
