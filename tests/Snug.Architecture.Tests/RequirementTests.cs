using System.Text.RegularExpressions;

namespace Snug.Architecture.Tests;

/// <summary>
/// What was asked for has tests, each row of the catalogue at least one that is for it alone. A test says what it is for by a trait:
/// <c>[Trait("Requirement", "S1-01")]</c>, so that <c>--filter-trait Requirement=S1-01</c> runs it.
/// </summary>
public sealed partial class RequirementTests
{
    /// <summary>The parts of the catalogue, and how many rows each has.</summary>
    private static readonly (string Part, int Rows)[] Parts =
    [
        ("S0", 44),
        ("S1", 44),
        ("S2", 39),
        ("S3", 51),
        ("S4", 30),
    ];

    /// <summary>Rows that no test can show here, and why.</summary>
    private static readonly Dictionary<string, string> NotShown = new(StringComparer.Ordinal)
    {
        ["S3-23"] = "A folder of the tokenizer library's own: there is one cache for all programs, that of the Python client, in the same place on every system.",
        ["S3-24"] = "The layout of that folder, with a file of metadata beside the revisions: ours is the layout of the Python client, where refs and listings say the same.",
    };

    private static readonly string[] Known =
        [.. Parts.SelectMany(part => Enumerable.Range(1, part.Rows).Select(number => $"{part.Part}-{number:00}"))];

    public static TheoryData<string> Requirements => [.. Known.Except(NotShown.Keys)];

    [Theory]
    [MemberData(nameof(Requirements))]
    public void A_row_has_a_test_of_its_own(string requirement) =>
        Assert.Contains(TestsByRequirements(), test => test.Requirements.SequenceEqual([requirement]));

    [Fact]
    public void A_trait_names_a_row_that_there_is() =>
        Assert.Empty(TestsByRequirements().SelectMany(test => test.Requirements).Except(Known));

    [Fact]
    public void A_row_that_is_not_shown_has_a_reason_and_no_test()
    {
        Assert.Empty(NotShown.Keys.Except(Known));
        Assert.All(NotShown.Values, reason => Assert.True(reason.Length > 20, reason));
        Assert.Empty(TestsByRequirements().SelectMany(test => test.Requirements).Intersect(NotShown.Keys));
    }

    [Fact]
    public void Traits_are_read_with_the_name_of_their_test()
    {
        const string Source = """
                [Theory]
                [Trait("Requirement", "S9-98")]
                [InlineData("x", 1)]
                [Trait("Requirement", "S9-99")]
                public async Task It_works(string x)
                {
                }

                [Fact]
                public void Another()
            """;

        (string name, string[] requirements) = Assert.Single(Read(Source));
        Assert.Equal("It_works", name);
        Assert.Equal(["S9-98", "S9-99"], requirements);
    }

    /// <summary>The tests with the trait.</summary>
    internal static List<(string Name, string[] Requirements)> TestsByRequirements() =>
        [.. Repository.Find("tests", "*.cs").Where(file => !file.EndsWith("/RequirementTests.cs", StringComparison.Ordinal)).SelectMany(file => Read(Repository.Read(file)))];

    /// <summary>The methods of a source that have the trait; their attributes stand in the lines before them.</summary>
    private static List<(string Name, string[] Requirements)> Read(string source)
    {
        List<(string, string[])> tests = [];
        List<string> requirements = [];
        foreach (string line in source.Split('\n'))
        {
            if (RequirementTrait().Match(line) is { Success: true } mark)
            {
                requirements.Add(mark.Groups["id"].Value);
            }
            else if (Method().Match(line) is { Success: true } method)
            {
                if (requirements.Count > 0)
                {
                    tests.Add((method.Groups["name"].Value, [.. requirements]));
                }

                requirements.Clear();
            }
        }

        return tests;
    }

    [GeneratedRegex("""^\s*\[Trait\("Requirement", "(?<id>[^"]+)"\)\]""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RequirementTrait();

    [GeneratedRegex("""^\s*public (async Task|Task|void) (?<name>\w+)\(""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Method();
}
