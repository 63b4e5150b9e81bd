using System.Text.Json;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>
/// Reads manifests strictly: what is not understood is an error, because a set-up that passes over half of what it was told is worse than
/// one that does not begin.
/// </summary>
internal static class ManifestReader
{
    /// <summary>The most bytes of a manifest.</summary>
    public const int MaxLength = 1024 * 1024;

    public const int MaxStages = 100;
    public const int MaxModels = 1000;

    /// <summary>The most commands of a stage, files of a stage, and patterns of a model.</summary>
    public const int MaxItems = 1000;

    /// <summary>The most characters of a command, a path or a pattern.</summary>
    public const int MaxTextLength = 8192;

    /// <summary>The most characters of a name or title.</summary>
    public const int MaxNameLength = 100;

    private static readonly JsonDocumentOptions Options = new()
    {
        MaxDepth = 16,
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>Reads a manifest.</summary>
    /// <param name="path">The file.</param>
    /// <param name="endpoint">The Hub whose addresses may stand for repositories.</param>
    /// <exception cref="CliException">It cannot be read, or something in it is not allowed; the message has the JSON path.</exception>
    public static ProjectManifest Read(string path, Uri endpoint)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(ReadBytes(path), Options);
            return Read(new ManifestNode(path, "$", document.RootElement), Path.GetDirectoryName(Path.GetFullPath(path))!, endpoint);
        }
        catch (JsonException e)
        {
            string place = e.LineNumber is { } line ? $" at line {line + 1}, byte {e.BytePositionInLine + 1}" : "";
            throw Unreadable(path, $"it is not JSON{place}: {e.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.')}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e.Message.TrimEnd('.'));
        }
    }

    private static ReadOnlyMemory<byte> ReadBytes(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[MaxLength + 1];
        int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length > MaxLength)
        {
            throw Unreadable(path, $"it is longer than {MaxLength:#,0} bytes");
        }

