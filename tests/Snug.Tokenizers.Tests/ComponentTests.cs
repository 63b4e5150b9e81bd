using Snug.Tokenizers.Conformance;

namespace Snug.Tokenizers.Tests;

/// <summary>
/// Every component on its own, compared with the reference engine. A model whose only piece is the unknown one shows the text
/// of each piece as a token, and where it comes from.
/// </summary>
public sealed class ComponentTests(EngineFixture engines)
{
    private const string ShowText = """{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0.0]]}""";

    public static TheoryData<string> Normalizers() =>
    [
        """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}""",
        """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":false,"strip_accents":true,"lowercase":false}""",
        """{"type":"Bert","clean_text":false,"handle_chinese_chars":true,"strip_accents":false,"lowercase":true}""",
        """{"clean_text":true,"handle_chinese_chars":true,"lowercase":false}""",
        """{"type":"NFC"}""", """{"type":"NFD"}""", """{"type":"NFKC"}""", """{"type":"NFKD"}""",
        """{"type":"Lowercase"}""", """{"type":"Nmt"}""", """{"type":"StripAccents"}""", """{"type":"ByteLevel"}""",
        """{"type":"Strip","strip_left":true,"strip_right":true}""",
        """{"type":"Strip","strip_left":true,"strip_right":false}""",
        """{"strip_left":false,"strip_right":true}""",
        """{"type":"Prepend","prepend":"▁"}""", """{"prepend":"ab é"}""", """{"type":"Prepend","prepend":""}""",
        """{"type":"Replace","pattern":{"String":" "},"content":"▁"}""",
        """{"type":"Replace","pattern":{"String":"a"},"content":""}""",
        """{"type":"Replace","pattern":{"Regex":"\\s+"},"content":" "}""",
        """{"type":"Replace","pattern":{"Regex":"[aeiou]|é"},"content":"<é>"}""",
        """{"type":"Replace","pattern":{"Regex":"^"},"content":"▁"}""",
        """{"type":"Replace","pattern":{"Regex":"$"},"content":"!"}""",
        """{"type":"Replace","pattern":{"Regex":"\\b"},"content":"|"}""",
        """{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"StripAccents"},{"type":"Lowercase"}]}""",
        """{"type":"Sequence","normalizers":[{"type":"Replace","pattern":{"Regex":"^"},"content":"▁"},{"type":"Prepend","prepend":"x"}]}""",
        """{"type":"Sequence","normalizers":[{"type":"NFKD"},{"type":"Replace","pattern":{"Regex":"\\p{M}+"},"content":""},{"type":"NFC"},{"type":"Strip","strip_left":true,"strip_right":true}]}""",
        """{"type":"Sequence","normalizers":[{"type":"ByteLevel"},{"type":"NFC"},{"type":"Prepend","prepend":"Ġ"}]}""",
        """{"type":"Sequence","normalizers":[{"type":"Nmt"},{"type":"NFKC"},{"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "},{"type":"Lowercase"}]}""",
        """{"type":"Sequence","normalizers":[]}""",
    ];

