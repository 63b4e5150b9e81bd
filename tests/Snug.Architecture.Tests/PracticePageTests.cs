namespace Snug.Architecture.Tests;

/// <summary>Pages that were asked for are there, with the parts that were asked for.</summary>
public sealed class PracticePageTests
{
    [Fact]
    [Trait("Requirement", "S3-29")]
    public void The_page_for_Python_shows_loading_a_private_token_a_revision_and_tokenization_and_names_four_differences()
    {
        string page = Repository.Read("docs/migrating-from-python.md");
        string[] differences = [.. Section(page, "## Four differences").Where(line => line.Length > 2 && char.IsAsciiDigit(line[0]) && line[1] == '.')];
        string[] both = Section(page, "## In short");
        string python = Code(both, "python");
        string ours = Code(both, "csharp");

        Assert.Equal(4, differences.Length);
        Assert.All((string[])["from_pretrained(\"org/private-model\"", "token=\"hf_...\"", "revision=\"v1.0\"", "tokenizer([\"Hello\""], part => Assert.Contains(part, python, StringComparison.Ordinal));
        Assert.All((string[])["FromHubAsync(\"org/private-model\"", "Token = AccessToken.Parse(\"hf_...\")", "Revision = \"v1.0\"", "EncodeBatch([\"Hello\""], part => Assert.Contains(part, ours, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "S3-46")]
    public void Five_good_practices_are_told_each_with_what_to_do()
    {
        string[] practices = [.. Section(Repository.Read("docs/run.md"), "## Good practice").Where(line => line.Length > 0)];

        Assert.Equal(5, practices.Length);
        string[][] parts = [["cache", "volume"], ["offline in production", "HF_HUB_OFFLINE=1"], ["errors", "HubException.Kind"], ["time-outs", "StallTimeout"], ["Clean up", "using"]];
        Assert.All(practices.Zip(parts), pair => Assert.All(pair.Second, part => Assert.Contains(part, pair.First, StringComparison.Ordinal)));
        Assert.Equal(Enumerable.Range('1', 5).Select(number => (char)number), practices.Select(line => line[0]));
    }

    /// <summary>That the links lead somewhere, that samples are compiled with the solution and that the surface is the real one is what other tests are for.</summary>
    [Fact]
    [Trait("Requirement", "S3-47")]
    public void There_are_examples_that_are_compiled_a_page_about_the_cache_and_a_reference_of_the_surface()
    {
        string index = Repository.Read("docs/README.md");
        string solution = Repository.Read("Snug.slnx");

        string[] samples = [.. Repository.Find("samples", "*.csproj")];
        Assert.NotEmpty(samples);
        Assert.All(samples, sample => Assert.Contains(sample, solution, StringComparison.Ordinal));
        Assert.All((string[])["(cache.md)", "(../api)", "(../samples/chat-api/README.md)"], link => Assert.Contains(link, index, StringComparison.Ordinal));
        Assert.All((string[])["## Layout", "snug cache"], part => Assert.Contains(part, Repository.Read("docs/cache.md"), StringComparison.Ordinal));
        Assert.All(
            ProjectFile.LoadSources().Where(project => !project.IsProgram),
            project => Assert.NotEmpty(Repository.Read($"api/{project.Name}.txt")));
        Assert.Contains("<GenerateDocumentationFile>true</GenerateDocumentationFile>", Repository.Read("Directory.Build.props"), StringComparison.Ordinal);
    }

    /// <summary>The lines below a heading, up to the next one of its level.</summary>
    private static string[] Section(string page, string heading) =>
        [.. page.ReplaceLineEndings("\n").Split('\n').SkipWhile(line => line != heading).Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))];

    private static string Code(string[] lines, string language) =>
        string.Join('\n', lines.SkipWhile(line => line != "```" + language).Skip(1).TakeWhile(line => line != "```"));
}
