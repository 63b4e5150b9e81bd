using System.Text.Json;

namespace Snug.Inference;

/// <content>Objects, arrays, texts and numbers.</content>
internal sealed partial class JsonSchemaCompiler
{
    private int Object(int from, JsonElement schema, string path)
    {
        JsonElement additional = schema.TryGetProperty("additionalProperties", out JsonElement given) ? given : default;
        List<(string Name, Func<int, int> Value, bool IsRequired)> properties = [];
        HashSet<string> required = [.. Names(schema, path)];
        if (schema.TryGetProperty("properties", out JsonElement declared))
        {
            if (declared.ValueKind != JsonValueKind.Object)
            {
                throw Refuse("properties", path, "it is no object");
            }

            Dictionary<string, JsonElement> last = new(StringComparer.Ordinal);
            foreach (JsonProperty property in declared.EnumerateObject())
            {
                last[property.Name] = property.Value;
            }

            foreach ((string name, JsonElement value) in last)
            {
                bool isRequired = required.Remove(name);
                if (value.ValueKind != JsonValueKind.False || isRequired)
                {
                    properties.Add((name, at => Value(at, value, $"{path}/properties/{name}"), isRequired));
                }
            }
        }

        bool hasDeclared = properties.Count > 0;
        foreach (string name in required)
        {
            if (additional.ValueKind == JsonValueKind.False)
            {
                throw Refuse("required", path, $"'{name}' is no property, and there may be no others");
            }

            properties.Add((name, at => Additional(at, additional, path), true));
        }

        // Where nothing is said about other properties and some are declared, none are written: that is allowed, and what is wanted.
        bool hasOthers = additional.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.False)
            || (additional.ValueKind == JsonValueKind.Undefined && !hasDeclared && !schema.TryGetProperty("properties", out _));
        return _json.Object(from, properties, hasOthers ? at => Additional(at, additional, path) : null);
    }

    private int Additional(int from, JsonElement schema, string path) =>
        schema.ValueKind is JsonValueKind.Undefined or JsonValueKind.True ? _json.Call(from, _json.Any) : Value(from, schema, $"{path}/additionalProperties");

    private static IEnumerable<string> Names(JsonElement schema, string path)
    {
        if (!schema.TryGetProperty("required", out JsonElement required))
        {
            return [];
        }

        return required.ValueKind == JsonValueKind.Array && required.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String)
            ? required.EnumerateArray().Select(name => name.GetString()!)
            : throw Refuse("required", path, "it is no array of names");
    }

    private int Array(int from, JsonElement schema, string path)
    {
        List<Func<int, int>> first = [];
        if (schema.TryGetProperty("prefixItems", out JsonElement prefix))
        {
            first = prefix.ValueKind == JsonValueKind.Array
                ? [.. prefix.EnumerateArray().Select((item, index) => (Func<int, int>)(at => Value(at, item, $"{path}/prefixItems/{index}")))]
                : throw Refuse("prefixItems", path, "it is no array");
        }

        Func<int, int>? rest = at => _json.Call(at, _json.Any);
        if (schema.TryGetProperty("items", out JsonElement items))
        {
            // One rule for all items: counts are written out, the schema of the items once.
            int rule = -1;
            rest = items.ValueKind == JsonValueKind.False ? null : at =>
            {
                rule = rule < 0 ? _builder.Rule(start => Value(start, items, $"{path}/items")) : rule;
                return _builder.Call(at, rule);
            };
        }
        else if (first.Count > 0)
        {
            rest = null;
        }

        int least = Count(schema, "minItems", path) ?? 0;
        if (rest is null && least > first.Count && !schema.TryGetProperty("items", out _))
        {
            rest = at => _json.Call(at, _json.Any);
        }

        return _json.Array(from, first, rest, least, Count(schema, "maxItems", path));
    }

    private int Text(int from, JsonElement schema, string path)
    {
        int? least = Count(schema, "minLength", path);
        int? most = Count(schema, "maxLength", path);
        string? pattern = schema.TryGetProperty("pattern", out JsonElement given)
            ? given.ValueKind == JsonValueKind.String ? given.GetString() : throw Refuse("pattern", path)
            : null;
        string? ofFormat = schema.TryGetProperty("format", out JsonElement format) && format.ValueKind == JsonValueKind.String
            ? TextFormats.PatternOf(format.GetString()!)
            : null;
        if (pattern is not null && (least is not null || most is not null))
        {
            throw Refuse("pattern", path, "it stands beside a length");
        }

        // A format is an annotation by the standard: beside what binds, it is left out.
        pattern ??= least is null && most is null ? ofFormat : null;
        if (pattern is null)
        {
            return _json.Text(from, least ?? 0, most);
        }

        try
        {
            PatternNode node = PatternReader.Read(pattern);
            return _builder.Literal(new PatternWriter(_builder, _json).Write(_builder.Literal(from, "\""u8), node), "\""u8);
        }
        catch (FormatException exception)
        {
            throw Refuse("pattern", path, exception.Message);
        }
    }

    private int Number(int from, JsonElement schema, string path, bool isInteger)
    {
        NumberRange range = NumberRange.Read(schema, isInteger, (keyword, why) => Refuse(keyword, path, why));
        if (range.IsUnbounded)
        {
            return isInteger ? _json.Integer(from) : _json.Number(from);
        }

        return range.Write(_builder, _json, from, isInteger) ?? throw Refuse("minimum", path, "no number that can be written is in the range");
    }

    private static int? Count(JsonElement schema, string keyword, string path)
    {
        if (!schema.TryGetProperty(keyword, out JsonElement value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double count) && count >= 0 && double.IsInteger(count)
            ? (int)Math.Min(count, int.MaxValue)
            : throw Refuse(keyword, path, "it is no count");
    }
}