    public static TheoryData<string> PreTokenizers() =>
    [
        """{"type":"BertPreTokenizer"}""", """{"type":"Whitespace"}""", """{"type":"WhitespaceSplit"}""", """{"type":"UnicodeScripts"}""",
        """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true}""",
        """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":false,"use_regex":false}""",
        """{"type":"CharDelimiterSplit","delimiter":"e"}""", """{"type":"CharDelimiterSplit","delimiter":"漢"}""",
        """{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}""",
        """{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":false}""",
        """{"type":"Metaspace","replacement":"_","prepend_scheme":"never"}""",
        """{"type":"Metaspace","replacement":"▁","str_rep":"▁","add_prefix_space":true}""",
        """{"type":"Digits","individual_digits":true}""", """{"type":"Digits","individual_digits":false}""",
        """{"type":"Punctuation"}""", """{"type":"Punctuation","behavior":"Removed"}""", """{"type":"Punctuation","behavior":"MergedWithPrevious"}""",
        """{"type":"Punctuation","behavior":"MergedWithNext"}""", """{"type":"Punctuation","behavior":"Contiguous"}""",
        """{"type":"FixedLength"}""", """{"type":"FixedLength","length":1}""", """{"type":"FixedLength","length":3}""",
        """{"type":"Split","pattern":{"String":" "},"behavior":"Isolated","invert":false}""",
        """{"type":"Split","pattern":{"String":""},"behavior":"Isolated","invert":false}""",
        """{"type":"Split","pattern":{"Regex":"\\w+"},"behavior":"MergedWithPrevious","invert":true}""",
        """{"type":"Split","pattern":{"Regex":"\\w+|\\s"},"behavior":"MergedWithNext","invert":false}""",
        """{"type":"Split","pattern":{"Regex":"\\s*"},"behavior":"Contiguous","invert":false}""",
        """{"type":"Split","pattern":{"Regex":"(?=\\p{Lu})"},"behavior":"Isolated","invert":false}""",
        """{"type":"Split","pattern":{"Regex":"\\p{L}+"},"behavior":"Contiguous","invert":true}""",
        """{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Metaspace","replacement":"▁","add_prefix_space":true},{"type":"Digits","individual_digits":true}]}""",
        """{"type":"Sequence","pretokenizers":[{"type":"Punctuation"},{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},{"type":"FixedLength","length":4}]}""",
        """{"type":"Sequence","pretokenizers":[{"type":"UnicodeScripts"},{"type":"Split","pattern":{"Regex":"\\d{3}"},"behavior":"Removed","invert":false}]}""",
    ];

    [Theory]
    [MemberData(nameof(Normalizers))]
    public Task A_normalizer_gives_what_the_reference_gives(string normalizer) =>
        CompareAsync(Json(ShowText, normalizer, """{"type":"FixedLength","length":1}"""), Texts(250, brief: true));

    [Theory]
    [MemberData(nameof(Normalizers))]
    public Task A_normalizer_before_words_gives_what_the_reference_gives(string normalizer) =>
        CompareAsync(Json(ShowText, normalizer, """{"type":"Whitespace"}"""), Texts(100, brief: true));

    [Theory]
    [MemberData(nameof(PreTokenizers))]
    public Task A_pre_tokenizer_gives_what_the_reference_gives(string preTokenizer) =>
        CompareAsync(Json(ShowText, preTokenizer: preTokenizer), Texts(250, brief: true));

    [Theory]
    [MemberData(nameof(PreTokenizers))]
    public Task A_pre_tokenizer_behind_a_normalizer_gives_what_the_reference_gives(string preTokenizer) =>
        CompareAsync(Json(ShowText, """{"type":"Sequence","normalizers":[{"type":"NFKD"},{"type":"Lowercase"},{"type":"Prepend","prepend":"▁"}]}""", preTokenizer), Texts(100, brief: true));

    [Fact]
    public async Task The_normalizers_of_real_maps_give_what_the_reference_gives()
    {
        foreach ((string name, string file) in TokenizerCatalog.All(engines.Folder))
        {
            if (name is "ortx-t5-small" or "kitoken-xlnet_base_cased" or "ortx-nmt-marian")
            {
                using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
                string normalizer = document.RootElement.GetProperty("normalizer").GetRawText();
                await CompareAsync(Json(ShowText, normalizer, """{"type":"FixedLength","length":1}"""), Texts(2500, brief: true));
            }
        }
    }

