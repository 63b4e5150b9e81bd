namespace Snug.Cli;

/// <summary>A project as its <c>snug.json</c> describes it (docs/manifest.md).</summary>
/// <param name="Folder">The folder of the project.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Stages">What its set-up does, in order.</param>
/// <param name="Models">The models that it uses.</param>
internal sealed record ProjectManifest(
    string Folder, string Name, IReadOnlyList<ManifestStage> Stages, IReadOnlyList<ManifestModel> Models)
{
    public const string FileName = "snug.json";

    /// <summary>The manifest in a folder, or <see langword="null"/> when there is none.</summary>
    /// <param name="folder">The folder of the project.</param>
    /// <param name="endpoint">The Hub whose addresses may stand for repositories.</param>
    /// <exception cref="CliException">It cannot be read, or something in it is not allowed.</exception>
    public static ProjectManifest? TryRead(string folder, Uri endpoint)
    {
        string path = Path.Join(folder, FileName);
        return File.Exists(path) ? ManifestReader.Read(path, endpoint) : null;
    }

    /// <summary>The manifest in a folder that must have one.</summary>
    /// <inheritdoc cref="TryRead"/>
    public static ProjectManifest Read(string folder, Uri endpoint) => TryRead(folder, endpoint) ?? throw new CliException(
        ExitCodes.Usage,
        "no_manifest",
        $"There is no {FileName} in '{folder}'.",
        "Go to the folder of the project, or name it with --project.",
        $"Or describe the project: {{\"models\": [\"namespace/name\"]}} in a {FileName} is enough to begin with.");
}
