using System.Text.Json;

namespace Snug.Cli;

/// <summary>
/// What set-ups of a project have done, in <c>.snug/state.json</c>. It is a memory, not a truth: whoever removes it has the stages run again.
/// </summary>
internal sealed class SetupState
{
    public const string FolderName = ".snug";

    /// <summary>The most bytes that are read back.</summary>
    private const int MaxLength = 64 * 1024 * 1024;

    private const int Version = 1;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8 };

    private readonly string _path;
    private readonly Dictionary<string, StageRecord> _stages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ModelRecord> _models = new(StringComparer.Ordinal);

    private SetupState(string project) => _path = Path.Join(project, FolderName, "state.json");

    /// <summary>Why what was remembered is not believed, or <see langword="null"/>.</summary>
    public string? Problem { get; private set; }

    public static SetupState Read(string project)
    {
        SetupState state = new(project);
        try
        {
            if (!File.Exists(state._path))
            {
                return state;
            }

            if (new FileInfo(state._path).Length > MaxLength)
            {
                state.Problem = $"'{state._path}' is too long to be what a set-up wrote: nothing counts as done.";
                return state;
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(state._path), Options);
            state.Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException or FormatException
            or KeyNotFoundException)
        {
            state._stages.Clear();
            state._models.Clear();
            state.Problem = $"'{state._path}' cannot be read ({e.Message.TrimEnd('.')}): nothing counts as done.";
        }

        return state;
    }

    public StageRecord? Find(ManifestStage stage) => _stages.GetValueOrDefault(stage.Name);

    public ModelRecord? Find(ManifestModel model) => _models.GetValueOrDefault(model.Key);

    public void Put(ManifestStage stage, StageRecord record)
    {
        _stages[stage.Name] = record;
        Write();
    }

    public void Put(ManifestModel model, ModelRecord record)
    {
        _models[model.Key] = record;
        Write();
    }

    /// <summary>Forgets that a stage was done: it has begun again, and may not end.</summary>
    public void Forget(ManifestStage stage)
    {
        if (_stages.Remove(stage.Name))
        {
            Write();
        }
    }

    /// <summary>Makes the folder, with the mark that keeps it out of version control.</summary>
    public static string PrepareFolder(string project)
    {
        string folder = Path.Join(project, FolderName);
        Directory.CreateDirectory(folder);
        string ignore = Path.Join(folder, ".gitignore");
        if (!File.Exists(ignore))
        {
            File.WriteAllText(ignore, "*\n");
        }

        return folder;
    }

    private void Read(JsonElement root)
    {
        if (root.GetProperty("version").GetInt32() != Version)
        {
            Problem = $"'{_path}' was written by another version of snug: nothing counts as done.";
            return;
        }

        foreach (JsonProperty stage in root.GetProperty("stages").EnumerateObject())
        {
            _stages[stage.Name] = new StageRecord(
                stage.Value.GetProperty("fingerprint").GetString() ?? "",
                stage.Value.GetProperty("exitCode").GetInt32(),
                stage.Value.GetProperty("finishedAt").GetDateTimeOffset(),
                stage.Value.GetProperty("seconds").GetDouble());
        }

        foreach (JsonElement model in root.GetProperty("models").EnumerateArray())
        {
            _models[model.GetProperty("key").GetString() ?? ""] = new ModelRecord(
                model.GetProperty("commit").GetString() ?? "",
                model.GetProperty("files").EnumerateObject().ToDictionary(f => f.Name, f => f.Value.GetInt64(), StringComparer.Ordinal));
        }
    }

    private void Write()
    {
        PrepareFolder(Path.GetDirectoryName(Path.GetDirectoryName(_path))!);
        string temporary = _path + ".new";
        using (StreamWriter writer = new(temporary))
        {
            JsonOutput.Write(writer, Write);
        }

        // Whole or not at all: an interrupted set-up must not take earlier ones for undone.
        File.Move(temporary, _path, overwrite: true);
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteNumber("version", Version);
        json.WriteStartObject("stages");
        foreach ((string name, StageRecord record) in _stages)
        {
            json.WriteStartObject(name);
            json.WriteString("fingerprint", record.Fingerprint);
            json.WriteNumber("exitCode", record.ExitCode);
            json.WriteString("finishedAt", record.FinishedAt);
            json.WriteNumber("seconds", record.Seconds);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartArray("models");
        foreach ((string key, ModelRecord record) in _models)
        {
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WriteString("commit", record.Commit);
            json.WriteStartObject("files");
            foreach ((string path, long length) in record.Files)
            {
                json.WriteNumber(path, length);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