    // A token that begins with white space, behind one that takes white space along, makes the reference end: there is none here.
    [Theory]
    [InlineData("""[{"content":"ab","single_word":true},{"content":"abc"},{"content":" x "},{"content":"é","normalized":true}]""")]
    [InlineData("""[{"content":"<m>","lstrip":true},{"content":"</m>","rstrip":true},{"content":"<b>","lstrip":true,"rstrip":true,"special":true}]""")]
    [InlineData("""[{"content":"HELLO","normalized":true},{"content":"World"},{"content":"hello world"},{"content":"ΣΑΣ","normalized":true}]""")]
    [InlineData("""[{"content":"a","single_word":true,"lstrip":true,"rstrip":true},{"content":"_","lstrip":true},{"content":"b","lstrip":true},{"content":"x","rstrip":true,"special":true}]""")]
    public async Task Added_tokens_are_found_as_the_reference_finds_them(string tokens)
    {
        using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(tokens);
        int id = 10;
        string list = string.Join(',', document.RootElement.EnumerateArray().Select(token =>
        {
            string Flag(string name) => token.TryGetProperty(name, out System.Text.Json.JsonElement value) ? value.GetRawText() : "false";
            return $$"""{"id":{{id++}},"content":{{token.GetProperty("content").GetRawText()}},"single_word":{{Flag("single_word")}},"lstrip":{{Flag("lstrip")}},"rstrip":{{Flag("rstrip")}},"normalized":{{Flag("normalized")}},"special":{{Flag("special")}}}""";
        }));
        List<string> texts = Texts(50, brief: true);
        string[] contents = [.. document.RootElement.EnumerateArray().Select(token => token.GetProperty("content").GetString()!)];
        Random random = new(5);
        string[] glue = ["", " ", "  ", "\n", "a", "b", "_", "é", ".", "\u3000", "x"];
        texts.AddRange(Enumerable.Range(0, 400).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Next(2) == 0 ? contents[random.Next(contents.Length)] : glue[random.Next(glue.Length)]))));
        foreach (string normalizer in (string[])["null", """{"type":"Lowercase"}""", """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":true,"lowercase":true}""", """{"type":"Prepend","prepend":"▁"}"""])
        {
            foreach (string preTokenizer in (string[])["null", """{"type":"Whitespace"}""", """{"type":"Metaspace","replacement":"▁","prepend_scheme":"first"}"""])
            {
                await CompareAsync(Json(ShowText, normalizer, preTokenizer, added: list), texts);
            }
        }
    }

    internal static List<string> Texts(int generated, bool brief = false)
    {
        TextGenerator generator = new(99);
        return [.. brief ? FixedInputs.Brief : FixedInputs.Plain, .. Enumerable.Range(0, generated).Select(_ => generator.Next())];
    }

    internal static string Json(string model, string normalizer = "null", string preTokenizer = "null", string postProcessor = "null", string decoder = "null", string added = "", string truncation = "null", string padding = "null") =>
        $$"""{"version":"1.0","truncation":{{truncation}},"padding":{{padding}},"added_tokens":[{{added}}],"normalizer":{{normalizer}},"pre_tokenizer":{{preTokenizer}},"post_processor":{{postProcessor}},"decoder":{{decoder}},"model":{{model}}}""";

    private Task CompareAsync(string json, List<string> texts) => CompareAsync(engines, json, [.. texts.Select(text => (text, (string?)null))], decode: false);

    /// <summary>Compares a tokenizer without a post-processor, for which it makes no difference whether special tokens are added.</summary>
    internal static async Task CompareAsync(EngineFixture engines, string json, List<(string Text, string? Pair)> texts, bool decode = true)
    {
        using ReferenceEngine engine = engines.Start();
        (await engine.LoadJsonAsync(json)).Dispose();
        Comparer comparer = new(json.Length > 300 ? json[..300] : json, Tokenizer.FromBytes(System.Text.Encoding.UTF8.GetBytes(json)), engine);
        await comparer.RunAsync(texts, special: true, decode);
        Assert.True(comparer.Mismatches.Count == 0, $"{comparer.Mismatches.Count} mismatches, first: {comparer.Mismatches.FirstOrDefault()}");
    }
}
