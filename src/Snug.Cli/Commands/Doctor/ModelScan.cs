using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>
/// Finds the repositories that a program names: in Python and notebooks as arguments of the usual calls, in compose files and JSON
/// as values of names that speak of models, everywhere as addresses of the Hub. What looks like a path on this machine is left out.
/// </summary>
internal static partial class ModelScan
{
    private const int MaxFiles = 2000;
    private const long MaxLength = 8 * 1024 * 1024;
    private const int MaxDepth = 64;

    /// <summary>How many different names one file may have: code that has more was made to have them.</summary>
    private const int MaxNames = 1000;

    private static readonly string[] Extensions = [".py", ".ipynb", ".yml", ".yaml", ".json"];
    private static readonly string[] Skipped = ["node_modules", "site-packages", "venv", "bin", "obj", "__pycache__"];

    /// <summary>The repositories that a file, or the files of a folder, name; each once, where it is first named.</summary>
    /// <exception cref="CliException">The path does not exist or is of an unknown kind.</exception>
    public static IReadOnlyList<DoctorTarget> Scan(string path, Uri endpoint)
    {
        List<string> files;
        if (Directory.Exists(path))
        {
            files = [.. FilesIn(path).Take(MaxFiles)];
        }
        else if (File.Exists(path))
        {
            files = Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)
                ? [path]
                : throw CliException.Usage($"'{path}' is of no kind that can be scanned.", $"Name a folder, or a file that ends with {string.Join(", ", Extensions)}.");
        }
        else
        {
            throw CliException.Usage($"'{path}' does not exist.", "Name a file or a folder that is there.");
        }

