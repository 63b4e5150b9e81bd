using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Snug.Hub;

/// <summary>
/// The text of the Python client's <c>stored_tokens</c>: one section a token, with <c>hf_token</c> and whatever else belongs to it. The
/// rules are those of its reader: what that could not read, is not read or written here either.
/// </summary>
internal static class StoredTokensFile
{
    public const string TokenKey = "hf_token";
    public const string ExpiryKey = "expires_at";
    public const int MaxLength = 1024 * 1024;
    public const int MaxNameLength = 200;

    private const string DefaultSection = "DEFAULT";

    /// <summary>Reads the sections.</summary>
    /// <param name="text">The file.</param>
    /// <param name="sections">For each name the keys, in lower case, with their values.</param>
    /// <param name="problem">What is wrong with the text, without any of its values.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out Dictionary<string, Dictionary<string, string>>? sections, [NotNullWhen(false)] out string? problem) =>
        text.AsSpan().TrimStart().StartsWith('{') ? TryParseJson(text, out sections, out problem) : TryParseIni(text, out sections, out problem);

    /// <summary>Writes sections byte for byte as the Python client does, names in the order of their code points.</summary>
    public static string Format(IReadOnlyDictionary<string, Dictionary<string, string>> sections)
    {
        StringBuilder text = new();
        foreach ((string name, Dictionary<string, string> values) in sections.OrderBy(s => s.Key, CodePointComparer.Instance))
        {
            text.Append('[').Append(name).Append("]\n");
            foreach ((string key, string value) in values)
            {
                text.Append(key).Append(" = ").Append(value.Replace("\n", "\n\t", StringComparison.Ordinal)).Append('\n');
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Why a text cannot be the name of a section, or <see langword="null"/>.</summary>
    public static string? FindProblem(string name) =>
        name.Length == 0 ? "it is empty"
        : name.Length > MaxNameLength ? $"it has more than {MaxNameLength} characters"
        : name.Any(char.IsControl) ? "it has control characters"
        : name == DefaultSection ? $"'{DefaultSection}' means something else in the file"
        : null;

    private static bool TryParseIni(
        string text, [NotNullWhen(true)] out Dictionary<string, Dictionary<string, string>>? sections, [NotNullWhen(false)] out string? problem)
    {
        sections = null;
        Dictionary<string, Dictionary<string, string>> all = new(StringComparer.Ordinal);
        Dictionary<string, string>? section = null;
        string? key = null;
        int indent = 0;
        int number = 0;
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
        {
            number++;
            ReadOnlySpan<char> line = raw.Trim();
            int lineIndent = raw.Length - raw.TrimStart().Length;
            if (line.IsEmpty || line[0] is '#' or ';')
            {
                continue;
            }

            // A line that is set in further than its key goes on with its value.
            if (section is not null && key is not null && lineIndent > indent)
            {
                section[key] += "\n" + line.ToString();
                continue;
            }

            indent = lineIndent;
            key = null;
            if (line[0] == '[' && line.LastIndexOf(']') is > 1 and var end)
            {
                section = new Dictionary<string, string>(StringComparer.Ordinal);
                if (!all.TryAdd(line[1..end].ToString(), section))
                {
                    problem = $"line {number} begins a section that is there already";
                    return false;
                }

                continue;
            }

            int delimiter = line.IndexOfAny('=', ':');
            if (section is null || delimiter < 1)
            {
                problem = section is null ? $"line {number} stands before any section" : $"line {number} is no 'key = value'";
                return false;
            }

            key = line[..delimiter].TrimEnd().ToString().ToLowerInvariant();
            if (!section.TryAdd(key, line[(delimiter + 1)..].Trim().ToString()))
            {
                problem = $"line {number} gives '{key}' a second time";
                return false;
            }
        }

        sections = all;
        problem = null;
        return true;
    }

    /// <summary>The Rust client's tool keeps its tokens under the same path in a form of its own, which the Python client cannot read.</summary>
    private static bool TryParseJson(
        string text, [NotNullWhen(true)] out Dictionary<string, Dictionary<string, string>>? sections, [NotNullWhen(false)] out string? problem)
    {
        sections = null;
        problem = "it is JSON, but not of a form that is known";
        Dictionary<string, Dictionary<string, string>> all = new(StringComparer.Ordinal);
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 8 });
            if (!document.RootElement.TryGetProperty("tokens", out JsonElement tokens) || tokens.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            foreach (JsonProperty entry in tokens.EnumerateObject())
            {
                if (entry.Value.ValueKind != JsonValueKind.Object || !entry.Value.TryGetProperty("token", out JsonElement token)
                    || token.ValueKind != JsonValueKind.String || FindProblem(entry.Name) is not null)
                {
                    return false;
                }

                all[entry.Name] = new Dictionary<string, string>(StringComparer.Ordinal) { [TokenKey] = token.GetString()! };
            }
        }
        catch (JsonException)
        {
            return false;
        }

        sections = all;
        problem = null;
        return true;
    }
}
