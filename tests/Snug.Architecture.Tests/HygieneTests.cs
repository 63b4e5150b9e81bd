using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Snug.Architecture.Tests;

/// <summary>Rules for the files of the repository, read as git tracks them.</summary>
public sealed partial class HygieneTests
{
    private const int MaxLines = 400;
    private const int MaxTextLength = 4 * 1024 * 1024;

    /// <summary>The pages of the demonstration repositories speak of files on the Hub.</summary>
    private const string ModelCards = "samples/repositories/";

    private static readonly string[] BinaryLibraries = [".dll", ".exe", ".so", ".dylib", ".a", ".lib", ".node", ".nupkg"];

    /// <summary>Source files that may be longer, each with its reason.</summary>
    private static readonly Dictionary<string, string> MayBeLong = [];

    /// <summary>Files that have to name a private path or a token's form, each with its reason.</summary>
    private static readonly Dictionary<string, string> MayNamePaths = new()
    {
        ["tests/Snug.Architecture.Tests/HygieneTests.cs"] = "it holds the patterns and their examples",
    };

    [Fact]
    public async Task Source_files_are_short_enough_to_read()
    {
        string[] tooLong =
        [
            .. from path in await TrackedAsync(path => path.StartsWith("src/", StringComparison.Ordinal) && path.EndsWith(".cs", StringComparison.Ordinal))
               where !IsGenerated(path) && !MayBeLong.ContainsKey(path)
               let lines = Repository.Read(path).Split('\n').Length
               where lines > MaxLines
               select $"{path}: {lines} lines, {MaxLines} at most",
        ];

        Assert.Empty(tooLong);
    }

