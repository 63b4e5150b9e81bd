using System.IO.Compression;
using System.Text.Json;
using Snug.Tokenizers.Conformance;

namespace Snug.Tokenizers.Tests;

/// <summary>Regular expressions: real ones from the Hub with recorded results, and odd ones compared with the reference engine.</summary>
public sealed class PatternTests(EngineFixture engines)
{
    private static readonly string[] Inputs =
    [
        "", "a", "ab", "aab", "aaab", "abc", "ABC", "Hello, World! 123", "a\nb\r\nc\n", "\n", " \n ", "foo.bar", "a² b½ $+<", "ſs SS ß ẞ kK\u212A", "ǆ Ǆ ǅ ΣσςΑα", "äÄ éÉ",
        "12345 6789", "a1b22c333", "x  y   z", "'s 'S 'ſ 'll 'LL", "日本語テキスト", "😀👍🏽", "_a_ b-c", "\u00A0\u2028\u0085", "aaaaaaaaaaaaaaaaaaaab", "ﬀ ﬃ ff ffi st ﬆ", "\\ [ ] { } ^ $ . |", "e\u0301 ŉ ʼn",
        "٣ ४ ५", "abcabcabc", "xyzzy", "tab\tbed", "\u01C5\u01C6", "İ i̇ ı I",
    ];

    public static TheoryData<string> Patterns() =>
    [
        "a+", "a*", "a?", "a+?", "a*?b", "a{2}", "a{2,}", "a{,2}", "a{1,2}?", "a{2}?", "a{2}+", "a++b", "a*+", "(?:ab)+", "(a|b)+c", "(a|ab)(c|bcd)", "(?>a+)b", "(?>a|ab)c",
        "^", "$", "^a", "b$", "\\Aa", "\\z", "\\Z", "\\G.", "\\b", "\\B", "\\bb", ".", "(?m:.)", "(?m).", "\\N", "\\O", "\\R", "\\h", "\\H", "\\s", "\\S+", "\\w+", "\\W+", "\\d+", "\\D+",
        "[abc]", "[^abc]", "[a-c]+", "[a\\-c]", "[-a]", "[a-]", "[]a]", "[^]a]", "[\\w&&[^a]]", "[a-z&&[^aeiou]]+", "[[:alpha:]]+", "[[:^alpha:]]+", "[[:punct:]]", "[\\d\\s]", "[^\\S\\n]", "[a[bc]]", "[^a[bc]]",
        "[\\x41-\\x5A]", "[\\u0041-\\u005a]", "\\x{1F600}", "\\u00e9", "\\t", "\\101", "\\.", "\\\\", "\\[", "a{", "a{,}", "{", "}", "]", "a{x}",
        "\\p{L}", "\\p{Lu}+", "\\P{L}+", "\\p{^L}", "\\p{Han}", "\\p{Latin}+", "\\p{Greek}", "\\p{Nd}", "\\pL", "\\p{Alpha}", "\\p{Space}", "\\p{ASCII}+", "\\p{Emoji}", "\\p{M}", "\\p{Any}",
        "(?i:a)", "(?i:abc)", "(?i)ß", "(?i:ss)", "(?i:ff)", "(?i:ﬀ)", "(?i:st)", "(?i:[a-z]+)", "(?i:[^a-z]+)", "(?i:[k])", "(?i:σ)", "(?i:ǆ)", "(?i:ŉ)", "(?i:[ß])", "(?i:ffi)", "(?i:i̇)", "(?i:ſ)", "(?i:'s|'t)", "a(?i)b|C", "(?i:a(?-i:b)c)",
        "(?=a)", "(?!a).", "(?<=a)b", "(?<!a)b", "(?<=ab|c).", "(?<!\\n)^", "a(?=b)", "a(?!b)", "\\s+(?!\\S)|\\s+", "(?<=\\p{L})\\d", "(?<=a+)b|b", "(?<!a{2})b",
        "(a)\\1", "(.)\\1+", "(?<x>a)\\k<x>", "([a-z])(\\d)?\\1", "(?#comment)a", "(?x: a b # c\n)", "a|b|", "|a", "()", "(?:)", "(a*)*", "(a*)+", "(?:a?)*?b", "(?:a|b)*abb", "x*y*z*", "(?:\\d{3})+", "\\d{1,3}(?=(?:\\d{3})*\\b)",
        "(?:(?:a)|(?:b(?:c)))", "a.c", "a[^c]*c", "[\\s\\S]", "\\p{L}+(?:'\\p{L}+)*", " ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+", "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+",
        "[\\p{L}--a]", "[a-\\d]", "[\\d-a]", "[a-c-e]", "[[a]-z]", "[a-[z]]", "[[:alpha:]-z]", "[\\w-]+", "[\\w]+", "[\\w²]", "\\w²", "\\p{Punct}+", "\\p{Word}+", "[\\p{Word}]+", "[&&a]", "[a&&]", "[\\b]", "\\e", "\\ca", "[\\]]", "[[a]", "[^\\W_]+", "[\\W_]+", "\\w{2,3}\\b", "(?i:é)", "(?i:[é-ë])",
    ];

    /// <summary>Patterns that the reference refuses, and that we must refuse, too.</summary>
    public static TheoryData<string> Wrong() =>
        ["(", ")", "a)", "[", "[a", "[b-a]", "*", "+a", "(?<n", "(?<=", "\\p{Foo}", "\\p{", "a{100001}", "\\", "(?z)", "[[:alpha:]", "(?", "\\k<x>", "(?<a>x)(?"];

