using Snug.Hub;

namespace Snug.Cli;

/// <summary>A repository to diagnose.</summary>
/// <param name="Reference">The repository, with a revision and a path if its text had them.</param>
/// <param name="Origin">Where it was named: <c>argument</c>, <c>snug.json</c>, or a file with its line.</param>
internal sealed record DoctorTarget(RepositoryReference Reference, string Origin)
{
    public IReadOnlyList<string> Include { get; init; } = [];

    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>The models of a project's manifest; none where there is no manifest.</summary>
    /// <exception cref="CliException">The manifest cannot be used.</exception>
    public static IReadOnlyList<DoctorTarget> FromManifest(string folder, Uri endpoint) =>
    [
        .. (ProjectManifest.TryRead(folder, endpoint)?.Models ?? [])
            .Select(m => new DoctorTarget(new RepositoryReference(m.Repository, m.Revision), ProjectManifest.FileName) { Include = m.Include, Exclude = m.Exclude }),
    ];

    public AccessQuery ToQuery() => new(Reference.Repository)
    {
        Revision = Reference.Revision,
        IncludeSizes = true,
        Include = Include.Count == 0 && Reference.Path is { } path ? [path, path + "/*"] : Include,
        Exclude = Exclude,
    };
}