        List<DoctorTarget> targets = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string file in files)
        {
            foreach ((string text, int line) in FindIn(file).DistinctBy(found => found.Text).Take(MaxNames))
            {
                if (ToReference(text, file, endpoint) is { } reference && seen.Add(reference.Repository.UrlPath))
                {
                    targets.Add(new DoctorTarget(reference with { Path = null }, $"{Path.GetRelativePath(Directory.GetCurrentDirectory(), file)}:{line}"));
                }
            }
        }

        return targets;
    }

    private static IEnumerable<string> FilesIn(string folder)
    {
        EnumerationOptions options = new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        Stack<(string Folder, int Depth)> open = new([(folder, 0)]);
        while (open.TryPop(out (string Folder, int Depth) next))
        {
            foreach (string file in Directory.EnumerateFiles(next.Folder, "*", options).Order(StringComparer.Ordinal))
            {
                if (Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase) && new FileInfo(file).Length <= MaxLength)
                {
                    yield return file;
                }
            }

            foreach (string child in Directory.EnumerateDirectories(next.Folder, "*", options).OrderDescending(StringComparer.Ordinal))
            {
                string name = Path.GetFileName(child);
                if (next.Depth < MaxDepth && !name.StartsWith('.') && !Skipped.Contains(name, StringComparer.Ordinal))
                {
                    open.Push((child, next.Depth + 1));
                }
            }
        }
    }

    private static IEnumerable<(string Text, int Line)> FindIn(string file)
    {
        string content;
        try
        {
            content = new FileInfo(file).Length <= MaxLength ? File.ReadAllText(file) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"'{file}' cannot be read: {e.Message}", "Check that you may read it.");
        }

        return Path.GetExtension(file).ToLowerInvariant() switch
        {
            ".py" => InPython(content, 0),
            ".ipynb" => InNotebook(content),
            ".json" => InJson(content),
            _ => InYaml(content),
        };
    }

    private static IEnumerable<(string Text, int Line)> InPython(string code, int firstLine)
    {
        string visible = WithoutComments(code);
        LineIndex lines = new(visible);
        foreach (Regex pattern in (Regex[])[PythonCall(), PythonDataset(), PythonKeyword(), PythonName(), Command(), HubAddress()])
        {
            foreach (Match match in pattern.Matches(visible))
            {
                string prefix = pattern == PythonDataset() ? "datasets/" : "";
                yield return (prefix + match.Groups["id"].Value, firstLine + lines.LineOf(match.Index));
            }
        }
    }

    private static IEnumerable<(string Text, int Line)> InNotebook(string content)
    {
        List<string> cells = [];
        try
        {
            using JsonDocument document = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = MaxDepth });
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("cells", out JsonElement list)
                && list.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement cell in list.EnumerateArray())
                {
                    if (cell.ValueKind == JsonValueKind.Object && cell.TryGetProperty("cell_type", out JsonElement kind) && kind.ValueEquals("code")
                        && cell.TryGetProperty("source", out JsonElement source))
                    {
                        cells.Add(source.ValueKind == JsonValueKind.Array
                            ? string.Concat(source.EnumerateArray().Where(s => s.ValueKind == JsonValueKind.String).Select(s => s.GetString()))
                            : source.ValueKind == JsonValueKind.String ? source.GetString()! : "");
                    }
                }
            }
        }
        catch (JsonException)
        {
            // A notebook that Jupyter could not open either.
        }

        // Lines of a notebook are those of its code, cell after cell: what people see.
        int line = 0;
        foreach (string cell in cells)
        {
            foreach ((string Text, int Line) found in InPython(cell, line))
            {
                yield return found;
            }

            line += cell.AsSpan().Count('\n') + 1;
        }
    }

    private static IEnumerable<(string Text, int Line)> InYaml(string content)
    {
        LineIndex lines = new(content);
        foreach (Regex pattern in (Regex[])[YamlValue(), Command(), HubAddress()])
        {
            foreach (Match match in pattern.Matches(content))
            {
                yield return (match.Groups["id"].Value, lines.LineOf(match.Index));
            }
        }
    }

    private static List<(string Text, int Line)> InJson(string content)
    {
        List<(string, int)> found = [];
        LineIndex lines = new(content);
        foreach (Regex pattern in (Regex[])[JsonValue(), HubAddress()])
        {
            foreach (Match match in pattern.Matches(content))
            {
                found.Add((match.Groups["id"].Value, lines.LineOf(match.Index)));
            }
        }

        return found;
    }

    private static RepositoryReference? ToReference(string text, string file, Uri endpoint)
    {
        if (text.StartsWith('.') || text.StartsWith('/') || text.StartsWith('~') || text.Contains('$', StringComparison.Ordinal) || text.Contains('{', StringComparison.Ordinal))
        {
            return null;
        }

        string local = Path.Join(Path.GetDirectoryName(Path.GetFullPath(file)), text);
        if (!text.Contains("://", StringComparison.Ordinal) && (Path.Exists(local) || Path.GetExtension(text) is ".json" or ".txt" or ".py" or ".bin" or ".pt" or ".gguf" or ".onnx" or ".safetensors"))
        {
            return null;
        }

        try
        {
            return RepositoryReference.Parse(text, endpoint);
        }
        catch (HubException)
        {
            return null;
        }
    }

    /// <summary>The code without its comments, line for line. A sign in a string begins none; a string ends with its line at the latest.</summary>
    private static string WithoutComments(string code)
    {
        StringBuilder visible = new(code.Length);
        char quote = '\0';
        for (int i = 0; i < code.Length; i++)
        {
            char c = code[i];
            if (quote == '\0' && c == '#')
            {
                int end = code.IndexOf('\n', i);
                i = (end < 0 ? code.Length : end) - 1;
                continue;
            }

            visible.Append(c);
            if (quote != '\0' && c == '\\' && i + 1 < code.Length && code[i + 1] != '\n')
            {
                visible.Append(code[++i]);
            }
            else if (c == quote || c == '\n')
            {
                quote = '\0';
            }
            else if (quote == '\0' && c is ('"' or '\''))
            {
                quote = c;
            }
        }

        return visible.ToString();
    }

    // All repetitions are bounded: the work on hostile text stays proportional to its length.

    [GeneratedRegex("""\b(?:from_pretrained|from_hub|snapshot_download|hf_hub_download|SentenceTransformer|WhisperModel|AutoProcessor|hf_hub_url|LLM)\s{0,200}\(\s{0,200}(?:[A-Za-z_]{1,64}\s{0,200}=\s{0,200})?["'](?<id>[^"'\s]{1,200})["']""", RegexOptions.CultureInvariant)]
    private static partial Regex PythonCall();

    [GeneratedRegex("""\bload_dataset\s{0,200}\(\s{0,200}(?:path\s{0,200}=\s{0,200})?["'](?<id>[^"'\s]{1,200})["']""", RegexOptions.CultureInvariant)]
    private static partial Regex PythonDataset();

    [GeneratedRegex("""\b(?:repo_id|model_id|model_name_or_path|model_name|pretrained_model_name_or_path|base_model|tokenizer_name|model)\s{0,200}=\s{0,200}["'](?<id>[^"'\s]{1,200})["']""", RegexOptions.CultureInvariant)]
    private static partial Regex PythonKeyword();

    [GeneratedRegex("""^\s{0,200}[A-Z0-9_]{0,64}(?:MODEL|REPO|CHECKPOINT|TOKENIZER)[A-Z0-9_]{0,64}\s{0,200}(?::\s{0,200}[\w\[\]. ]{1,64})?=\s{0,200}["'](?<id>[^"'\s/]{1,96}/[^"'\s/]{1,96})["']""", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex PythonName();

    [GeneratedRegex("""\b(?:huggingface-cli|hf|snug)\s{1,200}download\s{1,200}["']?(?<id>[A-Za-z0-9][^\s"']{1,200})""", RegexOptions.CultureInvariant)]
    private static partial Regex Command();

    [GeneratedRegex("""(?<id>(?:https?://(?:www\.)?(?:huggingface\.co|hf\.co)/|hf://)(?!api/|docs/|settings|blog|join|login|models\b|papers)[A-Za-z0-9][^\s"'<>()\\,\]]{1,300})""", RegexOptions.CultureInvariant)]
    private static partial Regex HubAddress();

    [GeneratedRegex("""(?:^|[\s,\[{"'-])["']?(?:[A-Za-z0-9_-]{0,64}(?:MODEL|model|REPO_ID|repo_id|TOKENIZER|tokenizer)[A-Za-z0-9_-]{0,64}|--(?:model|tokenizer|model-id|repo-id))["']?(?:\s{0,200}[:=]\s{0,200}|["',\s]{1,200})["']?(?:\$\{[A-Z0-9_]{1,64}:-)?(?<id>[A-Za-z0-9][\w.-]{0,95}/[\w.-]{1,95})\b(?![/:])""", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex YamlValue();

    [GeneratedRegex("""["'][A-Za-z0-9_-]{0,64}(?:model|MODEL|repo_id|REPO_ID|_name_or_path|tokenizer|TOKENIZER)[A-Za-z0-9_-]{0,64}["']\s{0,200}:\s{0,200}["'](?<id>[A-Za-z0-9][\w.-]{0,95}/[\w.-]{1,95})["']""", RegexOptions.CultureInvariant)]
    private static partial Regex JsonValue();
}
