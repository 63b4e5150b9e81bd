using System.Reflection;
using System.Text.RegularExpressions;

namespace Snug.AI.Tests;

/// <summary><c>docs/chat-conformance.md</c> and the tests of behaviour name the same things.</summary>
public sealed partial class ConformancePageTests
{
    [Fact]
    public void Every_behaviour_that_is_tested_is_on_the_page_and_every_test_on_the_page_is_there()
    {
        string page = File.ReadAllText(Path.Join(TestPaths.RepositoryRoot, "docs", "chat-conformance.md"));
        string[] tests =
        [
            .. typeof(ChatClientBehaviour).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(method => method.GetCustomAttributes().Any(attribute => attribute is FactAttribute)).Select(method => method.Name),
        ];

        Assert.Equal(tests.Order(StringComparer.Ordinal), TestNames().Matches(page).Select(match => match.Groups["name"].Value).Distinct().Order(StringComparer.Ordinal));
        Assert.True(tests.Length >= 45);
    }

    [GeneratedRegex(@"`(?<name>[A-Z][a-z]*_\w+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TestNames();
}