    [Fact]
    public async Task Code_has_unix_line_ends_and_is_indented_with_blanks()
    {
        string[] wrong =
        [
            .. from path in await TrackedAsync(path => path.EndsWith(".cs", StringComparison.Ordinal))
               let text = Repository.Read(path)
               where text.Contains('\r', StringComparison.Ordinal) || TabInIndent().IsMatch(text) || !text.EndsWith('\n')
               select path,
        ];

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Links_in_the_documentation_lead_to_files()
    {
        IReadOnlyList<string> tracked = await Repository.TrackedFilesAsync();
        HashSet<string> targets = [.. tracked, .. tracked.SelectMany(Folders)];
        string[] broken =
        [
            .. from page in tracked
               where page.EndsWith(".md", StringComparison.Ordinal) && !page.StartsWith(ModelCards, StringComparison.Ordinal)
               from target in MarkdownLinks.LocalTargets(page, Repository.Read(page))
               where !targets.Contains(target)
               select $"{page} -> {target}",
        ];

        Assert.Empty(broken);
    }

    [Fact]
    public void Links_are_found_in_prose_and_not_in_code()
    {
        const string page = """
            See [one](a.md), [`two`](../b/c.md#part) and ![three](/d.png "Title"), not `[four](e.md)` or [five](https://example.test/f) or [six](#here).

            ```
            [seven](g.md)
            ```
            [eight]: h%20i.md
            """;

        Assert.Equal(["docs/how/a.md", "docs/b/c.md", "d.png", "docs/how/h i.md"], MarkdownLinks.LocalTargets("docs/how/page.md", page));
    }

    [Fact]
    public async Task Every_project_has_its_lock_file_with_nothing_of_one_machine_in_it()
    {
        IReadOnlyList<string> tracked = await Repository.TrackedFilesAsync();
        foreach (string project in tracked.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal)))
        {
            string lockFile = project[..(project.LastIndexOf('/') + 1)] + "packages.lock.json";
            Assert.Contains(lockFile, tracked);
            using JsonDocument document = JsonDocument.Parse(Repository.Read(lockFile));
            Assert.Empty(Strings(document.RootElement).Where(IsRootedOrAddress).Select(text => $"{lockFile}: {text}"));
        }
    }

    /// <summary>A project that is not in the solution is neither built nor tested by the build server.</summary>
    [Fact]
    public async Task Every_project_is_in_the_solution()
    {
        string[] inSolution = [.. XDocument.Load(Repository.FullPath("Snug.slnx")).Descendants("Project").Select(item => item.Attribute("Path")!.Value)];

        Assert.Equal((await TrackedAsync(path => path.EndsWith(".csproj", StringComparison.Ordinal))).Order(StringComparer.Ordinal), inSolution.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Lock_files_of_npm_name_no_registry()
    {
        foreach (string path in await TrackedAsync(path => path.EndsWith("package-lock.json", StringComparison.Ordinal)))
        {
            Assert.DoesNotContain("\"resolved\"", Repository.Read(path), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task No_file_tells_of_the_machine_or_the_person_it_was_written_by()
    {
        string[] telling =
        [
            .. from path in await TrackedAsync(path => !MayNamePaths.ContainsKey(path))
               let text = ReadText(path)
               where text is not null
               from Match match in PrivatePath().Matches(text).Concat(RealToken().Matches(text))
               select $"{path}: {match.Value}",
        ];

        Assert.Empty(telling);
    }

    [Fact]
    public async Task No_file_names_the_host_of_a_package_registry()
    {
        string[] naming =
        [
            .. from path in await TrackedAsync(_ => true)
               let text = ReadText(path)
               where text is not null
               from Match match in RegistryHost().Matches(text)
               select $"{path}: {match.Value}",
        ];

        Assert.Empty(naming);
    }

    [Theory]
    [InlineData("https://registry.npmjs" + ".org/", true)]
    [InlineData("api.nuget" + ".org", true)]
    [InlineData("files.pythonhosted" + ".org", true)]
    [InlineData("dotnet nuget push", false)]
    public void The_host_of_a_registry_is_told_from_the_name_of_a_tool(string text, bool isHost) =>
        Assert.Equal(isHost, RegistryHost().IsMatch(text));

    [Theory]
    [InlineData("cp /root/.ssh/id_rsa .", true)]
    [InlineData("at /home/jo/src/file.cs:line 3", true)]
    [InlineData("/Users/jo/Library", true)]
    [InlineData(@"C:\Users\jo\AppData", true)]
    [InlineData("/home/user/models, /home/alice/x and /Users/me/y stand for anybody", false)]
    [InlineData("-v models:/root/.cache/huggingface", false)]
    [InlineData("https://example.test/home/page", false)]
    [InlineData("docs/root/file", false)]
    public void A_private_path_is_told_from_an_example(string text, bool isPrivate) =>
        Assert.Equal(isPrivate, PrivatePath().IsMatch(text));

    [Theory]
    [InlineData("hf_DEMOaliceREAD00000000000000000000000000000", false)]
    [InlineData("hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", false)]
    [InlineData("hf_" + "QmVrZkPwTnXsLdYcHgJbRfAoEuIzMtNqKx", true)]
    public void A_real_token_is_told_from_a_made_up_one(string text, bool isReal) =>
        Assert.Equal(isReal, RealToken().IsMatch(text));

    [Fact]
    [Trait("Requirement", "S2-17")]
    public async Task No_token_is_built_in()
    {
        string[] tracked = [.. (await TrackedAsync(path => !MayNamePaths.ContainsKey(path))).Where(path => ReadText(path) is { } text && RealToken().IsMatch(text))];
        string[] assemblies = [.. Directory.GetFiles(AppContext.BaseDirectory, "*.dll").Where(IsOurs)];

        Assert.Empty(tracked);
        Assert.Contains("snug.dll", assemblies.Select(Path.GetFileName));
        Assert.True(assemblies.Length >= 8, $"{assemblies.Length} assemblies");
        foreach (string assembly in assemblies)
        {
            // Names and literals are UTF-8, texts are UTF-16.
            byte[] bytes = await File.ReadAllBytesAsync(assembly, TestContext.Current.CancellationToken);
            Assert.DoesNotMatch(BuiltInToken(), System.Text.Encoding.Latin1.GetString(bytes));
            Assert.DoesNotMatch(BuiltInToken(), System.Text.Encoding.Unicode.GetString(bytes));
            Assert.DoesNotMatch(BuiltInToken(), System.Text.Encoding.Unicode.GetString(bytes.AsSpan(1)));
        }
    }

    [Fact]
    public async Task There_are_no_binaries_to_run() =>
        Assert.Empty(await TrackedAsync(path => BinaryLibraries.Contains(Path.GetExtension(path))));

    private static async Task<IEnumerable<string>> TrackedAsync(Func<string, bool> filter) => (await Repository.TrackedFilesAsync()).Where(filter);

    private static IEnumerable<string> Folders(string path)
    {
        for (int slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            yield return path[..slash];
        }
    }

    private static bool IsGenerated(string path) =>
        path.EndsWith(".g.cs", StringComparison.Ordinal) || path.EndsWith(".Generated.cs", StringComparison.Ordinal)
        || Repository.Read(path).StartsWith("// <auto-generated", StringComparison.Ordinal);

    private static bool IsRootedOrAddress(string text) => RootedPath().IsMatch(text) || text.Contains("://", StringComparison.Ordinal);

    private static IEnumerable<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Strings(property.Value).Prepend(property.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        JsonValueKind.String when !IsHash(element.GetString()!) => [element.GetString()!],
        _ => [],
    };

    /// <summary>A package's SHA-512 in base 64, which may begin with a slash.</summary>
    private static bool IsHash(string text) => text.Length == 88 && text.EndsWith("==", StringComparison.Ordinal);

    /// <summary>The text of a file, or <see langword="null"/> when it is no text.</summary>
    private static string? ReadText(string path)
    {
        FileInfo file = new(Repository.FullPath(path));
        if (file.LinkTarget is not null || file.Length > MaxTextLength)
        {
            return null;
        }

        string text = Repository.Read(path);
        return text.Contains('\0', StringComparison.Ordinal) ? null : text;
    }

    [GeneratedRegex(@"[\w.\-]*\b(npmjs|yarnpkg|nuget|debian|pypi|pythonhosted|crates)[.](org|com|io)\b", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex RegistryHost();

    [GeneratedRegex(@"^ *\t", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex TabInIndent();

    [GeneratedRegex(@"^([A-Za-z]:)?[\\/]|^~/|^file:", RegexOptions.ExplicitCapture)]
    private static partial Regex RootedPath();

    // Placeholders for people, and the home of the root user in container images as the Hub's own documentation mounts it, are examples.
    [GeneratedRegex(@"(?<![\w.\-])(/root/(?!\.cache/huggingface)|/(w[o]rk|f[a]rm)/\w|/home/(?!(user|me|you|alice|bob|app|runner)\b)\w|/Users/(?!(user|me|you|alice|bob)\b)\w|[A-Za-z]:\\+Users\\+(?!(user|me|you|alice|bob)\b)\w)", RegexOptions.ExplicitCapture)]
    private static partial Regex PrivatePath();

    private static bool IsOurs(string path) =>
        Path.GetFileName(path) is "snug.dll" || (Path.GetFileName(path).StartsWith("Snug.", StringComparison.Ordinal) && !path.EndsWith(".Tests.dll", StringComparison.Ordinal));

    /// <summary>Anything of the form of a token, but those of the demonstration, which the Hub that is embedded knows and no other; shorter texts are prefixes.</summary>
    [GeneratedRegex("hf_(?!DEMO)[A-Za-z0-9]{30}", RegexOptions.ExplicitCapture)]
    private static partial Regex BuiltInToken();

    /// <summary>The Hub's tokens are 34 letters; made-up ones have digits, or few different letters.</summary>
    [GeneratedRegex(@"\bhf_(?![A-Za-z]*(?<letter>[A-Za-z])\k<letter>{3})[A-Za-z]{34}\b", RegexOptions.ExplicitCapture)]
    private static partial Regex RealToken();
}