    [Theory]
    [MemberData(nameof(Patterns))]
    public async Task A_pattern_matches_what_it_matches_in_the_reference(string pattern)
    {
        using ReferenceEngine engine = engines.Start();
        foreach (string behavior in (string[])["Isolated", "Removed"])
        {
            string texts = string.Join(',', Inputs.Select(ReferenceEngine.Quote));
            JsonDocument answer;
            try
            {
                answer = await engine.AskAsync($$"""{"op":"split","pattern":{{ReferenceEngine.Quote(pattern)}},"behavior":"{{behavior}}","invert":false,"texts":[{{texts}}]}""");
            }
            catch (ReferenceException)
            {
                // Refused there: then it must not match otherwise here.
                Assert.Throws<PatternException>(() => new Pattern(pattern));
                return;
            }

            if (!IsSupported(pattern))
            {
                Assert.Throws<PatternException>(() => new Pattern(pattern));
                return;
            }

            using (answer)
            {
                JsonElement[] theirs = [.. answer.RootElement.GetProperty("pieces").EnumerateArray()];
                for (int i = 0; i < Inputs.Length; i++)
                {
                    string?[] expected = [.. theirs[i].EnumerateArray().Select(piece => piece.GetString())];
                    string[] actual = Split(pattern, Inputs[i], Enum.Parse<SplitBehavior>(behavior), false);
                    Assert.True(expected.SequenceEqual(actual), $"{pattern} on {Inputs[i]}: [{string.Join('|', actual)}], reference [{string.Join('|', expected)}]");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_wrong_pattern_is_refused(string pattern)
    {
        using ReferenceEngine engine = engines.Start();
        await Assert.ThrowsAsync<ReferenceException>(() => engine.AskAsync($$"""{"op":"split","pattern":{{ReferenceEngine.Quote(pattern)}},"behavior":"Isolated","invert":false,"texts":[]}"""));
        Assert.Throws<PatternException>(() => new Pattern(pattern));
    }

    [Fact]
    public async Task The_patterns_found_on_the_Hub_give_the_recorded_pieces()
    {
        Assert.SkipWhen(Checkout.Fixtures is null, "The fixtures are not there.");
        string folder = Path.Combine(Checkout.Fixtures!, "regex");
        using JsonDocument patterns = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "splitRegexPatterns.json"), TestContext.Current.CancellationToken));
        JsonElement defaults = patterns.RootElement.GetProperty("defaults");
        SplitBehavior behavior = Enum.Parse<SplitBehavior>(defaults.GetProperty("behavior").GetString()!);
        bool invert = defaults.GetProperty("invert").GetBoolean();
        await using GZipStream stream = new(File.OpenRead(Path.Combine(folder, "splitRegexOracle.json.gz")), CompressionMode.Decompress);
        using JsonDocument oracle = await JsonDocument.ParseAsync(stream, cancellationToken: TestContext.Current.CancellationToken);
        int compared = 0;
        List<string> wrong = [];
        foreach (JsonElement entry in patterns.RootElement.GetProperty("patterns").EnumerateArray())
        {
            string pattern = entry.GetProperty("pattern").GetString()!;
            JsonElement recorded = oracle.RootElement.GetProperty("tokens").GetProperty((entry.TryGetProperty("name", out JsonElement name) ? name : entry.GetProperty("id")).GetString()!);
            JsonElement inputs = entry.TryGetProperty("inputs", out JsonElement own) ? own : defaults.GetProperty("inputs");
            for (int i = 0; i < inputs.GetArrayLength(); i++)
            {
                string input = inputs[i].GetString()!;
                string[] expected = [.. recorded[i].EnumerateArray().Select(piece => piece.GetString()!)];
                string[] actual = Split(pattern, input, behavior, invert);
                compared++;
                if (!expected.SequenceEqual(actual))
                {
                    wrong.Add($"{pattern} on {input}: [{string.Join('|', actual)}], recorded [{string.Join('|', expected)}]");
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {compared}: {string.Join('\n', wrong.Take(5))}");
        Assert.True(compared > 500);
    }

    [Fact]
    public void A_pattern_that_would_take_for_ever_is_stopped()
    {
        Pattern pattern = new("(a+)+$");
        Assert.Throws<TokenizerException>(() => pattern.FindAll(System.Text.Encoding.UTF8.GetBytes(new string('a', 60) + "b"), new MatchList()));
    }

    [Theory]
    [InlineData("(?<=a{300})b")]
    [InlineData("a\\Kb")]
    [InlineData("\\X")]
    [InlineData("(?~ab)")]
    [InlineData("((?:ab){1000}){1000}")]
    [InlineData("\\x{110000}")]
    [InlineData("\\g<1>(a)")]
    public void What_is_not_supported_is_refused(string pattern) => Assert.Throws<PatternException>(() => new Pattern(pattern));

    private static bool IsSupported(string pattern) => pattern is not ("\\ca" or "(?<=a+)b|b" or "[a-[z]]");

    private static string[] Split(string pattern, string text, SplitBehavior behavior, bool invert)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        MatchList matches = new();
        new Pattern(pattern).FindAll(bytes, matches);
        if (invert)
        {
            matches.Invert();
        }

        matches.Apply(behavior);
        List<string> pieces = [];
        foreach (TextPart part in matches.Parts)
        {
            if (part.End > part.Start)
            {
                pieces.Add(System.Text.Encoding.UTF8.GetString(bytes, part.Start, part.End - part.Start));
            }
        }

        return [.. pieces];
    }
}
