namespace Snug.Tokenizers;

/// <summary>The tests behind "is".</summary>
internal static class JinjaTests
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "defined", "undefined", "none", "string", "mapping", "iterable", "sequence", "boolean", "true", "false", "number", "integer", "float", "callable",
        "even", "odd", "divisibleby", "eq", "equalto", "ne", "lt", "lessthan", "le", "gt", "greaterthan", "ge", "in", "lower", "upper", "sameas",
    };

    public static bool IsKnown(string name) => Names.Contains(name);

    /// <summary>Operators are tests, too, where a test is named by a text.</summary>
    public static string Canonical(string name) => name switch { "==" => "eq", "!=" => "ne", "<" => "lt", "<=" => "le", ">" => "gt", ">=" => "ge", _ => name };

    public static bool Run(string name, object? value, IReadOnlyList<object?> arguments)
    {
        object? First() => arguments.Count > 0 ? arguments[0] : throw new JinjaTypeException($"the test '{name}' needs a value");
        return name switch
        {
            "defined" => value is not JinjaUndefined,
            "undefined" => value is JinjaUndefined,
            "none" => value is null,
            "string" => value is string,
            "mapping" => value is JinjaDictionary,
            "iterable" => value is string or List<object?> or JinjaDictionary or JinjaUndefined,
            "sequence" => value is string or List<object?> or JinjaDictionary,
            "boolean" => value is bool,
            "true" => value is true,
            "false" => value is false,
            "number" => value is long or double or bool,
            "integer" => value is long,
            "float" => value is double,
            "callable" => value is JinjaCallable,
            "even" => Integer(value) % 2 == 0,
            "odd" => Integer(value) % 2 != 0,
            "divisibleby" => Integer(First()) is var divisor and not 0 ? Integer(value) % divisor == 0 : throw new JinjaTypeException("division by zero"),
            "eq" or "equalto" => JinjaOperators.AreEqual(value, First()),
            "ne" => !JinjaOperators.AreEqual(value, First()),
            "lt" or "lessthan" => JinjaOperators.Compare(value, First()) < 0,
            "le" => JinjaOperators.Compare(value, First()) <= 0,
            "gt" or "greaterthan" => JinjaOperators.Compare(value, First()) > 0,
            "ge" => JinjaOperators.Compare(value, First()) >= 0,
            "in" => JinjaOperators.Contains(First(), value),
            "lower" => value is string lower && lower.Any(char.IsLower) && !lower.Any(char.IsUpper),
            "upper" => value is string upper && upper.Any(char.IsUpper) && !upper.Any(char.IsLower),
            _ when !IsKnown(name) => throw new JinjaTypeException($"the test '{name}' is not known"),
            _ => value is null or bool ? Equals(value, First()) : ReferenceEquals(value, First()),
        };
    }

    private static long Integer(object? value) => value is long number ? number : throw new JinjaTypeException($"{JinjaText.TypeName(value)} is no whole number");
}
