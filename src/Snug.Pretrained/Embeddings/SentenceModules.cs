using System.Text.Json;
using Snug.Inference;

namespace Snug.Pretrained;

/// <summary>What <c>modules.json</c> says a sentence encoder is made of; without the file a transformer whose vectors are averaged.</summary>
/// <param name="Transformer">Folder of the transformer within the repository; empty for the repository itself.</param>
/// <param name="Pooling">Folder of the pooling; null for the mean.</param>
/// <param name="After">What follows: folders of linear layers, and null for making vectors one long.</param>
internal sealed record SentenceModules(string Transformer, string? Pooling, IReadOnlyList<string?> After)
{
    public const string FileName = "modules.json";
    private const int MaxModules = 16;
    private static readonly System.Buffers.SearchValues<char> NotInNames = System.Buffers.SearchValues.Create("/\\:\0*?[");

    /// <summary>Reads the file of a folder, if it is there.</summary>
    /// <exception cref="ModelFormatException">The file is damaged, or names modules that are not supported.</exception>
    public static SentenceModules Read(string folder) =>
        Path.Join(folder, FileName) is var file && File.Exists(file)
            ? SettingsFile.Read(file, JsonValueKind.Array, root => Read(root, file))
            : new SentenceModules("", null, []);

    /// <summary>The files of the modules that need fetching, besides the transformer's.</summary>
    public IEnumerable<string> Files()
    {
        if (Pooling is { } pooling)
        {
            yield return $"{pooling}/config.json";
        }

        foreach (string dense in After.OfType<string>())
        {
            yield return $"{dense}/config.json";
            yield return $"{dense}/model.safetensors";
        }
    }

    private static SentenceModules Read(SettingsFile root, string file)
    {
        string? transformer = null;
        string? pooling = null;
        List<string?> after = [];
        int index = 0;
        foreach (JsonElement item in root.Element.EnumerateArray())
        {
            string place = $"$[{index}]";
            if (item.ValueKind != JsonValueKind.Object || index >= MaxModules)
            {
                throw new ModelFormatException($"Modules must be objects, {MaxModules} at most.", file, jsonPath: place);
            }

            SettingsFile module = new(file, item);
            string type = module.Text("type") ?? throw new ModelFormatException("The module has no 'type'.", file, jsonPath: place);
            string path = module.Text("path") ?? "";
            if (!IsPlain(path))
            {
                throw new ModelFormatException($"'{path}' is no folder within the repository.", file, jsonPath: $"{place}.path");
            }

            // Newer versions moved the classes; the last part of the name stayed.
            switch ((type[(type.LastIndexOf('.') + 1)..], index))
            {
                case ("Transformer", 0):
                    transformer = path;
                    break;
                case ("Pooling", 1) when path.Length > 0:
                    pooling = path;
                    break;
                case ("Normalize", > 1):
                    after.Add(null);
                    break;
                case ("Dense", > 1) when path.Length > 0:
                    after.Add(path);
                    break;
                default:
                    throw new ModelFormatException(
                        $"Module {index} is '{type}'; a transformer, a pooling, then dense layers and normalizations are supported.", file, jsonPath: $"{place}.type");
            }

            index++;
        }

        return pooling is not null
            ? new SentenceModules(transformer!, pooling, after)
            : throw new ModelFormatException("There is no transformer followed by a pooling.", file, jsonPath: "$");
    }

    private static bool IsPlain(string path) =>
        path.Length == 0 || (path.Length <= 255 && path is not ("." or "..") && path.AsSpan().IndexOfAny(NotInNames) < 0);
}
