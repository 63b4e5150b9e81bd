using System.Text.Json;

namespace Snug.Architecture.Tests;

/// <summary>
/// The layers: each project may know only what stands beside its name here. A project, or an arrow, that is not written down fails,
/// so that a new one is decided and not slipped in.
/// </summary>
public sealed class DependencyTests
{
    private static readonly string[] Foundations = ["Snug.Hub", "Snug.Tokenizers", "Snug.Inference"];

    private static readonly Dictionary<string, Allowance> Allowed = new()
    {
        ["Snug.Hub"] = new([], ["Microsoft.Extensions.Logging.Abstractions"]),
        ["Snug.Tokenizers"] = new([], ["System.Numerics.Tensors"]),
        ["Snug.Inference"] = new([], ["System.Numerics.Tensors"]),
        ["Snug.Pretrained"] = new(Foundations, ["Microsoft.Extensions.Logging.Abstractions"]),
        ["Snug.AI"] = new(["Snug.Pretrained", .. Foundations], ["Microsoft.Extensions.AI.Abstractions"]),
        ["Snug.Hosting"] = new(
            ["Snug.AI", "Snug.Pretrained", .. Foundations],
            [
                "Microsoft.Extensions.Configuration.Binder", "Microsoft.Extensions.Diagnostics.HealthChecks",
                "Microsoft.Extensions.Hosting.Abstractions", "Microsoft.Extensions.Http",
                "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options.ConfigurationExtensions",
            ]),
        ["Snug.Server"] = new(
            ["Snug.Hosting", "Snug.AI", "Snug.Pretrained", .. Foundations], [], ["Microsoft.AspNetCore.App"]),
        ["Snug.Cli"] = new(
            ["Snug.Server", "Snug.Hosting", "Snug.AI", "Snug.Pretrained", .. Foundations],
            ["System.CommandLine", "Spectre.Console"],
            ["Microsoft.AspNetCore.App"]),
    };

    public static TheoryData<string> Sources => [.. ProjectFile.LoadSources().Select(project => project.Path)];

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_project_refers_only_to_what_is_written_down_for_it(string path) =>
        Assert.Empty(Violations(ProjectFile.Load(path)));

    [Fact]
    public void A_reference_up_or_sideways_or_to_an_unknown_package_is_a_violation()
    {
        Assert.Empty(Violations(Project("Snug.Server", projects: ["Snug.Hub"], frameworks: ["Microsoft.AspNetCore.App"])));
        Assert.Equal(["Snug.Hub -> Snug.Server"], Violations(Project("Snug.Hub", projects: ["Snug.Server"])));
        Assert.Equal(["Snug.Hub -> Snug.Tokenizers"], Violations(Project("Snug.Hub", projects: ["Snug.Tokenizers"])));
        Assert.Equal(["Snug.Tokenizers -> Some.Package"], Violations(Project("Snug.Tokenizers", packages: ["System.Numerics.Tensors", "Some.Package"])));
        Assert.Equal(["Snug.Hub -> Microsoft.AspNetCore.App"], Violations(Project("Snug.Hub", frameworks: ["Microsoft.AspNetCore.App"])));
        Assert.Equal(["Snug.Hub -> Elsewhere.dll"], Violations(Project("Snug.Hub", assemblies: ["Elsewhere.dll"])));
        Assert.Equal(["Snug.New has no place in the graph"], Violations(Project("Snug.New")));
    }

    [Fact]
    public void What_is_written_down_points_down()
    {
        List<string> below = [];
        foreach ((string name, Allowance allowance) in Allowed)
        {
            Assert.All(allowance.Projects, project => Assert.Contains(project, below));
            below.Add(name);
        }

        Assert.All(Foundations, name => Assert.Empty(Allowed[name].Projects));
    }

    /// <summary>
    /// The lock file tells what the build resolved, so a reference that came in through a shared props file stands there too.
    /// </summary>
    [Theory]
    [MemberData(nameof(Sources))]
    public void The_lock_file_has_no_direct_reference_that_the_project_file_does_not_show(string path)
    {
        ProjectFile project = ProjectFile.Load(path);
        using JsonDocument document = JsonDocument.Parse(Repository.Read($"{path[..path.LastIndexOf('/')]}/packages.lock.json"));
        IEnumerable<string> direct =
            from framework in document.RootElement.GetProperty("dependencies").EnumerateObject()
            from package in framework.Value.EnumerateObject()
            where package.Value.GetProperty("type").GetString() == "Direct"
            select package.Name;

        Assert.Empty(direct.Except(project.Packages).Except(ProjectFile.BuildTools()).Except(["Microsoft.NET.ILLink.Tasks"]));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Only_the_command_line_and_the_server_may_be_programs(string path)
    {
        ProjectFile project = ProjectFile.Load(path);

        Assert.True(!project.IsProgram || project.Name is "Snug.Cli" or "Snug.Server", $"{project.Name} is a program.");
    }

    [Fact]
    public void What_every_project_gets_is_only_a_tool_of_the_build()
    {
        ProjectFile shared = ProjectFile.Load("Directory.Build.props");

        Assert.Empty(shared.Packages.Concat(shared.Projects).Concat(shared.Frameworks).Concat(shared.Assemblies));
    }

    /// <summary>Everything the libraries bring along stands in the dependency list of this test program, which refers to all of them.</summary>
    [Fact]
    [Trait("Requirement", "S3-20")]
    public void No_library_brings_a_native_binary()
    {
        string file = Path.Join(AppContext.BaseDirectory, "Snug.Architecture.Tests.deps.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
        string[] native =
        [
            .. from target in document.RootElement.GetProperty("targets").EnumerateObject()
               from library in target.Value.EnumerateObject()
               where library.Value.TryGetProperty("native", out _)
                   || (library.Value.TryGetProperty("runtimeTargets", out JsonElement assets)
                       && assets.EnumerateObject().Any(asset => asset.Value.GetProperty("assetType").GetString() == "native"))
               select library.Name,
        ];

        Assert.Empty(native);
    }

    private static IReadOnlyList<string> Violations(ProjectFile project) =>
        !Allowed.TryGetValue(project.Name, out Allowance? allowance)
            ? [$"{project.Name} has no place in the graph"]
            : [.. project.Projects.Except(allowance.Projects)
                .Concat(project.Packages.Except(allowance.Packages))
                .Concat(project.Frameworks.Except(allowance.Frameworks))
                .Concat(project.Assemblies)
                .Select(reference => $"{project.Name} -> {reference}")];

    private static ProjectFile Project(
        string name, string[]? projects = null, string[]? packages = null, string[]? frameworks = null, string[]? assemblies = null) =>
        new($"src/{name}/{name}.csproj", IsProgram: false, projects ?? [], packages ?? [], frameworks ?? [], assemblies ?? []);

    private sealed record Allowance(string[] Projects, string[] Packages, params string[] Frameworks);
}
