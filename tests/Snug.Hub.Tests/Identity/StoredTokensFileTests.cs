namespace Snug.Hub.Tests;

/// <summary>The form of <c>stored_tokens</c>. The golden text was written by the Python client (huggingface_hub 1.29.0.dev0).</summary>
public sealed class StoredTokensFileTests
{
    private const string Golden =
        "[oauth-bob]\nhf_token = hf_oauth_x\nrefresh_token = r=1;#\nexpires_at = 1790000000\n\n"
        + "[zeta read]\nhf_token = hf_xxxxB%41\n\n"
        + "[Äpfel [x]]\nhf_token = hf_xxxxA\n\n";

    [Fact]
    public void What_the_python_client_wrote_is_read_and_written_back_byte_for_byte()
    {
        Dictionary<string, Dictionary<string, string>> sections = Parse(Golden);

        Assert.Equal(["oauth-bob", "zeta read", "Äpfel [x]"], sections.Keys);
        Assert.Equal("hf_xxxxB%41", sections["zeta read"]["hf_token"]);
        Assert.Equal("r=1;#", sections["oauth-bob"]["refresh_token"]);
        Assert.Equal(Golden, StoredTokensFile.Format(sections));
    }

    [Fact]
    public void Sections_are_written_in_the_order_of_code_points()
    {
        Dictionary<string, Dictionary<string, string>> sections = new(StringComparer.Ordinal);
        foreach (string name in (string[])["\U0001F600", "\uFFFD", "b", "B", "a"])
        {
            sections[name] = new Dictionary<string, string>(StringComparer.Ordinal) { ["hf_token"] = "hf_x" };
        }

        Assert.Equal(["[B]", "[a]", "[b]", "[\uFFFD]", "[\U0001F600]"], StoredTokensFile.Format(sections).Split('\n').Where(l => l.StartsWith('[')));
    }

    [Theory]
    [InlineData("[a]\nhf_token=hf_x")]
    [InlineData("[a]\r\nHF_TOKEN : hf_x\r\n")]
    [InlineData("# comment\n\n[a]\n; comment\nhf_token = hf_x\n")]
    [InlineData("  [a]\n  hf_token = hf_x\n")]
    public void Other_spellings_that_the_python_client_reads_are_read(string text) => Assert.Equal("hf_x", Parse(text)["a"]["hf_token"]);

    [Theory]
    [InlineData("hf_token = hf_secret\n")]
    [InlineData("[a]\nhf_token = hf_secret\n[a]\nhf_token = hf_secret\n")]
    [InlineData("[a]\nhf_token = hf_secret\nhf_token = hf_secret\n")]
    [InlineData("[a]\nhf_secret\n")]
    [InlineData("[a\nhf_token hf_secret")]
    [InlineData("{\"tokens\": [\"hf_secret\"]}")]
    [InlineData("{\"tokens\": {\"a\": \"hf_secret\"}}")]
    [InlineData("{\"tokens\": ")]
    [InlineData("{}")]
    public void What_the_python_client_cannot_read_is_refused_without_telling_what_it_holds(string text)
    {
        Assert.False(StoredTokensFile.TryParse(text, out _, out string? problem));
        Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_json_of_the_rust_client_is_read()
    {
        Dictionary<string, Dictionary<string, string>> sections =
            Parse("{\n  \"tokens\": {\n    \"work\": {\n      \"token\": \"hf_x\"\n    }\n  },\n  \"active\": \"work\"\n}");

        Assert.Equal("[work]\nhf_token = hf_x\n\n", StoredTokensFile.Format(sections));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("DEFAULT")]
    public void Names_that_would_break_the_file_are_refused(string name) => Assert.NotNull(StoredTokensFile.FindProblem(name));

    [Fact]
    public void Whatever_is_written_is_read_back()
    {
        Random random = new(7);
        const string Alphabet = "ab[]=:#;% \"'\\é";
        for (int i = 0; i < 500; i++)
        {
            string name = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Alphabet[random.Next(Alphabet.Length)])).Trim();
            if (StoredTokensFile.FindProblem(name) is not null)
            {
                continue;
            }

            Dictionary<string, Dictionary<string, string>> sections = new(StringComparer.Ordinal)
            {
                [name] = new Dictionary<string, string>(StringComparer.Ordinal) { ["hf_token"] = "hf_=:#;%", ["refresh_token"] = "" },
            };

            Dictionary<string, Dictionary<string, string>> back = Parse(StoredTokensFile.Format(sections));

            Assert.Equal(name, Assert.Single(back).Key);
            Assert.Equal(sections[name], back[name]);
        }
    }

    private static Dictionary<string, Dictionary<string, string>> Parse(string text)
    {
        Assert.True(StoredTokensFile.TryParse(text, out Dictionary<string, Dictionary<string, string>>? sections, out string? problem), problem);
        return sections;
    }
}
