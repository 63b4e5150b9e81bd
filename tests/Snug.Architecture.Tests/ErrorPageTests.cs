using System.Globalization;
using System.Reflection;
using Snug.Hub;

namespace Snug.Architecture.Tests;

/// <summary>The pages that <see cref="Exception.HelpLink"/> leads to.</summary>
public sealed class ErrorPageTests
{
    private const string Folder = "docs/errors";

    private static readonly string[] Sections =
        ["## What it means", "## How Snug decides", "## What to do", "## What a program should do", "## Related"];

    public static TheoryData<HubErrorKind> Kinds => [.. Enum.GetValues<HubErrorKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_kind_has_a_page_with_every_section_in_order(HubErrorKind kind)
    {
        string path = $"{Folder}/{HubException.PageOf(kind)}";
        Assert.True(File.Exists(Repository.FullPath(path)), $"{path} is missing.");

        string[] lines = Repository.Read(path).Split('\n');

        Assert.StartsWith("# ", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.Contains($"`{kind}`", StringComparison.Ordinal) && line.Contains($"`{HubException.CodeOf(kind)}`", StringComparison.Ordinal));
        Assert.Equal(Sections, lines.Where(line => line.StartsWith("## ", StringComparison.Ordinal)));
        string[] empty = [.. Sections.Where(section => lines.SkipWhile(line => line != section).Skip(1).FirstOrDefault(line => line.Length > 0)?.StartsWith('#') ?? true)];
        Assert.Empty(empty);
        Assert.Contains(lines, line => line.Contains($"exits with {ExitCodeOf(kind)}", StringComparison.Ordinal));
        Assert.Contains(lines.SkipWhile(line => line != "## What to do"), line => line.StartsWith("1. ", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_help_link_of_an_exception_leads_to_the_page(HubErrorKind kind) =>
        Assert.True(File.Exists(Repository.FullPath(new HubException(kind, "message").HelpLink!)));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_index_tells_code_and_exit_code_of_each_kind(HubErrorKind kind)
    {
        string start = $"| [`{kind}`]({HubException.PageOf(kind)}) | `{HubException.CodeOf(kind)}` | ";

        string row = Assert.Single(Repository.Read($"{Folder}/README.md").Split('\n'), line => line.StartsWith(start, StringComparison.Ordinal));

        Assert.Equal(ExitCodeOf(kind), int.Parse(row[start.Length..].Split(' ')[0], CultureInfo.InvariantCulture));
    }

    [Fact]
    public void There_is_no_page_without_a_kind()
    {
        IEnumerable<string> known = Enum.GetValues<HubErrorKind>().Select(HubException.PageOf).Append("README.md");

        Assert.Empty(Repository.Find(Folder, "*.md").Select(Path.GetFileName).Except(known));
    }

    /// <summary>What the command line ends with; its types are not for others, so they are looked up by name.</summary>
    private static int ExitCodeOf(HubErrorKind kind) =>
        (int)Assembly.Load("snug").GetType("Snug.Cli.ExitCodes", throwOnError: true)!.GetMethod("For", [typeof(HubException)])!
            .Invoke(null, [new HubException(kind, "message")])!;
}
