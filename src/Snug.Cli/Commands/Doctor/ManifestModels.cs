using System.Text.Json;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>The models that a project's <c>snug.json</c> names.</summary>
internal static class ManifestModels
{
    public const string FileName = "snug.json";

    private const long MaxLength = 4 * 1024 * 1024;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The models of the manifest in a folder, or <see langword="null"/> when there is no manifest.</summary>
    /// <exception cref="CliException">It cannot be read.</exception>
    /// <exception cref="HubException">It names something that is no repository.</exception>
    public static IReadOnlyList<DoctorTarget>? TryRead(string folder, Uri endpoint)
    {
        string path = Path.Join(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            FileInfo file = new(path);
            if (file.Length > MaxLength)
            {
                throw Unreadable(path, $"it is longer than {MaxLength} bytes");
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path), Options);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("models", out JsonElement models)
                ? models.ValueKind == JsonValueKind.Array
                    ? [.. models.EnumerateArray().Select(model => Read(model, path, endpoint))]
                    : throw Unreadable(path, "'models' is not a list")
                : [];
        }
        catch (JsonException e)
        {
            throw Unreadable(path, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e.Message);
        }
    }

    private static DoctorTarget Read(JsonElement model, string path, Uri endpoint)
    {
        if (model.ValueKind == JsonValueKind.String)
        {
            return new DoctorTarget(RepositoryReference.Parse(model.GetString()!, endpoint), FileName);
        }

        string? name = model.ValueKind == JsonValueKind.Object ? Text(model, "repository") ?? Text(model, "id") : null;
        RepositoryReference reference = RepositoryReference.Parse(name ?? throw Unreadable(path, "a model has no 'repository'"), endpoint);
        return new DoctorTarget(Text(model, "revision") is { } revision ? reference with { Revision = revision } : reference, FileName)
        {
            Include = Texts(model, "include"),
            Exclude = Texts(model, "exclude"),
        };
    }

    private static string? Text(JsonElement model, string name) =>
        model.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string[] Texts(JsonElement model, string name) => model.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array
        ? [.. value.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!)]
        : [];

    private static CliException Unreadable(string path, string why) => CliException.Usage(
        $"'{path}' cannot be read as a manifest: {why}.", "Write {\"models\": [\"namespace/name\"]}, or name repositories on the command line.");
}
