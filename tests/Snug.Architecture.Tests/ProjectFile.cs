using System.Xml.Linq;

namespace Snug.Architecture.Tests;

/// <summary>What a project file says about what it needs.</summary>
internal sealed record ProjectFile(
    string Path,
    bool IsProgram,
    IReadOnlyList<string> Projects,
    IReadOnlyList<string> Packages,
    IReadOnlyList<string> Frameworks,
    IReadOnlyList<string> Assemblies)
{
    private const string Shared = "Directory.Build.props";

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public static ProjectFile Load(string path)
    {
        XDocument document = XDocument.Load(Repository.FullPath(path));
        return new(
            path,
            document.Descendants("OutputType").Any(type => type.Value == "Exe"),
            [.. Includes(document, "ProjectReference").Select(include => System.IO.Path.GetFileNameWithoutExtension(include.Replace('\\', '/')))],
            [.. Includes(document, "PackageReference")],
            [.. Includes(document, "FrameworkReference")],
            [.. Includes(document, "Reference")]);
    }

    public static IReadOnlyList<ProjectFile> LoadSources()
    {
        IReadOnlyList<ProjectFile> projects = [.. Repository.Find("src", "*.csproj").Select(Load)];
        return projects.Count > 0 ? projects : throw new InvalidOperationException("There is no project in src.");
    }

    /// <summary>The packages that every project gets and that only the build uses.</summary>
    public static IReadOnlyList<string> BuildTools() =>
        [.. XDocument.Load(Repository.FullPath(Shared)).Descendants("PackageReference").Where(IsTool).Select(Target)];

    private static IEnumerable<string> Includes(XDocument document, string kind) =>
        document.Descendants(kind).Where(item => !IsTool(item)).Select(Target);

    /// <summary>Analyzers and generators work for the build and stay out of what a project needs.</summary>
    private static bool IsTool(XElement item) =>
        string.Equals(Detail(item, "PrivateAssets"), "all", StringComparison.OrdinalIgnoreCase) || Detail(item, "OutputItemType") == "Analyzer";

    private static string Target(XElement item) => item.Attribute("Include")?.Value ?? item.Attribute("Update")?.Value ?? "";

    private static string? Detail(XElement item, string name) => item.Attribute(name)?.Value ?? item.Element(name)?.Value;
}
