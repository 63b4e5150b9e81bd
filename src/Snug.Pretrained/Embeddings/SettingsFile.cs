using System.Text.Json;
using Snug.Inference;

namespace Snug.Pretrained;

/// <summary>A small JSON file of a sentence encoder: bounded, and wrong values are errors that name the place.</summary>
/// <param name="file">Path, for errors.</param>
/// <param name="element">The document.</param>
internal sealed class SettingsFile(string file, JsonElement element)
{
    /// <summary>Longest file. Real ones have some hundred bytes.</summary>
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Largest number of dimensions, tokens and so on.</summary>
    private const int MaxNumber = 1 << 20;

    private const int MaxDepth = 16;

    public JsonElement Element => element;

    /// <summary>Reads a file whose document is an object.</summary>
    public static T Read<T>(string file, Func<SettingsFile, T> read) => Read(file, JsonValueKind.Object, read);

    /// <summary>Reads a file whose document is of some kind.</summary>
    /// <exception cref="ModelFormatException">The file is missing, too long, or not valid.</exception>
    public static T Read<T>(string file, JsonValueKind kind, Func<SettingsFile, T> read)
    {
        FileInfo info = new(file);
        if (!info.Exists || info.Length > MaxBytes)
        {
            throw new ModelFormatException(info.Exists ? $"The file has {info.Length} bytes, {MaxBytes} at most." : "The file is missing.", file);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(
                File.ReadAllBytes(file), new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == kind
                ? read(new SettingsFile(file, document.RootElement))
                : throw new ModelFormatException($"The file must hold an {kind}.", file, jsonPath: "$");
        }
        catch (JsonException e)
        {
            throw new ModelFormatException($"The file is no valid JSON, in line {e.LineNumber + 1}.", file, jsonPath: "$", innerException: e);
        }
        catch (InvalidOperationException e)
        {
            // Strings with half a surrogate pair are found only when they are read.
            throw new ModelFormatException("The file has a string that is no text.", file, jsonPath: "$", innerException: e);
        }
    }

    public string? Text(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Fault(key, "must be text");

    public bool? Flag(string key) => Find(key) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Fault(key, "must be true or false");

    public int Whole(string key, int least) => FindWhole(key, least) ?? throw Fault(key, "is missing");

    public int? FindWhole(string key, int least) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least && number <= MaxNumber ? number
        : throw Fault(key, $"must be a whole number from {least} to {MaxNumber}");

    /// <summary>Texts by their names.</summary>
    public Dictionary<string, string> Texts(string key)
    {
        Dictionary<string, string> texts = new(StringComparer.Ordinal);
        if (Find(key) is not { } value)
        {
            return texts;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Fault(key, "must be an object of texts");
        }

        foreach (JsonProperty property in value.EnumerateObject())
        {
            texts[property.Name] = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : throw Fault($"{key}.{property.Name}", "must be text");
        }

        return texts;
    }

    /// <summary>Refuses any other value than the one that is supported.</summary>
    public void RefuseOther(string key, string supported)
    {
        if (Text(key) is { } value && value != supported)
        {
            throw Fault(key, $"is '{value}'; only '{supported}' is supported");
        }
    }

    public JsonElement? Find(string key) => element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public ModelFormatException Fault(string key, string problem) => new($"'{key}' {problem}.", file, jsonPath: $"$.{key}");
}
