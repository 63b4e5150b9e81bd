using System.Text.RegularExpressions;

namespace Snug.Architecture.Tests;

/// <summary>Pages that show our names beside those of others show names that exist.</summary>
public sealed partial class MigrationPageTests
{
    /// <summary>What is used on the pages and is not ours.</summary>
    private static readonly HashSet<string> OfOthers =
    [
        "Console", "Write", "WriteLine", "IReadOnlyList", "IChatClient", "Builder", "Build", "Services", "Add", "WebApplication", "MapHealthChecks", "MapGet",
        "AddHealthChecks", "Configuration", "GetSection", "HealthCheckOptions", "HealthStatus", "Degraded", "StatusCodes", "Status503ServiceUnavailable", "Predicate",
        "ResultStatusCodes", "Contains", "Tags", "Run", "Status503",
    ];

    [Theory]
    [InlineData("docs/migrating-from-python.md")]
    [InlineData("docs/migrating-from-dotnet.md")]
    [InlineData("docs/hosting.md")]
    public void Every_name_in_our_column_and_in_our_code_is_in_the_public_surface(string page)
    {
        string[] lines = Repository.Read(page).Split('\n');
        string[] names = [.. Ours(lines).SelectMany(code => Names().Matches(Texts().Replace(code, "\"\""))).Select(match => match.Value).Distinct()];
        HashSet<string> known = [.. Repository.Find("api", "*.txt").SelectMany(file => Words().Matches(Repository.Read(file))).Select(match => match.Value)];

        Assert.NotEmpty(names);
        Assert.Empty(names.Except(known).Except(OfOthers));
    }

    [Fact]
    public void A_name_that_does_not_exist_is_found()
    {
        Assert.Equal(["`Tokenizer.FromNowhere(x)`"], Ours(["| theirs | ours |", "|---|---|", "| `Foo.Bar()` | `Tokenizer.FromNowhere(x)` |"]));
        Assert.Equal(["FromNowhere"], Names().Matches("Tokenizer.FromNowhere(x)").Select(match => match.Value).Where(name => name != "Tokenizer"));
    }

    /// <summary>The code spans of the last column of tables, and the lines of C#.</summary>
    private static IEnumerable<string> Ours(string[] lines)
    {
        bool inCode = false;
        foreach (string line in lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                inCode = line == "```csharp";
            }
            else if (inCode)
            {
                yield return line.Split("//")[0];
            }
            else if (line.StartsWith("| ", StringComparison.Ordinal))
            {
                foreach (Match span in Spans().Matches(line.TrimEnd(' ', '|').Split(" | ")[^1]))
                {
                    yield return span.Value;
                }
            }
        }
    }

    [GeneratedRegex("`[^`]+`")]
    private static partial Regex Spans();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Texts();

    [GeneratedRegex(@"(?<![A-Za-z0-9_])[A-Z][a-z][A-Za-z0-9]+(?![A-Za-z0-9_]*_)|\b(?:IModelDirectory|IChatClient)\b")]
    private static partial Regex Names();

    [GeneratedRegex("[A-Za-z0-9]+")]
    private static partial Regex Words();
}
