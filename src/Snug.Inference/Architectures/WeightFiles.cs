using System.Text.Json;

namespace Snug.Inference;

/// <summary>The files that hold a model's weights, and which tensor is in which.</summary>
internal sealed class WeightFiles : IDisposable
{
    /// <summary>Longest index file.</summary>
    public const int MaxIndexBytes = 64 * 1024 * 1024;

    /// <summary>Most files that one model is divided into.</summary>
    public const int MaxShards = 4096;

    private const string IndexName = "model.safetensors.index.json";
    private static readonly string[] PickleExtensions = [".bin", ".pt", ".pth", ".ckpt", ".pkl"];
    private readonly Dictionary<string, (TensorFile File, TensorInfo Tensor)> _tensors = [];
    private readonly List<TensorFile> _files = [];

    private WeightFiles(string path) => Path = path;

    /// <summary>The file or folder that was asked for.</summary>
    public string Path { get; }

    /// <summary>The GGUF file, the first if there are several, when it is one.</summary>
    public GgufFile? Gguf => _files is [GgufFile file, ..] ? file : null;

    public IEnumerable<string> Names => _tensors.Keys;

    /// <summary>Opens a folder of safetensors, one safetensors file, or one GGUF file.</summary>
    public static WeightFiles Open(string path)
    {
        WeightFiles files = new(path);
        try
        {
            if (Directory.Exists(path))
            {
                files.AddFolder(path);
            }
            else
            {
                files.AddFile(path);
            }

            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public (TensorFile File, TensorInfo Tensor)? Find(string name) => _tensors.TryGetValue(name, out (TensorFile, TensorInfo) found) ? found : null;

    /// <summary>Throws when a file that is used where it is mapped became shorter.</summary>
    public void EnsureWhole()
    {
        foreach (TensorFile file in _files)
        {
            if (file.Content.IsMapped)
            {
                file.Content.EnsureWhole();
            }
        }
    }

    public void Dispose()
    {
        foreach (TensorFile file in _files)
        {
            file.Dispose();
        }
    }

    private void AddFolder(string folder)
    {
        string index = System.IO.Path.Join(folder, IndexName);
        string single = System.IO.Path.Join(folder, "model.safetensors");
        if (File.Exists(single))
        {
            AddFile(single);
        }
        else if (File.Exists(index))
        {
            AddShards(folder, index);
        }
        else
        {
            // Of a GGUF model in several files only the first counts; it names the others.
            string[] found =
            [
                .. Directory.EnumerateFiles(folder)
                    .Where(name => System.IO.Path.GetExtension(name) is ".safetensors" or ".gguf" && GgufSplit.Parse(name) is null or { Number: 1 })
                    .Take(2),
            ];
            if (found.Length == 1)
            {
                AddFile(found[0]);
            }
            else
            {
                throw Missing(folder, found.Length);
            }
        }
    }

    private static ModelFormatException Missing(string folder, int candidates)
    {
        string? pickle = Directory.EnumerateFiles(folder).FirstOrDefault(IsPickle);
        return pickle is not null ? Pickle(pickle)
            : candidates > 1 ? new ModelFormatException("The folder has several weight files and no index; name the one to load.", folder)
            : new ModelFormatException("The folder has no safetensors or GGUF file.", folder);
    }

    private static bool IsPickle(string file) => PickleExtensions.Contains(System.IO.Path.GetExtension(file));

    private static ModelFormatException Pickle(string file) => new(
        "Pickle files can run any code when they are read, so they are never read. Use a repository or revision with safetensors or GGUF files, "
        + "or convert the model where its code is trusted: save_pretrained(..., safe_serialization=True).",
        file);

    private void AddFile(string path)
    {
        if (IsPickle(path))
        {
            throw Pickle(path);
        }

        if (System.IO.Path.GetExtension(path).Equals(".gguf", StringComparison.OrdinalIgnoreCase))
        {
            AddGguf(path);
        }
        else
        {
            AddTensors(SafetensorsFile.Open(path));
        }
    }

    /// <summary>Adds a GGUF file, and the others that the model is divided into.</summary>
    private void AddGguf(string path)
    {
        GgufFile file = GgufFile.Open(path);
        AddTensors(file);
        if (GgufSplit.Read(file) is not { Count: > 1 } split)
        {
            return;
        }

        foreach (string other in split.OthersOf(path))
        {
            if (!File.Exists(other))
            {
                throw new ModelFormatException($"The model is in {split.Count} files, and '{System.IO.Path.GetFileName(other)}' is not there.", path);
            }

            GgufFile part = GgufFile.Open(other);
            AddTensors(part);
            split.EnsureBelongs(part, _files.Count);
        }

        if (split.Tensors is { } promised && promised != _tensors.Count)
        {
            throw new ModelFormatException($"The files have {_tensors.Count} tensors together, and the first says {promised}.", path);
        }
    }

    private void AddTensors(TensorFile file)
    {
        _files.Add(file);
        foreach (TensorInfo tensor in file.Tensors)
        {
            if (!_tensors.TryAdd(tensor.Name, (file, tensor)))
            {
                throw new ModelFormatException($"'{tensor.Name}' is also in another file.", file.FilePath, tensor.Offset);
            }
        }
    }

    private void AddShards(string folder, string index)
    {
        IReadOnlyDictionary<string, string> map = ReadIndex(index);
        foreach (string shard in map.Values.Distinct().Order(StringComparer.Ordinal))
        {
            string path = System.IO.Path.Join(folder, shard);
            if (!File.Exists(path))
            {
                throw new ModelFormatException($"The index names '{shard}', which is not there.", index, jsonPath: "$.weight_map");
            }

            AddFile(path);
        }

        foreach ((string name, string shard) in map)
        {
            if (!_tensors.TryGetValue(name, out (TensorFile File, TensorInfo Tensor) found) || System.IO.Path.GetFileName(found.File.FilePath) != shard)
            {
                throw new ModelFormatException($"The index says that '{name}' is in '{shard}', and it is not.", index, jsonPath: "$.weight_map");
            }
        }
    }

    private static Dictionary<string, string> ReadIndex(string index) => JsonFile.Read(index, MaxIndexBytes, root =>
    {
        if (!root.TryGetProperty("weight_map", out JsonElement entries) || entries.ValueKind != JsonValueKind.Object)
        {
            throw new ModelFormatException("The index has no object 'weight_map'.", index, jsonPath: "$.weight_map");
        }

        Dictionary<string, string> map = [];
        HashSet<string> shards = [];
        foreach (JsonProperty entry in entries.EnumerateObject())
        {
            string shard = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : "";
            if (!IsPlainName(shard))
            {
                throw new ModelFormatException(
                    $"'{entry.Name}' is said to be in '{shard}', which is no plain name of a safetensors file.", index, jsonPath: "$.weight_map");
            }

            shards.Add(shard);
            map.Add(entry.Name, shard);
            if (shards.Count > MaxShards || map.Count > SafetensorsHeader.MaxTensors)
            {
                throw new ModelFormatException($"The index has more than {SafetensorsHeader.MaxTensors} tensors or {MaxShards} files.", index, jsonPath: "$.weight_map");
            }
        }

        return map;
    });

    private static bool IsPlainName(string name) =>
        name.EndsWith(".safetensors", StringComparison.Ordinal) && name.AsSpan().IndexOfAny(['/', '\\', ':', '\0']) < 0 && name.Length <= 255;
}
