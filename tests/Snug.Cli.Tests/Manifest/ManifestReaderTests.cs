namespace Snug.Cli.Tests;

/// <summary>A manifest is read strictly: what is not understood is an error that says where it stands and what is allowed there.</summary>
public sealed class ManifestReaderTests : IDisposable
{
    private static readonly Uri Endpoint = new("https://huggingface.co");

    private readonly TempFolder _project = new();

    public void Dispose() => _project.Dispose();

    [Fact]
    public void All_that_the_format_has_is_read()
    {
        ProjectManifest manifest = Read("""
            {
              "$schema": "snug.schema.json",
              "name": "Suomi",
              "models": [
                "org/plain",
                { "repository": "org/exact", "revision": "v1", "include": ["*.json"], "exclude": ["big.*"], "directory": "checkpoints/exact" },
              ],
              "stages": [
                { "name": "system", "run": "echo one" }, // a comment
                {
                  "name": "data", "title": "The data", "run": ["echo two", "echo three"], "token": "required",
                  "inputs": ["list.txt"], "outputs": ["data"], "models": ["org/exact"]
                }
              ]
            }
            """)!;

        Assert.Equal(("Suomi", 2, 2), (manifest.Name, manifest.Models.Count, manifest.Stages.Count));
        Assert.Equal("org/exact at v1", manifest.Models[1].Name);
        Assert.Equal(["*.json"], manifest.Models[1].Include);
        Assert.Equal(["big.*"], manifest.Models[1].Exclude);
        Assert.Equal("checkpoints/exact", manifest.Models[1].Directory);
        Assert.Equal(("system", "system", TokenNeed.None), (manifest.Stages[0].Name, manifest.Stages[0].Title, manifest.Stages[0].Token));
        Assert.Equal(("The data", TokenNeed.Required), (manifest.Stages[1].Title, manifest.Stages[1].Token));
        Assert.Equal(["echo two", "echo three"], manifest.Stages[1].Commands);
        Assert.Equal(["list.txt"], manifest.Stages[1].Inputs);
        Assert.Equal(["data"], manifest.Stages[1].Outputs);
        Assert.Same(manifest.Models[1], Assert.Single(manifest.Stages[1].Models));
    }

    [Fact]
    public void A_folder_without_a_manifest_has_none() => Assert.Null(ProjectManifest.TryRead(_project.Path, Endpoint));

    [Fact]
    public void The_smallest_manifest_is_an_empty_object_named_after_its_folder()
    {
        ProjectManifest manifest = Read("\uFEFF{}")!;

        Assert.Equal(Path.GetFileName(_project.Path), manifest.Name);
        Assert.Empty(manifest.Models);
        Assert.Empty(manifest.Stages);
    }

