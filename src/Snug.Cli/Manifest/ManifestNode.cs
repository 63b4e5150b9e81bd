using System.Text.Json;

namespace Snug.Cli;

/// <summary>A value of a manifest that knows where it stands, so that what is wrong with it can be said with its path.</summary>
/// <param name="File">The manifest.</param>
/// <param name="Path">Where the value stands, as a JSON path.</param>
/// <param name="Value">The value.</param>
internal readonly record struct ManifestNode(string File, string Path, JsonElement Value)
{
    /// <summary>What everybody may write anywhere, for editors and for each other.</summary>
    private static readonly string[] Always = ["$schema", "$comment"];

    /// <summary>Takes the value for an object with these properties and no others.</summary>
    public ManifestNode ExpectObject(params string[] allowed)
    {
        if (Value.ValueKind != JsonValueKind.Object)
        {
            throw Error($"an object is expected, not {Kind}", $"Write an object with: {string.Join(", ", allowed)}.");
        }

        foreach (JsonProperty property in Value.EnumerateObject())
        {
            if (!allowed.Contains(property.Name, StringComparer.Ordinal) && !Always.Contains(property.Name, StringComparer.Ordinal))
            {
                throw At(property.Name, property.Value).Error("there is no such property here", $"Allowed here: {string.Join(", ", allowed)}.");
            }
        }

        return this;
    }

    /// <summary>A property, or <see langword="null"/> where it is missing.</summary>
    public ManifestNode? Find(string name) => Value.TryGetProperty(name, out JsonElement value) ? At(name, value) : null;

    public ManifestNode Require(string name) => Find(name) ?? throw Error($"'{name}' is missing", $"Add \"{name}\".");

    public bool IsText => Value.ValueKind == JsonValueKind.String;

    public string ReadText(int maxLength)
    {
        if (!IsText)
        {
            throw Error($"a text is expected, not {Kind}", "Write it between double quotes.");
        }

        string text = Value.GetString()!;
        return text.Trim().Length == 0 ? throw Error("the text is empty", "Write something, or leave the property out.")
            : text.Length > maxLength ? throw Error($"the text has {text.Length:#,0} characters", $"At most {maxLength:#,0} are allowed.")
            : text.Contains('\0', StringComparison.Ordinal) ? throw Error("the text has a null character", "Remove it.")
            : text;
    }

    public List<ManifestNode> ReadList(int maxCount)
    {
        if (Value.ValueKind != JsonValueKind.Array)
        {
            throw Error($"a list is expected, not {Kind}", "Write it between brackets: [ … ].");
        }

        int count = Value.GetArrayLength();
        if (count > maxCount)
        {
            throw Error($"the list has {count:#,0} items", $"At most {maxCount:#,0} are allowed.");
        }

        List<ManifestNode> items = [];
        foreach (JsonElement item in Value.EnumerateArray())
        {
            items.Add(new ManifestNode(File, $"{Path}[{items.Count}]", item));
        }

        return items;
    }

    public List<string> ReadTexts(int maxCount, int maxLength) => ReadList(maxCount).ConvertAll(item => item.ReadText(maxLength));

    /// <summary>What is wrong with this value, and what to do.</summary>
    public CliException Error(string problem, params string[] advice) => new(
        ExitCodes.Usage, "invalid_manifest", $"'{File}' cannot be used as a manifest: at {Path}, {problem}.", [.. advice, "The form is described in docs/manifest.md."]);

    private string Kind => Value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    private ManifestNode At(string name, JsonElement value) => new(
        File, name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '$') ? $"{Path}.{name}" : $"{Path}['{Text.Printable(name)}']", value);
}
