namespace Snug.Architecture.Tests;

/// <summary>What a script that gets a model ready must do is tested, part by part.</summary>
public sealed class DownloaderSuiteTests
{
    [Fact]
    [Trait("Requirement", "S4-22")]
    public void Default_options_ways_to_call_force_failures_and_messages_are_tested()
    {
        Dictionary<string, string> parts = new()
        {
            ["the default model"] = "S4-08",
            ["the options of the command line"] = "S4-06",
            ["the tool and its assembly"] = "S4-12",
            ["a call from code"] = "S4-10",
            ["force"] = "S4-09",
            ["failures"] = "S4-14",
            ["where messages go"] = "S4-13",
            ["a logger of the caller"] = "S4-11",
        };

        List<(string Name, string[] Requirements)> tests = RequirementTests.TestsByRequirements();

        Assert.All(parts, part => Assert.True(tests.Any(test => test.Requirements.Contains(part.Value)), $"{part.Key} ({part.Value}) has no test."));
    }
}
