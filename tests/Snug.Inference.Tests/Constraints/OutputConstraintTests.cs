using System.Text;
using System.Text.Json;

namespace Snug.Inference.Tests;

public sealed class OutputConstraintTests
{
    private const int End = 0;

    /// <summary>All bytes, pieces of JSON, and noise of random bytes, the same ones always; the end token first.</summary>
    private static readonly byte[]?[] Tokens = MakeTokens();
    private static readonly ConstraintVocabulary Vocabulary = new(Tokens);

    [Fact]
    public void A_thousand_texts_under_random_schemas_are_all_valid_though_tokens_are_drawn_at_random()
    {
        int complete = 0;
        for (int seed = 0; seed < 1000; seed++)
        {
            JsonElement schema = new SchemaGenerator(seed).Next();
            (string text, bool isComplete) = Generate(OutputConstraint.FromJsonSchema(schema), seed, 600);
            complete += isComplete ? 1 : 0;
            Assert.True(isComplete, $"Seed {seed}: {text} is not complete under {schema}");
            Assert.True(Check(text, schema) is null, $"Seed {seed}: {Check(text, schema)} in {text} under {schema}");
        }

        Assert.Equal(1000, complete);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(80)]
    public void A_text_ends_within_the_tokens_that_there_are_if_that_can_be(int budget)
    {
        JsonElement schema = Parse("""{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"array","items":{"type":"string"}}},"required":["a","b"]}""");
        OutputConstraint constraint = OutputConstraint.FromJsonSchema(schema);
        for (int seed = 0; seed < 50; seed++)
        {
            (string text, bool isComplete) = Generate(constraint, seed, budget);

            Assert.True(isComplete && Check(text, schema) is null, text);
        }
    }

