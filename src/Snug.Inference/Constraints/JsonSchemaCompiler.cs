using System.Text;
using System.Text.Json;

namespace Snug.Inference;

/// <summary>
/// Compiles a JSON schema (draft 2020-12) to a grammar of texts that satisfy it. Of what a schema allows the grammar may leave out something
/// — other orders of properties, exponents, needless escapes — but it never has what the schema does not allow: what cannot be
/// compiled so is refused.
/// </summary>
internal sealed partial class JsonSchemaCompiler
{
    /// <summary>Deepest schema that is read.</summary>
    private const int MaxSchemaDepth = 64;

    /// <summary>Most different references.</summary>
    private const int MaxReferences = 1000;

    /// <summary>What says nothing about which values are valid.</summary>
    private static readonly HashSet<string> Annotations = new(StringComparer.Ordinal)
    {
        "$schema", "$id", "$anchor", "$comment", "$vocabulary", "$defs", "definitions", "title", "description", "default", "examples", "example",
        "deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "contentSchema", "discriminator", "xml", "externalDocs",
    };

    private static readonly string[] ObjectKeywords = ["properties", "required", "additionalProperties"];
    private static readonly string[] ArrayKeywords = ["items", "prefixItems", "minItems", "maxItems"];
    private static readonly string[] TextKeywords = ["minLength", "maxLength", "pattern", "format"];
    private static readonly string[] NumberKeywords = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];

    private readonly JsonElement _root;
    private readonly GrammarBuilder _builder;
    private readonly JsonGrammar _json;
    private readonly Dictionary<string, int> _references = new(StringComparer.Ordinal);
    private readonly Queue<(int Rule, JsonElement Schema, string Path)> _pending = new();
    private int _depth;

    private JsonSchemaCompiler(JsonElement root, GrammarBuilder builder, JsonGrammar json) => (_root, _builder, _json) = (root, builder, json);

    /// <exception cref="ConstraintException">A schema has what is not supported, or nothing satisfies any.</exception>
    public static Grammar Compile(IReadOnlyList<ConstraintChoice> choices, bool asciiOnly)
    {
        GrammarBuilder builder = new();
        JsonGrammar json = new(builder, asciiOnly);
        int Add(int from, ConstraintChoice choice)
        {
            int at = builder.Literal(from, Encoding.UTF8.GetBytes(choice.Before));
            at = new JsonSchemaCompiler(choice.Schema, builder, json).CompileRoot(at);
            return builder.Literal(at, Encoding.UTF8.GetBytes(choice.After));
        }

        // Tokenizers after SentencePiece begin a text with a blank that they take away again.
        int root = builder.Rule(from => builder.Choice(
            json.Optional(from, at => builder.Literal(at, " "u8)), choices.Select(choice => (Func<int, int>)(at => Add(at, choice)))));
        return Grammar.Create(builder, builder.Rules[root].Start);
    }

    private int CompileRoot(int from)
    {
        int to = Value(from, _root, "#");
        while (_pending.TryDequeue(out (int Rule, JsonElement Schema, string Path) next))
        {
            _builder.Define(next.Rule, at => Value(at, next.Schema, next.Path));
        }

        return to;
    }

    private static ConstraintException Refuse(string keyword, string path, string? why = null) =>
        new($"The schema has '{keyword}' at {path}, which cannot be had with constrained output{(why is null ? "" : $": {why}")}.", keyword, path);

    private int Value(int from, JsonElement schema, string path)
    {
        if (schema.ValueKind == JsonValueKind.True)
        {
            return _json.Call(from, _json.Any);
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            throw new ConstraintException(
                schema.ValueKind == JsonValueKind.False ? $"The schema is false at {path}: nothing satisfies it." : $"The schema at {path} is no object.", null, path);
        }

        if (++_depth > MaxSchemaDepth)
        {
            throw new ConstraintException($"The schema has more than {MaxSchemaDepth} levels.", null, path);
        }

        int to = Keywords(from, schema, path);
        _depth--;
        return to;
    }

    private int Keywords(int from, JsonElement schema, string path)
    {
        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            Only(schema, path, "$ref");
            return Reference(from, reference, path);
        }

        if (schema.TryGetProperty("const", out JsonElement constant))
        {
            Only(schema, path, "const", "type");
            return Literals(from, [constant], schema, "const", path);
        }

        if (schema.TryGetProperty("enum", out JsonElement values))
        {
            Only(schema, path, "enum", "type");
            return Literals(from, values.ValueKind == JsonValueKind.Array ? [.. values.EnumerateArray()] : throw Refuse("enum", path, "it is no array"), schema, "enum", path);
        }

        foreach (string keyword in (string[])["anyOf", "oneOf", "allOf"])
        {
            if (schema.TryGetProperty(keyword, out JsonElement parts))
            {
                Only(schema, path, keyword);
                return Combination(from, keyword, parts, path);
            }
        }

        return Typed(from, schema, path);
    }

    private int Typed(int from, JsonElement schema, string path)
    {
        string[] types = TypesOf(schema, path);
        string[] known = [.. types.SelectMany(KeywordsOf).Distinct(), "type"];
        Only(schema, path, known);
        if (types.Length == 0)
        {
            return _json.Call(from, _json.Any);
        }

        return _builder.Choice(from, types.Select(type => (Func<int, int>)(at => type switch
        {
            "object" => _builder.Call(at, _builder.Rule(start => Object(start, schema, path), isContainer: true)),
            "array" => _builder.Call(at, _builder.Rule(start => Array(start, schema, path), isContainer: true)),
            "string" => Text(at, schema, path),
            "integer" => Number(at, schema, path, isInteger: true),
            "number" => Number(at, schema, path, isInteger: false),
            "boolean" => _builder.Choice(at, [yes => _builder.Literal(yes, "true"u8), no => _builder.Literal(no, "false"u8)]),
            _ => _builder.Literal(at, "null"u8),
        })));
    }

    /// <summary>The types that a value may have; where the schema does not say, those its other keywords are about; none for any.</summary>
    private static string[] TypesOf(JsonElement schema, string path)
    {
        if (!schema.TryGetProperty("type", out JsonElement type))
        {
            return Has(schema, ObjectKeywords) ? ["object"]
                : Has(schema, ArrayKeywords) ? ["array"]
                : Has(schema, TextKeywords) ? ["string"]
                : Has(schema, NumberKeywords) ? ["number"]
                : [];
        }

        string[] types = type.ValueKind switch
        {
            JsonValueKind.String => [type.GetString()!],
            JsonValueKind.Array => [.. type.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Refuse("type", path))],
            _ => throw Refuse("type", path),
        };
        return types.Length > 0 && types.All(name => name is "object" or "array" or "string" or "integer" or "number" or "boolean" or "null")
            ? [.. types.Distinct()]
            : throw Refuse("type", path, "it names an unknown type");
    }

    private static bool Has(JsonElement schema, string[] keywords) => System.Array.Exists(keywords, keyword => schema.TryGetProperty(keyword, out _));

    private static string[] KeywordsOf(string type) => type switch
    {
        "object" => ObjectKeywords,
        "array" => ArrayKeywords,
        "string" => TextKeywords,
        "integer" or "number" => NumberKeywords,
        _ => [],
    };

    /// <summary>Refuses all but some keywords and what says nothing. Keywords about other types than the value has say nothing, either.</summary>
    private static void Only(JsonElement schema, string path, params string[] known)
    {
        bool isTyped = known.Contains("type") && schema.TryGetProperty("type", out _);
        foreach (JsonProperty property in schema.EnumerateObject())
        {
            string keyword = property.Name;
            bool isOfOther = isTyped && !known.Contains("const") && !known.Contains("enum")
                && (ObjectKeywords.Contains(keyword) || ArrayKeywords.Contains(keyword) || TextKeywords.Contains(keyword) || NumberKeywords.Contains(keyword));
            if (!known.Contains(keyword) && !Annotations.Contains(keyword) && !isOfOther && !keyword.StartsWith("x-", StringComparison.Ordinal)
                && !IsNeutral(property))
            {
                throw Refuse(keyword, path, known.Length <= 2 && known[0] != "type" ? $"it stands beside '{known[0]}'" : null);
            }
        }
    }

    /// <summary>Whether a keyword that is not supported has the value that asks for nothing.</summary>
    private static bool IsNeutral(JsonProperty property) => property.Name switch
    {
        "uniqueItems" or "nullable" => property.Value.ValueKind == JsonValueKind.False,
        "minProperties" or "minContains" => property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetInt32(out int least) && least == 0,
        "items" or "additionalProperties" => property.Value.ValueKind == JsonValueKind.True
            || (property.Value.ValueKind == JsonValueKind.Object && !property.Value.EnumerateObject().Any()),
        "unevaluatedProperties" or "unevaluatedItems" => property.Value.ValueKind == JsonValueKind.True,
        _ => false,
    };

    private int Reference(int from, JsonElement reference, string path)
    {
        string pointer = reference.ValueKind == JsonValueKind.String ? reference.GetString()! : throw Refuse("$ref", path);
        if (!_references.TryGetValue(pointer, out int rule))
        {
            if (_references.Count == MaxReferences)
            {
                throw Refuse("$ref", path, $"there are more than {MaxReferences}");
            }

            // Compiled later: it may lead back here.
            rule = _builder.NewRule();
            _references.Add(pointer, rule);
            _pending.Enqueue((rule, Resolve(pointer, path), pointer));
        }

        return _builder.Call(from, rule);
    }

    private JsonElement Resolve(string pointer, string path)
    {
        if (pointer != "#" && !pointer.StartsWith("#/", StringComparison.Ordinal))
        {
            throw Refuse("$ref", path, $"'{pointer}' is no pointer within the schema");
        }

        JsonElement at = _root;
        foreach (string part in pointer.Split('/').Skip(1))
        {
            string name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            bool isFound = at.ValueKind switch
            {
                JsonValueKind.Object => at.TryGetProperty(name, out at),
                JsonValueKind.Array => int.TryParse(name, out int index) && index >= 0 && index < at.GetArrayLength() && (at = at[index]) is var _,
                _ => false,
            };
            if (!isFound)
            {
                throw Refuse("$ref", path, $"'{pointer}' leads nowhere");
            }
        }

        return at;
    }

    private int Literals(int from, IReadOnlyList<JsonElement> values, JsonElement schema, string keyword, string path)
    {
        string[]? types = schema.TryGetProperty("type", out _) ? TypesOf(schema, path) : null;
        JsonElement[] allowed = [.. values.Where(value => types is null || types.Any(type => IsOf(value, type)))];
        try
        {
            return allowed.Length > 0
                ? _builder.Choice(from, allowed.Select(value => (Func<int, int>)(at => _json.Literal(at, value))))
                : throw Refuse(keyword, path, "no value is of the type");
        }
        catch (InvalidOperationException)
        {
            throw Refuse(keyword, path, "a text is not well-formed");
        }
    }

    private static bool IsOf(JsonElement value, string type) => value.ValueKind switch
    {
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.String => type == "string",
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.Null => type == "null",
        JsonValueKind.Number => type == "number" || (type == "integer" && double.IsInteger(value.GetDouble())),
        _ => false,
    };

    private int Combination(int from, string keyword, JsonElement parts, string path)
    {
        JsonElement[] schemas = parts.ValueKind == JsonValueKind.Array ? [.. parts.EnumerateArray()] : [];
        if (schemas.Length == 0)
        {
            throw Refuse(keyword, path, "it is no array of schemas");
        }

        if (schemas.Length > 1 && keyword == "allOf")
        {
            throw Refuse(keyword, path, "it has several schemas");
        }

        if (schemas.Length > 1 && keyword == "oneOf" && !SchemaDifference.AreDisjoint(schemas, pointer => Resolve(pointer, path)))
        {
            throw Refuse(keyword, path, "a value may satisfy several of its schemas; use anyOf");
        }

        return _builder.Choice(from, schemas
            .Select((schema, index) => (schema, index))
            .Where(part => part.schema.ValueKind != JsonValueKind.False)
            .Select(part => (Func<int, int>)(at => Value(at, part.schema, $"{path}/{keyword}/{part.index}"))));
    }
}
