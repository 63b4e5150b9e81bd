using System.Collections;
using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Values from outside as values of templates.</summary>
internal static class JinjaValues
{
    private const int MaxDepth = 100;

    public static object? From(object? value) => From(value, 0);

    private static object? From(object? value, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new ArgumentException($"The variables are nested more than {MaxDepth} deep.", nameof(value));
        }

        switch (value)
        {
            case null or string or bool or long or double:
                return value;
            case sbyte or byte or short or ushort or int or uint:
                return Convert.ToInt64(value);
            case float or decimal:
                return Convert.ToDouble(value);
            case JsonElement element:
                return From(element, depth);
            case JsonDocument document:
                return From(document.RootElement, depth);
            case IEnumerable<KeyValuePair<string, object?>> pairs:
                JinjaDictionary dictionary = new();
                foreach ((string key, object? item) in pairs)
                {
                    dictionary.Set(key, From(item, depth + 1));
                }

                return dictionary;
            case IEnumerable<KeyValuePair<string, string>> pairs:
                JinjaDictionary texts = new();
                foreach ((string key, string item) in pairs)
                {
                    texts.Set(key, item);
                }

                return texts;
            case IEnumerable list:
                List<object?> items = [];
                foreach (object? item in list)
                {
                    items.Add(From(item, depth + 1));
                }

                return items;
            default:
                throw new ArgumentException($"A value of the type {value.GetType()} cannot be given to a template.", nameof(value));
        }
    }

    private static object? From(JsonElement element, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new ArgumentException($"The variables are nested more than {MaxDepth} deep.", nameof(element));
        }

        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                return element.TryGetInt64(out long number) ? number : (object)element.GetDouble();
            case JsonValueKind.True or JsonValueKind.False:
                return element.GetBoolean();
            case JsonValueKind.Array:
                return new List<object?>(element.EnumerateArray().Select(item => From(item, depth + 1)));
            case JsonValueKind.Object:
                JinjaDictionary dictionary = new();
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    dictionary.Set(property.Name, From(property.Value, depth + 1));
                }

                return dictionary;
            default:
                return null;
        }
    }
}