    [Fact]
    public void A_text_that_cannot_end_within_the_tokens_is_not_said_to_be_complete()
    {
        OutputConstraint constraint = OutputConstraint.FromJsonSchema(Parse("""{"type":"string","minLength":30}"""));

        (string text, bool isComplete) = Generate(constraint, 1, 5);

        Assert.False(isComplete);
        Assert.StartsWith("\"", text.TrimStart(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"const":"ä\"\\\n"}""", "\"ä\\\"\\\\\\n\"")]
    [InlineData("""{"enum":[{"a":[1,2]}]}""", """{"a":[1,2]}""")]
    [InlineData("""{"type":"integer","minimum":41.5,"maximum":42.5}""", "42")]
    [InlineData("""{"type":"number","exclusiveMinimum":6,"exclusiveMaximum":8,"type":"integer"}""", "7")]
    [InlineData("""{"type":"string","pattern":"^ab{2}$"}""", "\"abb\"")]
    [InlineData("""{"$ref":"#/$defs/a~1b","$defs":{"a/b":{"type":"null"}}}""", "null")]
    [InlineData("""{"type":["integer","string"],"enum":["x",1.5,null]}""", "\"x\"")]
    [InlineData("""{"allOf":[{"const":1}]}""", "1")]
    [InlineData("""{"oneOf":[{"const":1},false]}""", "1")]
    [InlineData("""{"type":"array","prefixItems":[{"const":1},{"const":2}],"minItems":2,"items":false}""", "[1,2]")]
    [InlineData("""{"$ref":"#/$defs/a","items":{},"$defs":{"a":{"const":5}}}""", "5")]
    public void A_schema_with_one_value_gives_that(string schema, string expected)
    {
        (string text, bool isComplete) = Generate(OutputConstraint.FromJsonSchema(Parse(schema)), 3, 200);

        Assert.True(isComplete);
        Assert.Equal(expected, text.Trim().Replace(" ", "").Replace("\n", ""));
    }

    [Theory]
    [InlineData("""{"type":"integer","minimum":-105,"maximum":98}""")]
    [InlineData("""{"type":"integer","exclusiveMinimum":99,"maximum":1203}""")]
    [InlineData("""{"type":"integer","minimum":-40,"maximum":-7}""")]
    public void All_integers_of_a_range_can_come_and_no_others(string schema)
    {
        OutputConstraint constraint = OutputConstraint.FromJsonSchema(Parse(schema));
        for (int number = -1500; number <= 1500; number++)
        {
            bool isValid = SchemaValidator.Check(Parse($"{number}"), Parse(schema)) is null;

            Assert.Equal(isValid, Allows(constraint, $"{number}"));
        }

        Assert.False(Allows(constraint, "-0"));
        Assert.False(Allows(constraint, "007"));
    }

    [Theory]
    [InlineData("""{"type":"number","minimum":0,"maximum":1}""", "0,1,0.5,0.25", "-0.5,1.5,2,1.0,00")]
    [InlineData("""{"type":"number","exclusiveMinimum":0,"maximum":2}""", "1,2,0.1,1.9,1.0", "0,0.0,-1,2.1")]
    [InlineData("""{"type":"number","minimum":-2,"exclusiveMaximum":0}""", "-1,-2,-0.5,-1.5", "0,-0.0,-2.5,1")]
    [InlineData("""{"type":"number"}""", "0,-1.5,123456.25", "1.,.5,+1,01")]
    public void Numbers_of_a_range_can_come_and_those_beyond_cannot(string schema, string good, string bad)
    {
        OutputConstraint constraint = OutputConstraint.FromJsonSchema(Parse(schema));

        Assert.All(good.Split(','), text => Assert.True(Allows(constraint, text), text));
        Assert.All(bad.Split(','), text => Assert.False(Allows(constraint, text), text));
    }

    [Theory]
    [InlineData("{\"a\":1}", true)]
    [InlineData("{ \"a\": 1, \"c\": [true, {}] }", true)]
    [InlineData("{\n  \"a\": 1,\n  \"b\": \"x\"\n}", true)]
    [InlineData("{\"b\":\"x\",\"a\":1}", false)]
    [InlineData("{\"a\":1,}", false)]
    [InlineData("{\"a\":1 , \"b\":\"x\"}", false)]
    [InlineData("{}", false)]
    [InlineData("{\"a\":1,\"b\":2}", false)]
    [InlineData("{\"a\":1,\"bb\":2,\"aa\":{\"b\":2}}", true)]
    [InlineData("{\"a\":1,\"\\u0062\":2}", false)]
    public void Objects_have_their_properties_in_order_and_others_behind_them(string text, bool isAllowed)
    {
        OutputConstraint constraint = OutputConstraint.FromJsonSchema(
            Parse("""{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}},"required":["a"],"additionalProperties":true}"""));

        Assert.Equal(isAllowed, Allows(constraint, text));
    }

    [Theory]
    [InlineData("\"\\ud83d\\ude00\"", true)]
    [InlineData("\"\\ud83d\"", false)]
    [InlineData("\"\\ude00\"", false)]
    [InlineData("\"a\u007f\"", false)]
    [InlineData("\"日本😀\"", true)]
    [InlineData("\"a\nb\"", false)]
    [InlineData("\"\\x\"", false)]
    public void Texts_are_well_formed(string text, bool isAllowed) =>
        Assert.Equal(isAllowed, Allows(OutputConstraint.FromJsonSchema(Parse("""{"type":"string"}""")), text));

    [Fact]
    public void Of_several_texts_one_comes_with_what_stands_around_it()
    {
        OutputConstraint constraint = OutputConstraint.FromChoices(
        [
            new ConstraintChoice("", Parse("""{"type":"integer"}"""), ""),
            new ConstraintChoice("<call>", Parse("""{"$ref":"#/$defs/a","$defs":{"a":{"const":1}}}"""), "</call>"),
        ]);

        Assert.True(Allows(constraint, "42"));
        Assert.True(Allows(constraint, "<call>1</call>"));
        Assert.False(Allows(constraint, "<call>1"));
        Assert.False(Allows(constraint, "<call>2</call>"));
    }

    [Fact]
    public void Lengths_count_characters_not_bytes()
    {
        OutputConstraint constraint = OutputConstraint.FromJsonSchema(Parse("""{"type":"string","minLength":2,"maxLength":3}"""));

        Assert.False(Allows(constraint, "\"😀\""));
        Assert.True(Allows(constraint, "\"😀é\""));
        Assert.True(Allows(constraint, "\"😀\\ud83d\\ude00a\""));
        Assert.False(Allows(constraint, "\"😀éab\""));
    }

    [Theory]
    [InlineData("""{"type":"object","patternProperties":{"a":{}}}""", "patternProperties", "#")]
    [InlineData("""{"type":"array","items":{"type":"string","not":{}}}""", "not", "#/items")]
    [InlineData("""{"properties":{"a":{"type":"array","uniqueItems":true}}}""", "uniqueItems", "#/properties/a")]
    [InlineData("""{"type":"number","multipleOf":0.5}""", "multipleOf", "#")]
    [InlineData("""{"allOf":[{"type":"string"},{"minLength":2}]}""", "allOf", "#")]
    [InlineData("""{"oneOf":[{"type":"integer"},{"type":"number"}]}""", "oneOf", "#")]
    [InlineData("""{"type":"string","pattern":"(?=a)b"}""", "pattern", "#")]
    [InlineData("""{"type":"string","pattern":"(a)\\1"}""", "pattern", "#")]
    [InlineData("""{"type":"string","pattern":"a+","minLength":2}""", "pattern", "#")]
    [InlineData("""{"$ref":"https://example.com/schema"}""", "$ref", "#")]
    [InlineData("""{"$ref":"#/$defs/none"}""", "$ref", "#")]
    [InlineData("""{"type":"text"}""", "type", "#")]
    [InlineData("""{"enum":["a"],"minLength":2}""", "minLength", "#")]
    [InlineData("""{"anyOf":[{"type":"null"}],"type":"object"}""", "type", "#")]
    [InlineData("""{"type":"integer","minimum":5,"maximum":4}""", "minimum", "#")]
    [InlineData("""{"type":"array","contains":{"type":"null"}}""", "contains", "#")]
    public void What_cannot_be_had_is_refused_by_its_name_and_place(string schema, string keyword, string path)
    {
        ConstraintException error = Assert.Throws<ConstraintException>(() => OutputConstraint.FromJsonSchema(Parse(schema)));

        Assert.Equal((keyword, path), (error.Keyword, error.SchemaPath));
        Assert.Contains(keyword, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"}]},"b":{"$ref":"#/$defs/a"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""")]
    [InlineData("""{"type":"string","minLength":3000000}""")]
    [InlineData("""{"type":"array","items":{"type":"null"},"minItems":2147483647}""")]
    [InlineData("false")]
    [InlineData("[]")]
    public void Schemas_that_nothing_finite_or_small_satisfies_are_refused(string schema) =>
        Assert.Throws<ConstraintException>(() => OutputConstraint.FromJsonSchema(Parse(schema)));

    [Fact]
    public void A_schema_that_is_too_deep_is_refused_and_output_never_is()
    {
        string deep = string.Concat(Enumerable.Repeat("""{"type":"array","minItems":1,"items":""", 40)) + "true" + new string('}', 40);
        OutputConstraint lists = OutputConstraint.FromJsonSchema(Parse("""{"$ref":"#/$defs/l","$defs":{"l":{"type":"array","items":{"$ref":"#/$defs/l"}}}}"""));

        Assert.Throws<ConstraintException>(() => OutputConstraint.FromJsonSchema(JsonDocument.Parse(deep, new JsonDocumentOptions { MaxDepth = 200 }).RootElement));
        Assert.True(Allows(lists, new string('[', 32) + new string(']', 32)));
        Assert.False(Allows(lists, new string('[', 33) + new string(']', 33)));
    }

    [Fact]
    public void Schemas_of_any_text_are_compiled_or_refused()
    {
        Random random = new(5);
        string valid = new SchemaGenerator(7).Next().GetRawText();
        string[] words = ["\"type\"", "\"object\"", "[]", "{}", "null", "-1", "1e999", "\"$ref\"", "\"#\"", "true", "\"items\"", "\"pattern\"", "\"[\""];
        for (int i = 0; i < 2000; i++)
        {
            string[] parts = System.Text.RegularExpressions.Regex.Split(valid, "(?<=[,:{}\\[\\]])");
            parts[random.Next(parts.Length)] = words[random.Next(words.Length)] + (random.Next(2) == 0 ? "," : ":");
            if (TryParse(string.Concat(parts)) is { } schema)
            {
                try
                {
                    OutputConstraint.FromJsonSchema(schema);
                }
                catch (ConstraintException)
                {
                    // What is refused is refused so.
                }
            }
        }
    }

    [Fact]
    public void A_vocabulary_without_a_letter_is_refused_and_one_of_ascii_escapes_the_rest()
    {
        byte[]?[] ascii = [[], .. Enumerable.Range(0, 128).Select(value => (byte[]?)[(byte)value])];
        ConstraintVocabulary vocabulary = new(ascii);
        OutputConstraint constraint = OutputConstraint.FromJsonSchema(Parse("""{"type":"array","prefixItems":[{"const":"grün"},{"type":"string","pattern":"^ß$"}],"minItems":2}"""));

        (string text, bool isComplete) = Generate(constraint, 4, 100, vocabulary, ascii);

        Assert.Throws<ConstraintException>(() => new ConstraintVocabulary([.. ascii.Where(token => token is not [(byte)'{'])]));
        Assert.True(isComplete);
        Assert.Equal(["grün", "ß"], Parse(text).EnumerateArray().Select(item => item.GetString()));
    }

    [Fact]
    public void A_sequence_that_was_taken_back_is_followed_anew()
    {
        OutputConstraint constraint = OutputConstraint.FromJsonSchema(Parse("""{"enum":[12,"x"]}"""));
        using ConstrainedOutput output = constraint.Start(Vocabulary, [End], 50);

        Assert.Equal(["\"", "1"], Allowed(output, ""));
        Assert.Equal(["2"], Allowed(output, "1"));
        Assert.Equal(["x"], Allowed(output, "\""));
        Assert.Equal(["\"", "1"], Allowed(output, ""));
    }

    private static string[] Allowed(ConstrainedOutput output, string text)
    {
        int[] sequence = [99, .. Encoding.UTF8.GetBytes(text).Select(value => value + 1)];
        float[] logits = new float[Tokens.Length];
        output.Process(sequence, 1, logits);
        return [.. Enumerable.Range(1, 256).Where(token => logits[token] == 0 && token != ' ' + 1).Select(token => ((char)(token - 1)).ToString())];
    }

    /// <summary>Whether a text may come and be all.</summary>
    private static bool Allows(OutputConstraint constraint, string text)
    {
        using ConstrainedOutput output = constraint.Start(Vocabulary, [End], 100_000);
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            output.Accept(value + 1);
        }

        return output.IsComplete;
    }

    /// <summary>Draws tokens with random logits, as a model without any sense would.</summary>
    private static (string Text, bool IsComplete) Generate(
        OutputConstraint constraint, int seed, int budget, ConstraintVocabulary? vocabulary = null, byte[]?[]? tokens = null)
    {
        vocabulary ??= Vocabulary;
        tokens ??= Tokens;
        Random random = new(seed);
        using ConstrainedOutput output = constraint.Start(vocabulary, [End], budget);
        List<int> sequence = [1];
        List<byte> text = [];
        float[] logits = new float[tokens.Length];
        for (int i = 0; i < budget; i++)
        {
            foreach (ref float logit in logits.AsSpan())
            {
                logit = random.NextSingle();
            }

            output.Process(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(sequence), 1, logits);
            int token = Sampler.ArgMax(logits);
            Assert.True(logits[token] > float.NegativeInfinity, $"Nothing may come behind {Encoding.UTF8.GetString([.. text])}");
            if (token == End)
            {
                break;
            }

            sequence.Add(token);
            text.AddRange(tokens[token]!);
            if (output.Accept(token))
            {
                break;
            }
        }

        return (new UTF8Encoding(false, throwOnInvalidBytes: output.IsComplete).GetString([.. text]), output.IsComplete);
    }

    private static string? Check(string text, JsonElement schema) => SchemaValidator.Check(Parse(text), schema);

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

    private static JsonElement? TryParse(string json)
    {
        try
        {
            return Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[]?[] MakeTokens()
    {
        Random random = new(11);
        List<byte[]?> tokens = [null, .. Enumerable.Range(0, 256).Select(value => (byte[])[(byte)value])];
        tokens.AddRange(new[] { "{\"", "\":", "\": \"", "\", \"", "\"}", "},{", "[[", "]]", "null", "true", "false", "  ", "\n  ", " {", "12", "0.", "\\u", "日", "ü\"", "name", "value\"" }
            .Select(text => (byte[]?)Encoding.UTF8.GetBytes(text)));
        for (int i = 0; i < 700; i++)
        {
            byte[] bytes = new byte[random.Next(2, 7)];
            random.NextBytes(bytes);
            tokens.Add(random.Next(3) == 0 ? bytes : [.. bytes.Select(value => (byte)(0x20 + (value % 0x5f)))]);
        }

        return [.. tokens];
    }
}
