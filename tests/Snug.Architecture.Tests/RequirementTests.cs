using System.Text.RegularExpressions;

namespace Snug.Architecture.Tests;

/// <summary>
/// What was asked of the provider with token handling (S1-01 to S1-44) has tests, each row at least one that is for it alone. A test says what it
/// is for by a trait: <c>[Trait("Requirement", "S1-01")]</c>, so that <c>--filter-trait Requirement=S1-01</c> runs it.
/// </summary>
public sealed partial class RequirementTests
{
    private const int Rows = 44;

    private static readonly string[] Known = [.. Enumerable.Range(1, Rows).Select(number => $"S1-{number:00}")];

    public static TheoryData<string> Requirements => [.. Known];

    [Theory]
    [MemberData(nameof(Requirements))]
    public void A_row_has_a_test_of_its_own(string requirement) =>
        Assert.Contains(TestsByRequirements(), test => test.Requirements.SequenceEqual([requirement]));

    [Fact]
    public void A_trait_names_a_row_that_there_is() =>
        Assert.Empty(TestsByRequirements().SelectMany(test => test.Requirements).Except(Known));

    [Fact]
    public void Traits_are_read_with_the_name_of_their_test()
    {
        const string Source = """
                [Theory]
                [Trait("Requirement", "S1-98")]
                [InlineData("x", 1)]
                [Trait("Requirement", "S1-99")]
                public async Task It_works(string x)
                {
                }

                [Fact]
                public void Another()
            """;

        (string name, string[] requirements) = Assert.Single(Read(Source));
        Assert.Equal("It_works", name);
        Assert.Equal(["S1-98", "S1-99"], requirements);
    }

    private static List<(string Name, string[] Requirements)> TestsByRequirements() =>
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
