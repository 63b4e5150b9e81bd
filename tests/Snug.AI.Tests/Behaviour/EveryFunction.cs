using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>Functions with parameters of many types, and with schemas that were not made here.</summary>
internal static class EveryFunction
{
    /// <summary>Schemas in the manner of published servers of the Model Context Protocol.</summary>
    private static readonly string[] Schemas =
    [
        """{"type":"object","properties":{},"additionalProperties":false,"$schema":"http://json-schema.org/draft-07/schema#"}""",
        """{"type":"object","properties":{"duration":{"type":"number","default":10,"description":"Seconds"},"steps":{"type":"number","default":5}},"additionalProperties":false,"$schema":"http://json-schema.org/draft-07/schema#"}""",
        """{"type":"object","properties":{"prompt":{"type":"string"},"maxTokens":{"type":"number","default":100}},"required":["prompt"],"additionalProperties":false,"$schema":"http://json-schema.org/draft-07/schema#"}""",
        """{"type":"object","properties":{"kind":{"type":"string","enum":["error","success","debug"]},"withPicture":{"type":"boolean","default":false}},"required":["kind"],"additionalProperties":false}""",
        """{"type":"object","properties":{"id":{"type":"number","minimum":1,"maximum":100,"description":"From 1 to 100"}},"required":["id"],"additionalProperties":false}""",
        """{"properties":{"body":{"type":"string"},"line":{"description":"The last line","type":"number"},"side":{"enum":["LEFT","RIGHT"],"type":"string"}},"required":["body"],"type":"object"}""",
    ];

    /// <summary>All of them.</summary>
    /// <param name="isStrict">Whether they ask that their schemas be kept to the letter.</param>
    public static AIFunction[] Create(bool isStrict)
    {
        Dictionary<string, object?> properties = isStrict ? new() { ["strict"] = true } : [];
        Delegate[] methods =
        [
            (int? i) => i, (string? s) => s, (int? i = null) => i, (bool b) => b, (double d) => d, (decimal d) => d, (float f) => f, (long l) => l, (char c) => c,
            (DateTime at) => at, (DateTimeOffset? at) => at, (TimeSpan span) => span, (DateOnly day) => day, (TimeOnly time) => time, (Uri address) => address, (Guid id) => id,
            (List<int> list) => list, (int[] numbers, Annotated? item) => numbers,
            (string first = "one", int second = 42, BindingFlags third = BindingFlags.IgnoreCase, char fourth = 'x') => first,
            (string? first = "one", int? second = 42, BindingFlags? third = BindingFlags.IgnoreCase, char? fourth = 'x') => first,
        ];
        return
        [
            .. methods.Select((method, index) => AIFunctionFactory.Create(method, new AIFunctionFactoryOptions { Name = $"method_{index}", AdditionalProperties = properties })),
            .. Schemas.Select((schema, index) => new ForeignFunction($"foreign_{index}", schema, properties)),
        ];
    }

    /// <summary>A function that is known by its schema only.</summary>
    private sealed class ForeignFunction(string name, string schema, IReadOnlyDictionary<string, object?> properties) : AIFunction
    {
        public override string Name => name;

        public override IReadOnlyDictionary<string, object?> AdditionalProperties => properties;

        public override JsonElement JsonSchema { get; } = JsonElement.Parse(schema);

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class Annotated
    {
        [DisplayName("Something")]
        [DeniedValues("abc", "def")]
        public string? Denied { get; set; }

        [AllowedValues("abc", "def")]
        public string Allowed { get; set; } = "abc";

        [Range(25, 75)]
        public int Value { get; set; }

        [EmailAddress]
        public string? Email { get; set; }

        [RegularExpression("[abc]")]
        public string? Letter { get; set; }

        [StringLength(42)]
        public string Short { get; set; } = "";

        [Length(1, 2)]
        public int[]? OneOrTwo { get; set; }

        [MinLength(1)]
        public int[]? AtLeastOne { get; set; }

        [MaxLength(10)]
        public int[]? AtMostTen { get; set; }
    }
}
