using System.Text.Json;
using System.Text.Json.Nodes;

namespace Snug.Inference.Tests;

/// <summary>Makes schemas at random, with all that can be compiled; the same ones for the same seed.</summary>
internal sealed class SchemaGenerator(int seed)
{
    private static readonly string[] Names = ["name", "age", "a", "ab", "abc", "is valid", "größe", "x\"y", "tags", "next", "value", "a\\b", "n"];
    private static readonly string[] Patterns = ["^[A-Z]{2}-[0-9]{3,5}$", "^(yes|no)$", "[a-f0-9]+", @"^\d{1,3}(\.\d+)?$", "^[^<>]{0,8}$", @"^\w+@\w+\.(com|org)$", "ä+ß?", @"^""\\[\n\t ]$"];
    private static readonly string[] Formats = ["date", "date-time", "uuid", "ipv4", "uri", "email"];

    private readonly Random _random = new(seed);
    private readonly JsonObject _definitions = [];

    public JsonElement Next()
    {
        _definitions.Clear();
        int count = _random.Next(3);
        for (int i = 0; i < count; i++)
        {
            // Recursive, and always with a way out.
            _definitions[$"d{i}"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["value"] = Schema(2),
                    ["next"] = new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["$ref"] = $"#/$defs/d{i}" }, new JsonObject { ["type"] = "null" }) },
                },
                ["required"] = new JsonArray("value"),
            };
        }

        JsonObject root = Schema(3);
        if (count > 0)
        {
            root = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["first"] = root, ["list"] = new JsonObject { ["$ref"] = "#/$defs/d0" } },
                ["required"] = new JsonArray("first", "list"),
                ["$defs"] = _definitions.DeepClone(),
            };
        }

        return JsonDocument.Parse(root.ToJsonString()).RootElement;
    }

    private JsonObject Schema(int depth)
    {
        int kind = _random.Next(depth > 0 ? 12 : 8);
        return kind switch
        {
            0 => new JsonObject { ["type"] = "boolean" },
            1 => Number("integer"),
            2 => Number("number"),
            3 or 4 => Text(),
            5 => new JsonObject { ["enum"] = new JsonArray("red", 7, null, true, "grün \"\\", new JsonObject { ["a"] = new JsonArray(1, 2) }) },
            6 => new JsonObject { ["const"] = Pick<JsonNode>("fixed", 42, -1.5, false) },
            7 => new JsonObject { ["type"] = new JsonArray("string", "null"), ["maxLength"] = 5 },
            8 => List(depth),
            9 => new JsonObject { ["anyOf"] = new JsonArray(Schema(depth - 1), Schema(depth - 1)) },
            _ => Dictionary(depth),
        };
    }

    private JsonObject Dictionary(int depth)
    {
        JsonObject properties = [];
        JsonArray required = [];
        foreach (string name in Names.OrderBy(_ => _random.Next()).Take(_random.Next(5)))
        {
            properties[name] = Schema(depth - 1);
            if (_random.Next(2) == 0)
            {
                required.Add(name);
            }
        }

        JsonObject schema = new() { ["type"] = "object", ["properties"] = properties, ["required"] = required };
        switch (_random.Next(4))
        {
            case 0:
                schema["additionalProperties"] = false;
                break;
            case 1:
                schema["additionalProperties"] = Schema(0);
                break;
            default:
                break;
        }

        return schema;
    }

    private JsonObject List(int depth)
    {
        int least = _random.Next(3);
        JsonObject schema = new() { ["type"] = "array", ["items"] = Schema(depth - 1) };
        if (_random.Next(2) == 0)
        {
            schema["minItems"] = least;
        }

        if (_random.Next(2) == 0)
        {
            schema["maxItems"] = least + _random.Next(4);
        }

        if (_random.Next(4) == 0)
        {
            schema["prefixItems"] = new JsonArray(Schema(0), Schema(0));
        }

        return schema;
    }

    private JsonObject Text()
    {
        JsonObject schema = new() { ["type"] = "string" };
        switch (_random.Next(5))
        {
            case 0:
                schema["pattern"] = Pick(Patterns);
                break;
            case 1:
                schema["format"] = Pick(Formats);
                break;
            case 2:
                int least = _random.Next(6);
                schema["minLength"] = least;
                schema["maxLength"] = least + _random.Next(12);
                break;
            default:
                break;
        }

        return schema;
    }

    private JsonObject Number(string type)
    {
        JsonObject schema = new() { ["type"] = type };
        int least = _random.Next(-2000, 2000);
        if (_random.Next(2) == 0)
        {
            schema[Pick("minimum", "exclusiveMinimum")] = _random.Next(2) == 0 ? least : least + 0.5;
        }

        if (_random.Next(2) == 0)
        {
            schema[Pick("maximum", "exclusiveMaximum")] = least + 3 + (_random.Next(2) == 0 ? 0 : _random.Next(5000));
        }

        return schema;
    }

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];
}
