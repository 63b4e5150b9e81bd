using System.Text.RegularExpressions;
using Snug.Hub;

namespace Snug.Architecture.Tests;

/// <summary><c>docs/configuration.md</c> and the code name the same settings.</summary>
public sealed partial class ConfigurationPageTests
{
    private const string Page = "docs/configuration.md";

    /// <summary>Variables that everything on a machine shares, and that the page explains beside ours.</summary>
    private static readonly string[] Common = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "TERM"];

    [Fact]
    public void Every_variable_that_the_code_reads_is_on_the_page()
    {
        string[] read = [.. Repository.Find("src", "*.cs").SelectMany(path => InCode().Matches(Repository.Read(path))).Select(match => match.Groups["name"].Value).Distinct()];
        string page = Repository.Read(Page);

        Assert.Contains("HF_TOKEN", read);
        Assert.DoesNotContain(read, name => !Regex.IsMatch(page, $"`{name}[`=]"));
    }

    [Fact]
    public void Every_variable_on_the_page_is_read_by_the_code()
    {
        string code = string.Concat(Repository.Find("src", "*.cs").Select(Repository.Read));
        string[] named = [.. OnPage().Matches(Repository.Read(Page)).Select(match => match.Groups["name"].Value).Distinct().Except(Common)];

        Assert.Contains("HF_TOKEN", named);
        Assert.DoesNotContain(named, name => !code.Contains($"\"{name}\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_option_of_the_client_is_on_the_page()
    {
        string page = Repository.Read(Page);

        Assert.DoesNotContain(
            typeof(HubClientOptions).GetProperties().Select(property => property.Name),
            name => !Regex.IsMatch(page, $@"`([A-Za-z]+\.)?{name}( = \w+)?`"));
    }

    [GeneratedRegex("\"(?<name>(HF|HUGGING_FACE|HUGGINGFACE|TRANSFORMERS|XDG|SNUG|NO|LLM|OPENAI)_[A-Z_]+|[A-Z]+_MODEL)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex InCode();

    [GeneratedRegex("`(?<name>[A-Z]+_[A-Z_]+)(=[^`]*)?`", RegexOptions.ExplicitCapture)]
    private static partial Regex OnPage();
}
