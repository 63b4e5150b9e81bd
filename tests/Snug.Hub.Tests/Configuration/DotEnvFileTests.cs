using Snug.TestKit;

namespace Snug.Hub.Tests;

public sealed class DotEnvFileTests
{
    [Theory]
    [InlineData("A=b", "b")]
    [InlineData("  A = b  ", "b")]
    [InlineData("export A=b", "b")]
    [InlineData("export\tA=b", "b")]
    [InlineData("A=", "")]
    [InlineData("A=''", "")]
    [InlineData("A=b # comment", "b")]
    [InlineData("A=b#c", "b#c")]
    [InlineData("A= # only a comment", "")]
    [InlineData("A=\"b # c\" # d", "b # c")]
    [InlineData("A='b # c'", "b # c")]
    [InlineData("A='it\\n $HOME \"x\"'", "it\\n $HOME \"x\"")]
    [InlineData("A=\"l1\\nl2\\t\\\"q\\\" \\\\ \\$X \\y\"", "l1\nl2\t\"q\" \\ $X \\y")]
    [InlineData("A=$HOME/x", "$HOME/x")]
    [InlineData("A=\"${HOME}\"", "${HOME}")]
    [InlineData("A=`id`", "`id`")]
    [InlineData("A=b=c", "b=c")]
    [InlineData("\uFEFFA=b", "b")]
    [InlineData("A=b\r\n", "b")]
    [InlineData("A=b\rB=c", "b")]
    [InlineData("A=\"one\ntwo\"", "one\ntwo")]
    [InlineData("A=1\nA=2", "2")]
    [InlineData("# A=x\nA=b", "b")]
    [InlineData("A=päss", "päss")]
    public void A_value_is_read(string text, string expected)
    {
        DotEnvFile file = DotEnvFile.Parse(text);

        Assert.Equal(expected, file.Variables["A"]);
        Assert.Empty(file.Problems);
    }

    [Theory]
    [InlineData("A", "A")]
    [InlineData("export A", "A")]
    [InlineData("1A=b", null)]
    [InlineData("A-B=c", "A")]
    [InlineData("A=\"open", "A")]
    [InlineData("A='x' y", "A")]
    [InlineData("=b", null)]
    [InlineData("hello world", "hello")]
    public void A_line_that_is_no_assignment_is_passed_over_and_named(string text, string? name)
    {
        DotEnvFile file = DotEnvFile.Parse($"FIRST=1\n{text}\nLAST=2");

        Assert.Equal(["FIRST", "LAST"], file.Variables.Keys.Order(StringComparer.Ordinal));
        DotEnvProblem problem = Assert.Single(file.Problems);
        Assert.Equal((2, name), (problem.Line, problem.Name));
    }

    [Fact]
    public void What_looks_like_an_assignment_inside_a_quoted_value_is_none()
    {
        DotEnvFile file = DotEnvFile.Parse("KEY=\"-----\nHF_TOKEN=hf_inside\n-----\"\nB=1");

        Assert.Equal(["B", "KEY"], file.Variables.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Lines_after_a_value_that_spans_several_keep_their_numbers()
    {
        DotEnvFile file = DotEnvFile.Parse("A=\"1\r\n2\n3\"\nbad\n");

        Assert.Equal(4, Assert.Single(file.Problems).Line);
    }

    [Fact]
    public void A_problem_does_not_tell_the_value() =>
        Assert.DoesNotContain("secret", DotEnvFile.Parse("HF_TOKEN=\"secret").Problems[0].ToString(), StringComparison.Ordinal);

    [Fact]
    public void A_missing_or_empty_file_is_none()
    {
        using TemporaryFolder folder = new();

        Assert.Null(DotEnvFile.TryRead(Path.Join(folder.Root, ".env")));
        Assert.Null(DotEnvFile.TryRead(folder.Write(".env", "")));
    }

    [Fact]
    public void A_file_that_is_too_large_is_refused_before_it_is_read()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write(".env", "A=1\n" + new string('#', DotEnvFile.MaxLength));

        Assert.Throws<IOException>(() => DotEnvFile.TryRead(path));
    }

    [Fact]
    public async Task A_pipe_that_nobody_writes_to_does_not_stop_the_program()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes in folders.");
        using TemporaryFolder folder = new();
        string path = Path.Join(folder.Root, ".env");
        await CommandRunner.RunAsync("mkfifo", [path], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Null(await Task.Run(() => DotEnvFile.TryRead(path)).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    /// <summary>Whatever the bytes, reading ends, and no value stands where no assignment can.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_text_is_read_without_failing(int seed)
    {
        Random random = new(seed);
        const string Alphabet = "A=_\"'\\# \t\r\n$x1\uFEFF";
        for (int i = 0; i < 5000; i++)
        {
            char[] text = new char[random.Next(40)];
            for (int c = 0; c < text.Length; c++)
            {
                text[c] = Alphabet[random.Next(Alphabet.Length)];
            }

            DotEnvFile file = DotEnvFile.Parse(new string(text));

            Assert.All(file.Variables.Keys, name => Assert.Matches("^[A-Za-z_][A-Za-z0-9_]*$", name));
            Assert.All(file.Problems, p => Assert.InRange(p.Line, 1, text.Length + 1));
        }
    }
}