    [Theory]
    [InlineData("""[]""", "$,", "an object is expected, not a list")]
    [InlineData("""{ "model": [] }""", "$.model,", "name, models, stages")]
    [InlineData("""{ "models": 5 }""", "$.models,", "a list is expected, not a number")]
    [InlineData("""{ "models": [{}] }""", "$.models[0],", "'repository' is missing")]
    [InlineData("""{ "models": ["a/b", null] }""", "$.models[1],", "an object is expected, not null")]
    [InlineData("""{ "models": ["not a repository"] }""", "$.models[0],", "not a repository")]
    [InlineData("""{ "models": ["hf://org/name/config.json"] }""", "$.models[0],", "\"include\": [\"config.json\"]")]
    [InlineData("""{ "models": ["a/b", "a/b"] }""", "$.models[1],", "a second time")]
    [InlineData("""{ "models": [{ "repository": "a/b", "revision": "a..b" }] }""", "$.models[0].revision,", "is not a revision")]
    [InlineData("""{ "models": [{ "repository": "a/b", "include": "*" }] }""", "$.models[0].include,", "a list is expected, not a text")]
    [InlineData("""{ "models": [{ "repository": "a/b", "directory": "../elsewhere" }] }""", "$.models[0].directory,", "does not stay in the project")]
    [InlineData("""{ "models": [{ "repository": "a/b", "directory": "/elsewhere" }] }""", "$.models[0].directory,", "does not stay in the project")]
    [InlineData("""{ "models": [{ "repository": "a/b", "weights": 1 }] }""", "$.models[0].weights,", "repository, revision, include, exclude, directory")]
    [InlineData("""{ "stages": [{ "name": "a" }] }""", "$.stages[0],", "'run' is missing")]
    [InlineData("""{ "stages": [{ "run": "echo" }] }""", "$.stages[0],", "'name' is missing")]
    [InlineData("""{ "stages": [{ "name": "a b", "run": "echo" }] }""", "$.stages[0].name,", "letters, digits")]
    [InlineData("""{ "stages": [{ "name": "a", "run": [] }] }""", "$.stages[0].run,", "there is no command")]
    [InlineData("""{ "stages": [{ "name": "a", "run": " " }] }""", "$.stages[0].run,", "the text is empty")]
    [InlineData("""{ "stages": [{ "name": "a", "run": ["echo", 7] }] }""", "$.stages[0].run[1],", "a text is expected, not a number")]
    [InlineData("""{ "stages": [{ "name": "a", "run": "echo", "token": "always" }] }""", "$.stages[0].token,", "none, optional, required")]
    [InlineData("""{ "stages": [{ "name": "a", "run": "echo", "outputs": ["a/../../b"] }] }""", "$.stages[0].outputs[0],", "does not stay in the project")]
    [InlineData("""{ "stages": [{ "name": "a", "run": "echo", "models": ["a/b"] }] }""", "$.stages[0].models[0],", "not among the project's models")]
    [InlineData("""{ "stages": [{ "name": "a", "run": "echo" }, { "name": "a", "run": "echo" }] }""", "$.stages[1],", "already")]
    [InlineData("""{ "odd key": 1 }""", "$['odd key'],", "there is no such property")]
    public void What_is_not_allowed_is_named_with_its_path(string text, string path, string says)
    {
        CliException error = Assert.Throws<CliException>(() => Read(text));

        Assert.Equal((ExitCodes.Usage, "invalid_manifest"), (error.ExitCode, error.Kind));
        string all = error.Message + "\n" + string.Join('\n', error.Advice);
        Assert.Contains("at " + path, error.Message, StringComparison.Ordinal);
        Assert.Contains(says, all, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"models\": [ }", "line 1, byte 15")]
    [InlineData("{ \"name\": \"a\", \"name\": \"b\" }", "name")]
    [InlineData("", "not JSON")]
    [InlineData("\0\u0001", "not JSON")]
    public void What_is_not_JSON_is_named_with_its_place(string text, string says)
    {
        CliException error = Assert.Throws<CliException>(() => Read(text));

        Assert.Equal("invalid_manifest", error.Kind);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Length_nesting_and_counts_are_bounded()
    {
        Assert.Contains("longer than", Assert.Throws<CliException>(() => Read(new string(' ', ManifestReader.MaxLength + 1))).Message, StringComparison.Ordinal);
        Assert.Contains("not JSON", Assert.Throws<CliException>(() => Read(new string('[', 100_000))).Message, StringComparison.Ordinal);
        string models = string.Join(',', Enumerable.Range(0, ManifestReader.MaxModels + 1).Select(i => $"\"org/m{i}\""));
        Assert.Contains("at $.models, the list has 1,001 items", Assert.Throws<CliException>(() => Read($"{{\"models\":[{models}]}}")).Message, StringComparison.Ordinal);
        string command = new('x', ManifestReader.MaxTextLength + 1);
        Assert.Contains("at $.stages[0].run,", Assert.Throws<CliException>(() => Read($$"""{"stages":[{"name":"a","run":"{{command}}"}]}""")).Message, StringComparison.Ordinal);
    }

    private ProjectManifest? Read(string text)
    {
        File.WriteAllText(Path.Join(_project.Path, ProjectManifest.FileName), text);
        return ProjectManifest.TryRead(_project.Path, Endpoint);
    }
}