        // Editors of Windows begin files with a mark that JSON does not know.
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        int start = bytes.AsSpan(0, length).StartsWith(mark) ? mark.Length : 0;
        return bytes.AsMemory(start, length - start);
    }

    private static ProjectManifest Read(ManifestNode root, string folder, Uri endpoint)
    {
        root.ExpectObject("name", "models", "stages");
        string name = root.Find("name")?.ReadText(MaxNameLength) ?? new DirectoryInfo(folder).Name;
        List<ManifestModel> models = [];
        foreach (ManifestNode node in root.Find("models")?.ReadList(MaxModels) ?? [])
        {
            ManifestModel model = ReadModel(node, endpoint);
            if (models.Exists(m => m.Key == model.Key))
            {
                throw node.Error($"{model.Name} stands here a second time", "Remove one of the two.");
            }

            models.Add(model);
        }

        List<ManifestStage> stages = [];
        foreach (ManifestNode node in root.Find("stages")?.ReadList(MaxStages) ?? [])
        {
            ManifestStage stage = ReadStage(node, models, endpoint);
            if (stages.Exists(s => s.Name == stage.Name))
            {
                throw node.Error($"there is a stage '{stage.Name}' already", "Give each stage a name of its own.");
            }

            stages.Add(stage);
        }

        return new ProjectManifest(folder, name, stages, models);
    }

    private static ManifestStage ReadStage(ManifestNode node, List<ManifestModel> models, Uri endpoint)
    {
        node.ExpectObject("name", "title", "run", "runOnWindows", "token", "inputs", "outputs", "models");
        ManifestNode nameNode = node.Require("name");
        string name = nameNode.ReadText(MaxNameLength);
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            throw nameNode.Error($"'{Text.Printable(name)}' is not a name", "Use letters, digits, '-', '_' and '.'; \"title\" may be any text.");
        }

        List<string> commands = ReadCommands(node.Require("run"));
        if (node.Find("runOnWindows") is { } windows)
        {
            List<string> others = ReadCommands(windows);
            commands = OperatingSystem.IsWindows() ? others : commands;
        }

        return new ManifestStage
        {
            Name = name,
            Title = node.Find("title")?.ReadText(MaxNameLength) ?? name,
            Commands = commands,
            Token = node.Find("token") is { } token ? ReadNeed(token) : TokenNeed.None,
            Inputs = ReadPaths(node.Find("inputs")),
            Outputs = ReadPaths(node.Find("outputs")),
            Models = [.. (node.Find("models")?.ReadList(MaxModels) ?? []).SelectMany(n => FindModels(n, models, endpoint))],
        };
    }

    private static List<string> ReadCommands(ManifestNode node)
    {
        List<string> commands = node.IsText ? [node.ReadText(MaxTextLength)] : node.ReadTexts(MaxItems, MaxTextLength);
        return commands.Count > 0 ? commands : throw node.Error("there is no command", "Write a command line, or a list of them.");
    }

    private static TokenNeed ReadNeed(ManifestNode node) => node.ReadText(MaxNameLength) switch
    {
        "none" => TokenNeed.None,
        "optional" => TokenNeed.Optional,
        "required" => TokenNeed.Required,
        string other => throw node.Error($"'{Text.Printable(other)}' is not a token need", "Allowed: none, optional, required."),
    };

    private static List<string> ReadPaths(ManifestNode? node) => (node?.ReadList(MaxItems) ?? []).ConvertAll(ReadPath);

    /// <summary>A path that stays in the project, whatever system reads it.</summary>
    private static string ReadPath(ManifestNode node)
    {
        string path = node.ReadText(MaxTextLength);
        string[] parts = path.Split('/', '\\');
        return Path.IsPathRooted(path) || path.Contains(':', StringComparison.Ordinal) || parts.Contains("..", StringComparer.Ordinal)
            || path.StartsWith('/') || path.StartsWith('\\')
            ? throw node.Error($"'{Text.Printable(path)}' does not stay in the project", "Write a path relative to the project, without '..'.")
            : path;
    }

    private static ManifestModel ReadModel(ManifestNode node, Uri endpoint)
    {
        if (node.IsText)
        {
            return ReadReference(node, endpoint);
        }

        node.ExpectObject("repository", "revision", "include", "exclude", "directory");
        ManifestModel model = ReadReference(node.Require("repository"), endpoint) with
        {
            Include = node.Find("include")?.ReadTexts(MaxItems, MaxTextLength) ?? [],
            Exclude = node.Find("exclude")?.ReadTexts(MaxItems, MaxTextLength) ?? [],
            Directory = node.Find("directory") is { } directory ? ReadPath(directory) : null,
        };
        return node.Find("revision") is { } revision ? model with { Revision = ReadRevision(revision) } : model;
    }

    private static ManifestModel ReadReference(ManifestNode node, Uri endpoint)
    {
        RepositoryReference reference;
        try
        {
            reference = RepositoryReference.Parse(node.ReadText(RepositoryReference.MaxTextLength), endpoint);
        }
        catch (HubException e)
        {
            throw node.Error(e.Message.TrimEnd('.'), [.. e.Advice]);
        }

        return reference.Path is null
            ? new ManifestModel(reference.Repository, reference.Revision)
            : throw node.Error("a file or folder of a repository is no model", $"Write {{\"repository\": \"{reference.Repository}\", \"include\": [\"{reference.Path}\"]}}.");
    }

    private static string ReadRevision(ManifestNode node)
    {
        string revision = node.ReadText(Revisions.MaxLength);
        return Revisions.FindProblem(revision) is { } problem ? throw node.Error($"'{Text.Printable(revision)}' is not a revision: {problem}") : revision;
    }

    private static List<ManifestModel> FindModels(ManifestNode node, List<ManifestModel> models, Uri endpoint)
    {
        RepositoryId repository = ReadReference(node, endpoint).Repository;
        List<ManifestModel> found = models.FindAll(m => m.Repository == repository);
        return found.Count > 0 ? found : throw node.Error($"{repository} is not among the project's models", "Add it to \"models\" at the top, or remove it here.");
    }

    private static CliException Unreadable(string path, string why) => new(
        ExitCodes.Usage,
        "invalid_manifest",
        $"'{path}' cannot be used as a manifest: {why}.",
        "The form is described in docs/manifest.md; {\"models\": [\"namespace/name\"]} is enough to begin with.");
}
