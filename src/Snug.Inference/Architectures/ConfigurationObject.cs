using System.Text.Json;

namespace Snug.Inference;

/// <summary>
/// An object of a configuration file. Remembers which keys were read, so that those that nobody knows can be refused by name.
/// </summary>
internal sealed class ConfigurationObject(JsonElement element, string file, string path)
{
    private readonly HashSet<string> _read = [];

    public string? Text(string key) => Take(key, JsonValueKind.String, "text")?.GetString();

    public bool? Flag(string key)
    {
        JsonElement? value = Take(key);
        return value?.ValueKind switch
        {
            null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Fault(key, "must be true or false"),
        };
    }

    public double? Number(string key) =>
        Take(key, JsonValueKind.Number, "a number") is not { } value ? null
        : value.TryGetDouble(out double number) && double.IsFinite(number) ? number
        : throw Fault(key, "must be a finite number");

    public int? Whole(string key, int least, int most)
    {
        if (Number(key) is not { } number)
        {
            return null;
        }

        return number == Math.Floor(number) && number >= least && number <= most
            ? (int)number
            : throw Fault(key, $"is {number}; it must be a whole number from {least} to {most}");
    }

    public int RequiredWhole(string key, int least, int most) => Whole(key, least, most) ?? throw Fault(key, "is missing");

    public double? Positive(string key) => Number(key) is not { } number ? null : number > 0 ? number : throw Fault(key, "must be more than 0");

    /// <summary>One number or a list of numbers.</summary>
    public int[] Tokens(string key, int most)
    {
        JsonElement? value = Take(key);
        JsonElement[] items = value?.ValueKind switch
        {
            null => [],
            JsonValueKind.Array => [.. value.Value.EnumerateArray()],
            _ => [value.Value],
        };
        return items.Length > 1024
            ? throw Fault(key, "lists too many tokens")
            : [.. items.Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int token) && token >= -1 && token <= most
                ? token
                : throw Fault(key, "must be token ids"))];
    }

    public ConfigurationObject? Object(string key) =>
        Take(key, JsonValueKind.Object, "an object") is { } value ? new ConfigurationObject(value, file, $"{path}.{key}") : null;

    /// <summary>Whether the key is there and says that there is nothing.</summary>
    public bool IsNull(string key)
    {
        _read.Add(key);
        return element.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Null;
    }

    /// <summary>Numbers of a list, more than 0, or null without a list.</summary>
    public double[]? PositiveNumbers(string key, int count)
    {
        if (Take(key, JsonValueKind.Array, "a list") is not { } value)
        {
            return null;
        }

        double[] numbers = [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out double number) ? number : double.NaN)];
        return numbers.Length == count && numbers.All(number => double.IsFinite(number) && number > 0)
            ? numbers
            : throw Fault(key, $"must be {count} numbers more than 0");
    }

    /// <summary>Strings of a list, or nothing.</summary>
    public string?[] Texts(string key) =>
        Take(key, JsonValueKind.Array, "a list") is { } value
            ? [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString() : null)]
            : [];

    /// <summary>Refuses keys that were neither read nor are known to leave the mathematics alone. A key without a value counts as absent.</summary>
    public void RefuseUnknown(IReadOnlySet<string> harmless, IReadOnlySet<string> allowed)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            bool empty = property.Value.ValueKind is JsonValueKind.Null or JsonValueKind.False;
            if (!empty && !_read.Contains(property.Name) && !harmless.Contains(property.Name) && !allowed.Contains(property.Name) && !property.Name.StartsWith('_'))
            {
                throw Fault(property.Name, "is not known, so the result might be wrong; if it does not change the mathematics, name it in IgnoredConfigurationKeys of the options");
            }
        }
    }

    public ModelFormatException Fault(string key, string problem) => new($"'{key}' {problem}.", file, jsonPath: $"{path}.{key}");

    private JsonElement? Take(string key)
    {
        _read.Add(key);
        return element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private JsonElement? Take(string key, JsonValueKind kind, string what) =>
        Take(key) is not { } value ? null : value.ValueKind == kind ? value : throw Fault(key, $"must be {what}");
}
