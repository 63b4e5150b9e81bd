using System.Text.Json;
using Snug.Inference;

namespace Snug.Pretrained;

/// <summary>Which files of a repository are its weights.</summary>
/// <param name="Files">What to fetch.</param>
/// <param name="File">The file to load; null to load the folder.</param>
internal sealed record WeightSelection(IReadOnlyList<string> Files, string? File)
{
    public const string Single = "model.safetensors";
    public const string Index = "model.safetensors.index.json";

    /// <summary>Longest index that is read.</summary>
    private const int MaxIndexBytes = 64 * 1024 * 1024;

    /// <summary>What is taken of a GGUF repository when nothing is said: small with little loss, then nearly lossless.</summary>
    private static readonly string[] Preferred = ["Q4_K_M", "Q8_0"];

    private static readonly string[] PickleExtensions = [".bin", ".pt", ".pth", ".ckpt", ".pkl"];

    /// <summary>Chooses: what the name says, else safetensors, else GGUF.</summary>
    public static WeightSelection Select(RepositoryFiles files)
    {
        if (files.Reference.Repository.Path is { } path)
        {
            return files.Names.Contains(path)
                ? Whole(files, path)
                : throw Fault(files, $"has no file '{path}'");
        }

        if (files.Reference.Quantization is { } quantization)
        {
            return Gguf(files, [quantization], quantization);
        }

        if (files.Names.Contains(Single))
        {
            return new WeightSelection([Single], null);
        }

        if (files.Names.Contains(Index))
        {
            return new WeightSelection(Shards(files), null);
        }

        string[] others = [.. files.Names.Where(name => !name.Contains('/', StringComparison.Ordinal) && name.EndsWith(".safetensors", StringComparison.Ordinal))];
        return others.Length switch
        {
            1 => new WeightSelection(others, others[0]),
            > 1 => throw Fault(files, $"has several safetensors files and no {Index}: {Names(others)}; name one: hf://{files.Repository}/FILE"),
            _ => Gguf(files, Preferred, null),
        };
    }

    private static WeightSelection Gguf(RepositoryFiles files, string[] wanted, string? asked)
    {
        // Of a model in several files the first stands for all.
        string[] all =
        [
            .. files.Names.Where(name => IsGguf(name) && !Stem(name).Contains("mmproj", StringComparison.OrdinalIgnoreCase) && GgufFile.PartsOf(name)[0] == name),
        ];
        if (all.Length == 0)
        {
            throw Fault(files, files.Names.Any(name => PickleExtensions.Contains(Path.GetExtension(name)))
                ? "has its weights only in pickle files, which can run any code when they are read, so they are never read; use a revision or another repository with safetensors or GGUF files"
                : "has no safetensors or GGUF file");
        }

        foreach (string quantization in wanted)
        {
            string[] found = [.. all.Where(name => IsOf(name, quantization))];
            if (found.Length > 1)
            {
                throw Fault(files, $"has several files of {quantization}: {Names(found)}; name one: hf://{files.Repository}/FILE");
            }

            if (found.Length == 1)
            {
                return Whole(files, found[0]);
            }
        }

        return all.Length == 1 && asked is null
            ? Whole(files, all[0])
            : throw Fault(files, $"has {(asked is null ? "several GGUF files" : $"no GGUF file of {asked}")}: {Names(all)}; choose one: {files.Repository}:NAME");
    }

    /// <summary>A file, with all others that the model is divided into.</summary>
    private static WeightSelection Whole(RepositoryFiles files, string name)
    {
        string[] parts = [.. GgufFile.PartsOf(name)];
        string[] missing = [.. parts.Except(files.Names)];
        return missing.Length == 0
            ? new WeightSelection(parts, parts[0])
            : throw Fault(files, $"has {name}, and not all files that belong to it: {Names(missing)} missing");
    }

    private static bool IsGguf(string name) => name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase);

    /// <summary>The name without extension and, of a model in several files, without their numbers.</summary>
    private static string Stem(string name)
    {
        string stem = Path.GetFileNameWithoutExtension(name);
        return GgufFile.PartsOf(name).Length > 1 || name.EndsWith("-00001-of-00001.gguf", StringComparison.OrdinalIgnoreCase) ? stem[..^"-00001-of-00001".Length] : stem;
    }

    /// <summary>Whether the name ends with a quantization, which nothing but a separator may stand before: Q4_K is not Q4_K_M, nor IQ4_K.</summary>
    private static bool IsOf(string name, string quantization)
    {
        string stem = Stem(name);
        return stem.EndsWith(quantization, StringComparison.OrdinalIgnoreCase)
            && (stem.Length == quantization.Length || stem[^(quantization.Length + 1)] is '-' or '.' or '_');
    }

    private static IReadOnlyList<string> Shards(RepositoryFiles files)
    {
        string path = files.PathOf(Index);
        if (new FileInfo(path).Length > MaxIndexBytes)
        {
            throw new ModelFormatException($"The index is longer than {MaxIndexBytes} bytes.", path);
        }

        SortedSet<string> shards = new(StringComparer.Ordinal);
        try
        {
            using JsonDocument index = JsonDocument.Parse(System.IO.File.ReadAllBytes(path));
            foreach (JsonProperty tensor in index.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                shards.Add(tensor.Value.GetString() ?? "");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new ModelFormatException("The index has no object 'weight_map' of file names.", path, jsonPath: "$.weight_map", innerException: e);
        }

        string[] missing = [.. shards.Except(files.Names)];
        return missing.Length == 0
            ? [Index, .. shards]
            : throw new ModelFormatException($"The index names {Names(missing)}, which the repository does not have.", path, jsonPath: "$.weight_map");
    }

    private static string Names(string[] names)
    {
        const int MaxNamed = 12;
        return string.Join(", ", names.Take(MaxNamed)) + (names.Length > MaxNamed ? $" and {names.Length - MaxNamed} more" : "");
    }

    private static ModelFormatException Fault(RepositoryFiles files, string problem) =>
        new($"{files.Repository} at {files.Commit[..8]} {problem}.");
}
