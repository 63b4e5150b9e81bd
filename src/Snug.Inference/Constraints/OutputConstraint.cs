using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Snug.Inference;

/// <summary>
/// What output must look like: JSON, by a schema. Is compiled once and may be used by many generations at a time; what one has worked out
/// about a vocabulary helps the next.
/// </summary>
public sealed class OutputConstraint
{
    private readonly Lazy<Grammar> _grammar;
    private readonly Lazy<Grammar> _asciiGrammar;
    private readonly ConditionalWeakTable<ConstraintVocabulary, ConcurrentBag<ConstraintMachine>> _machines = [];

    private OutputConstraint(IReadOnlyList<ConstraintChoice> choices)
    {
        _grammar = new(() => JsonSchemaCompiler.Compile(choices, asciiOnly: false));
        _asciiGrammar = new(() => JsonSchemaCompiler.Compile(choices, asciiOnly: true));
    }

    /// <summary>Any JSON object.</summary>
    public static OutputConstraint JsonObject { get; } = FromJsonSchema(JsonDocument.Parse("""{"type":"object"}""").RootElement);

    /// <summary>JSON that satisfies a schema (draft 2020-12, as far as it is supported).</summary>
    /// <param name="schema">The schema.</param>
    /// <exception cref="ConstraintException">The schema has what is not supported: the exception names it; or nothing satisfies it.</exception>
    public static OutputConstraint FromJsonSchema(JsonElement schema) => FromChoices([new ConstraintChoice("", schema, "")]);

    /// <summary>One of several texts with JSON in them, such as an answer or a call of a tool.</summary>
    /// <param name="choices">The texts.</param>
    /// <exception cref="ConstraintException">A schema has what is not supported: the exception names it; or nothing satisfies any.</exception>
    public static OutputConstraint FromChoices(IReadOnlyList<ConstraintChoice> choices)
    {
        ArgumentNullException.ThrowIfNull(choices);
        OutputConstraint constraint = new([.. choices.Select(choice => choice with { Schema = choice.Schema.Clone() })]);
        _ = constraint._grammar.Value;
        return constraint;
    }

    /// <summary>Begins an output.</summary>
    /// <param name="vocabulary">The bytes of the model's tokens.</param>
    /// <param name="endTokens">Tokens that end the output; they may come when it is complete.</param>
    /// <param name="maxTokens">Most tokens that will be generated. Near it only what can still be completed is allowed.</param>
    public ConstrainedOutput Start(ConstraintVocabulary vocabulary, ReadOnlySpan<int> endTokens, int maxTokens)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        return new ConstrainedOutput(this, vocabulary, endTokens, maxTokens);
    }

    internal ConstraintMachine Rent(ConstraintVocabulary vocabulary) =>
        _machines.GetOrCreateValue(vocabulary).TryTake(out ConstraintMachine? machine) ? machine : NewMachine(vocabulary);

    internal void Return(ConstraintMachine machine)
    {
        if (!machine.IsFull)
        {
            _machines.GetOrCreateValue(machine.Vocabulary).Add(machine);
        }
    }

    internal ConstraintMachine NewMachine(ConstraintVocabulary vocabulary) =>
        new(vocabulary.WritesAllText ? _grammar.Value : _asciiGrammar.Value, vocabulary);
}
