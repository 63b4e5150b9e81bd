using Snug.Tokenizers.Conformance;

namespace Snug.Tokenizers.Tests;

/// <summary>Small models with odd settings, compared with the reference engine.</summary>
public sealed class ModelTests(EngineFixture engines)
{
    public static TheoryData<string> Models() =>
    [
        """{"type":"BPE","vocab":{"a":0,"b":1,"c":2,"ab":3,"abc":4,"bc":5,"<unk>":6},"merges":["a b","ab c","b c"],"unk_token":"<unk>","fuse_unk":true}""",
        """{"type":"BPE","vocab":{"a":0,"b":1,"c":2,"ab":3,"abc":4,"bc":5,"<unk>":6},"merges":[["b","c"],["a","bc"],["a","b"]],"unk_token":"<unk>","fuse_unk":false}""",
        """{"type":"BPE","vocab":{"a":0,"b":1,"c":2,"ab":3,"abc":4,"bc":5},"merges":["a b","ab c","b c"]}""",
        """{"vocab":{"a":0,"b":1,"ab":2,"aba":3,"abab":4,"ba":5},"merges":["#version: 0.2","a b","ab a","ab ab","b a","a b"]}""",
        """{"type":"BPE","vocab":{"<0x61>":0,"<0xC3>":1,"<0xA9>":2,"<unk>":3,"b":4,"<0xC3><0xA9>":5,"X":6},"merges":[["<0xC3>","<0xA9>"]],"byte_fallback":true,"unk_token":"<unk>","fuse_unk":true}""",
        """{"type":"BPE","vocab":{"a":0,"##b":1,"##c":2,"a##b":9,"ab":3,"abc":4,"##bc":5},"merges":["a ##b","ab ##c","##b ##c"],"continuing_subword_prefix":"##"}""",
        """{"type":"BPE","vocab":{"a":0,"b":1,"c</w>":2,"b</w>":3,"ab</w>":4,"bc</w>":5,"a</w>":6,"<unk>":7},"merges":["a b</w>","b c</w>"],"end_of_word_suffix":"</w>","unk_token":"<unk>"}""",
        """{"type":"BPE","vocab":{"a":0,"b":1,"ab":2,"aab":3,"the":4,"t":5,"h":6,"e":7},"merges":["a b"],"ignore_merges":true}""",
        """{"type":"BPE","vocab":{},"merges":[]}""",
        """{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":6,"vocab":{"[UNK]":0,"a":1,"##b":2,"##bc":3,"ab":4,"the":5,"##e":6,"é":7,"##é":8,"hello":9,"##o":10}}""",
        """{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"","max_input_chars_per_word":100,"vocab":{"[UNK]":0,"a":1,"b":2,"abc":3,"th":4,"e":5,"漢":6}}""",
        """{"type":"WordLevel","vocab":{"the":0,"a":1,"<unk>":2,"é":3},"unk_token":"<unk>"}""",
        """{"vocab":{"the":0,"a":1,"<unk>":2},"unk_token":"<unk>"}""",
        """{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0.0],["a",-1.5],["b",-2.25],["ab",-3.0],["abc",-3.5],["é",-4],["ée",-1e1],["the",-0.5],[" ",-3]]}""",
        """{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0.0],["a",-1.5],["a",-9],["<0xC3>",-1],["<0xA9>",-1],["<0x62>",-2]],"byte_fallback":true}""",
        """{"unk_id":2,"vocab":[["a",-1.0],["aa",-2.0],["<unk>",-3],["aaa",-3.0],["XX",-50]]}""",
    ];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task A_model_gives_what_the_reference_gives(string model)
    {
        Random random = new(3);
        List<(string, string?)> texts = [.. ComponentTests.Texts(300).Select(text => (text, (string?)null))];
        string[] units = ["a", "b", "c", "ab", "é", "X", "the", "e", "h", "t", "漢", "aa", "<unk>", "hello", "o"];
        texts.AddRange(Enumerable.Range(0, 2000).Select(_ => (string.Concat(Enumerable.Range(0, random.Next(1, random.Next(10) == 0 ? 120 : 12)).Select(_ => units[random.Next(units.Length)])), (string?)null)));
        await ComponentTests.CompareAsync(engines, ComponentTests.Json(model), texts);
        await ComponentTests.CompareAsync(engines, ComponentTests.Json(model, preTokenizer: """{"type":"Whitespace"}"""), texts[..500]);
    }

    [Fact]
    public async Task Long_pieces_merge_as_in_the_reference()
    {
        // Above a number of symbols another algorithm merges; lengths around it and far beyond it.
        string file = TokenizerCatalog.All(engines.Folder).Single(entry => entry.Name == "llama2").File;
        using ReferenceEngine engine = engines.Start();
        await engine.LoadAsync(file);
        Comparer comparer = new("llama2", Tokenizer.FromFile(file), engine);
        Random random = new(8);
        string[] words = ["the", " ", "ing", "a", "b", "é", "漢", "\n", "  ", "tion", "<s>", "0", "aaaa"];
        await comparer.RunAsync(
            Enumerable.Range(1, 300).Select(i => (string.Concat(Enumerable.Range(0, i % 7 == 0 ? 2000 : i % 60 + 20).Select(_ => words[random.Next(words.Length)])), (string?)null)),
            special: false);
        Assert.True(comparer.Mismatches.Count == 0, comparer.Mismatches.FirstOrDefault()?.ToString());
    }
}
