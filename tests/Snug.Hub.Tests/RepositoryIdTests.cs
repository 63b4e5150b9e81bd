namespace Snug.Hub.Tests;

public sealed class RepositoryIdTests
{
    [Theory]
    [Trait("Requirement", "S3-09")]
    [InlineData("gpt2", "gpt2", null, null)]
    [InlineData("openai/whisper-tiny", "openai/whisper-tiny", null, null)]
    [InlineData("datasets/rajpurkar/squad", "datasets/rajpurkar/squad", null, null)]
    [InlineData("hf://org/name@v1/a/b.json", "org/name", "v1", "a/b.json")]
    [InlineData("hf://datasets/org/name@refs/pr/3/x.csv", "datasets/org/name", "refs/pr/3", "x.csv")]
    [InlineData("https://huggingface.co/org/name/resolve/main/sub/model.bin?download=true", "org/name", "main", "sub/model.bin")]
    [InlineData("https://huggingface.co/spaces/org/app/blob/main/app.py", "spaces/org/app", "main", "app.py")]
    [InlineData("https://huggingface.co/gpt2/tree/refs%2Fpr%2F1", "gpt2", "refs/pr/1", null)]
    [InlineData("hf.co/org/name", "org/name", null, null)]
    public void What_people_paste_is_understood(string text, string repository, string? revision, string? path)
    {
        RepositoryReference reference = RepositoryReference.Parse(text);

        Assert.Equal(repository, reference.Repository.ToString());
        Assert.Equal(revision, reference.Revision);
        Assert.Equal(path, reference.Path);
    }

    [Theory]
    [Trait("Requirement", "S3-09")]
    [InlineData("")]
    [InlineData("a/b/c")]
    [InlineData("/name")]
    [InlineData("org/")]
    [InlineData("org/na me")]
    [InlineData("org/na--me")]
    [InlineData("org/..")]
    [InlineData("-org/name")]
    [InlineData("org/name.git")]
    [InlineData("https://example.com/org/name")]
    [InlineData("hf://org/name@main/../../etc/passwd")]
    public void What_is_no_repository_is_refused_with_advice(string text)
    {
        HubException e = Assert.Throws<HubException>(() => RepositoryId.Parse(text));

        Assert.Equal(HubErrorKind.InvalidRequest, e.Kind);
        Assert.NotEmpty(e.Advice);
        Assert.True(text.Contains("://", StringComparison.Ordinal) || e.Advice[0].Contains("'name', 'namespace/name'", StringComparison.Ordinal), e.Advice[0]);
    }

    [Theory]
    [InlineData("gpt2", "models--gpt2")]
    [InlineData("openai/whisper-tiny", "models--openai--whisper-tiny")]
    [InlineData("datasets/rajpurkar/squad", "datasets--rajpurkar--squad")]
    public void The_cache_folder_follows_the_Python_client_both_ways(string id, string folder)
    {
        Assert.Equal(folder, CacheLayout.FolderName(id));
        Assert.Equal(RepositoryId.Parse(id), CacheLayout.ParseFolderName(folder));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a\\..\\x")]
    [InlineData("C:/x")]
    [InlineData("a//b")]
    [InlineData("a\u0000b")]
    public void Paths_that_leave_the_repository_are_refused(string path) => Assert.NotNull(RepositoryPath.FindProblem(path));

    [Theory]
    [Trait("Requirement", "S0-35")]
    [InlineData("CON")]
    [InlineData("sub/nul.txt")]
    [InlineData("name.")]
    [InlineData("ab:c")]
    public void Names_that_Windows_cannot_hold_are_refused_there_only(string path)
    {
        Assert.NotNull(RepositoryPath.FindProblem(path, windows: true));
        Assert.Null(RepositoryPath.FindProblem(path, windows: false));
    }
}
