using Snug.Tokenizers.Conformance;

namespace Snug.Tokenizers.Tests;

/// <summary>Files that are wrong: refused with the place, never with a crash.</summary>
public sealed class LoadingTests(EngineFixture engines)
{
    /// <summary>Far beyond what a damaged file of some kilobytes needs, and within what a machine has.</summary>
    private const long MaxBytesPerFile = 500_000_000;

    private const string Model = """{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}""";

    public static TheoryData<string, string> Wrong() => new()
    {
        { "", "$" },
        { "[]", "$" },
        { "{", "$" },
        { """{"version":"1.0"}""", "$" },
        { Whole("""{"type":"BPE","vocab":{},"merges":[]}""") + "x", "$" },
        { Whole(Model).Replace("\"1.0\"", "\"2.0\"", StringComparison.Ordinal), "$.version" },
        { Whole(Model).Replace("\"1.0\"", "1.0", StringComparison.Ordinal), "$.version" },
        { Whole("""{"type":"Foo"}"""), "$.model.type" },
        { Whole("""{"type":"BPE","merges":[]}"""), "$.model" },
        { Whole("""{"type":"BPE","vocab":{"a":0}}"""), "$.model" },
        { Whole("""{"type":"BPE","vocab":{"a":"0"},"merges":[]}"""), "$.model.vocab['a']" },
        { Whole("""{"type":"BPE","vocab":{"a":-1},"merges":[]}"""), "$.model.vocab['a']" },
        { Whole("""{"type":"BPE","vocab":{"a":1.5},"merges":[]}"""), "$.model.vocab['a']" },
        { Whole("""{"type":"BPE","vocab":{"a":99999999999},"merges":[]}"""), "$.model.vocab['a']" },
        { Whole("""{"type":"BPE","vocab":{"\ud800":1},"merges":[]}"""), "$.model.vocab" },
        { Whole("""{"type":"BPE","\ud800":1,"vocab":{},"merges":[]}"""), "$.model" },
        { Whole("""{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]}"""), "$.model.merges[0]" },
        { Whole("""{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b","a c"]}"""), "$.model.merges[1]" },
        { Whole("""{"type":"BPE","vocab":{"a":0},"merges":["a"]}"""), "$.model.merges[0]" },
        { Whole("""{"type":"BPE","vocab":{"a":0},"merges":["a a a"]}"""), "$.model.merges[0]" },
        { Whole("""{"type":"BPE","vocab":{"a":0,"aa":1},"merges":[["a","a"],"a a"]}"""), "$.model.merges[1]" },
        { Whole("""{"type":"BPE","vocab":{"a":0,"aa":1},"merges":[["a"]]}"""), "$.model.merges[0]" },
        { Whole("""{"type":"BPE","dropout":1.5,"vocab":{},"merges":[]}"""), "$.model.dropout" },
        { Whole("""{"type":"BPE","fuse_unk":"yes","vocab":{},"merges":[]}"""), "$.model.fuse_unk" },
        { Whole("""{"type":"WordPiece","vocab":{},"unk_token":"u","continuing_subword_prefix":"##"}"""), "$.model" },
        { Whole("""{"type":"WordLevel","vocab":{}}"""), "$.model" },
        { Whole("""{"type":"Unigram","unk_id":1,"vocab":[["a",0.0]]}"""), "$.model.unk_id" },
        { Whole("""{"type":"Unigram","vocab":[["a"]]}"""), "$.model.vocab[0]" },
        { Whole("""{"type":"Unigram","vocab":[["a",1e999]]}"""), "$.model.vocab[0]" },
        { Whole("""{"type":"Unigram","vocab":{}}"""), "$.model" },
        { Whole(Model, """ "normalizer":{"type":"Foo"} """), "$.normalizer" },
        { Whole(Model, """ "normalizer":{"type":"Strip","strip_left":1,"strip_right":true} """), "$.normalizer.strip_left" },
        { Whole(Model, """ "normalizer":{"type":"Precompiled","precompiled_charsmap":"AAAA"} """), "$.normalizer.precompiled_charsmap" },
        { Whole(Model, """ "normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Replace","pattern":{"Regex":"("},"content":""}]} """), "$.normalizer.normalizers[1].pattern.Regex" },
        { Whole(Model, """ "pre_tokenizer":{"type":"Delimiter","delimiter":"a"} """), "$.pre_tokenizer" },
        { Whole(Model, """ "pre_tokenizer":{"type":"Split","pattern":{"String":"a"},"behavior":"Removed"} """), "$.pre_tokenizer" },
        { Whole(Model, """ "pre_tokenizer":{"type":"Split","pattern":{"Foo":"a"},"behavior":"Removed","invert":false} """), "$.pre_tokenizer.pattern" },
        { Whole(Model, """ "pre_tokenizer":{"type":"Metaspace","replacement":"__"} """), "$.pre_tokenizer.replacement" },
        { Whole(Model, """ "pre_tokenizer":{"type":"Metaspace","replacement":"_","add_prefix_space":false} """), "$.pre_tokenizer" },
        { Whole(Model, """ "pre_tokenizer":{"type":"ByteLevel"} """), "$.pre_tokenizer" },
        { Whole(Model, """ "post_processor":{"type":"BertProcessing","sep":["x"],"cls":["y",1]} """), "$.post_processor.sep" },
        { Whole(Model, """ "decoder":{"type":"Strip","content":"ab","start":1,"stop":0} """), "$.decoder.content" },
        { Whole(Model, """ "added_tokens":[{"id":0,"content":"a","single_word":false,"lstrip":false,"rstrip":false,"normalized":false}] """), "$.added_tokens[0]" },
        { Whole(Model, """ "truncation":{"max_length":5,"strategy":"LongestFirst"} """), "$.truncation" },
        { Whole(Model, """ "padding":{"strategy":"Longest","direction":"Right","pad_id":0,"pad_type_id":0,"pad_token":"p"} """), "$.padding.strategy" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_wrong_file_is_refused_with_the_place(string json, string path)
    {
        TokenizerException exception = Assert.Throws<TokenizerException>(() => Tokenizer.FromBytes(System.Text.Encoding.UTF8.GetBytes(json)));
        Assert.Equal(path, exception.JsonPath);
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);

        // Some of these make the reference panic and end; the others it refuses as well.
        if (!json.Contains("Precompiled", StringComparison.Ordinal) && !json.Contains("1e999", StringComparison.Ordinal))
        {
            using ReferenceEngine engine = engines.Start();
            Exception? refused = await Record.ExceptionAsync(() => engine.LoadJsonAsync(json));
            Assert.True(refused is ReferenceException or InvalidOperationException, $"The reference loads this: {json}");
        }
    }

    [Fact]
    public void A_wrong_file_is_named()
    {
        string file = Path.Combine(Path.GetTempPath(), $"snug-{Guid.NewGuid():N}.json");
        File.WriteAllText(file, "{}");
        TokenizerException exception = Assert.Throws<TokenizerException>(() => Tokenizer.FromFile(file));
        File.Delete(file);
        Assert.Equal(file, exception.File);
        Assert.StartsWith(file, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        foreach (string name in (string[])["normalizer", "model", "unknown"])
        {
            string json = $$"""{"{{name}}":{{string.Concat(Enumerable.Repeat("[", 10_000))}}""";
            Assert.Throws<TokenizerException>(() => Tokenizer.FromBytes(System.Text.Encoding.UTF8.GetBytes(json)));
        }

        string deep = string.Concat(Enumerable.Repeat("""{"type":"Sequence","normalizers":[""", 5000)) + string.Concat(Enumerable.Repeat("]}", 5000));
        Assert.Throws<TokenizerException>(() => Tokenizer.FromBytes(System.Text.Encoding.UTF8.GetBytes(Whole(Model, $"\"normalizer\":{deep}"))));
    }

    [Fact]
    public void One_large_number_does_not_take_memory()
    {
        long before = GC.GetTotalAllocatedBytes();
        Tokenizer tokenizer = Tokenizer.FromBytes(System.Text.Encoding.UTF8.GetBytes(Whole("""{"type":"WordLevel","unk_token":"a","vocab":{"a":2147483647,"b":0}}""")));
        Assert.Equal([2147483647], tokenizer.EncodeToIds("zzz"));
        Assert.Equal("a", tokenizer.IdToToken(2147483647));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 200_000_000);
    }

    [Fact]
    public void Mutated_files_load_or_are_refused()
    {
        // More on demand: SNUG_MUTATIONS=100000.
        int mutations = int.TryParse(Environment.GetEnvironmentVariable("SNUG_MUTATIONS"), out int wanted) ? wanted : 6_000;
        string[] files = [.. Seeds()];
        Random random = new(17);
        byte[] text = "The quick brôwn fox 漢字 123 [MASK] a\u0301 <s>"u8.ToArray();
        int loaded = 0;
        for (int i = 0; i < mutations; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            byte[] json = System.Text.Encoding.UTF8.GetBytes(files[i % files.Length]);
            Mutation.Apply(ref json, random);
            try
            {
                Tokenizer tokenizer = Tokenizer.FromBytes(json);
                loaded++;
                Encoding encoding = tokenizer.Encode(text);
                tokenizer.Decode(encoding.Ids);
            }
            catch (TokenizerException)
            {
                // What a damaged file should lead to.
            }

            // Whatever takes long over a small file makes something all the while. What it makes can be counted on a busy machine too; the time cannot.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxBytesPerFile);
        }

        Assert.InRange(loaded, 1, mutations - 1);
    }

    [Fact]
    public void The_short_way_through_a_file_gives_what_the_whole_reader_gives()
    {
        string[] files = [.. Seeds(), .. Spellings()];
        Random random = new(23);
        int loaded = 0;
        for (int i = 0; i < 4_000; i++)
        {
            byte[] json = System.Text.Encoding.UTF8.GetBytes(files[i % files.Length]);
            if (i >= files.Length)
            {
                Mutation.Apply(ref json, random);
            }

            if (System.Text.Unicode.Utf8.IsValid(json))
            {
                string whole = Outcome(() => TokenizerJsonReader.Read(json, plain: null), ref loaded);
                Assert.Equal(whole, Outcome(() => TokenizerJsonReader.Read(json), ref loaded));
            }
        }

        Assert.InRange(loaded, 500, 7_000);
    }

    [Fact]
    public void Merges_that_are_read_ahead_are_those_of_the_model()
    {
        // More than a megabyte, so that another thread looks for the merges; what looks like them first is not.
        string[] tokens = [.. Enumerable.Range(0, 40_000).Select(i => $"é{i}")];
        string vocabulary = string.Join(",\n", tokens.Concat(tokens.Select(token => $"{token} {token}".Replace(" ", "", StringComparison.Ordinal))).Select((token, id) => $"\"{token}\": {id}"));
        string merges = string.Join(",\n", tokens.Select(token => $"[\"{token}\", \"{token}\"]"));
        string model = $$$"""{"type":"BPE","vocab":{{{{vocabulary}}}},"merges":[{{{merges}}}]}""";
        int loaded = 0;
        foreach (string json in (string[])[Whole(model), Whole(model, """ "merges":["a b"] """), Whole(model.Replace("\"é39999\", \"é39999\"", "\"é39999\", \"x\"", StringComparison.Ordinal))])
        {
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(json);
            Assert.True(bytes.Length > 1 << 20);
            Assert.Equal(Outcome(() => TokenizerJsonReader.Read(bytes, plain: null), ref loaded), Outcome(() => TokenizerJsonReader.Read(bytes), ref loaded));
        }

        Assert.Equal(4, loaded);
    }

    /// <summary>Vocabularies and merges, spelled in every way that JSON has, and in some that it has not.</summary>
    private static IEnumerable<string> Spellings()
    {
        string[] tokens = ["a", "b", "\\u00e9", "\\uD83D\\uDE00", "\\ud83d", "\\ude00\\ud83d", "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\\x", "\\u12g4", "\\u0000", "\u0001", "", " ", "é漢😀", "\\", "#version x", new string('x', 700) + "\\n"];
        string[] numbers = ["0", "1", "01", "-0", "-1", "1.0", "1e2", "2147483647", "2147483648", "99999999999999999999", "null", "\"1\"", ""];
        foreach (string token in tokens)
        {
            yield return Whole($$"""{"type":"BPE","vocab":{"a":0,"b":1,"{{token}}":2,"a b":3,"ab":4},"merges":[]}""");
            yield return Whole($$$"""{"type":"BPE","vocab" : { "{{{token}}}":2 , "a":0,"{{{token}}}a":1,"b" : 7 } , "merges" : [ [ "{{{token}}}" , "a" ] ]}""");
            yield return Whole($$"""{"type":"BPE","vocab":{"{{token}}":2,"a":0,"{{token}}a":1,"b":7},"merges":["{{token}} a"]}""");
        }

        foreach (string number in numbers)
        {
            yield return Whole($$"""{"type":"BPE","vocab":{"a":0,"b":{{number}},"ab":4},"merges":["a b"]}""");
        }

        foreach (string merges in (string[])["[]", "[ ]", "[,]", "[\"a b\",]", "[\"a b\" \"a b\"]", "[[\"a\",\"b\"],\"a b\"]", "[\"a b\",[\"a\",\"b\"]]", "[[\"a\"]]", "[[\"a\",\"b\",\"c\"]]", "[[]]", "[\"ab\"]", "[\"a b c\"]", "[\" \"]", "[\"#version 1\",\"a b\"]", "[\"a b\"", "[[\"a\",\"b\"", "{}", "null", "[\"a b\"],\"merges\":[]", "[\"a x\",\"y b\"]"])
        {
            yield return Whole($$"""{"type":"BPE","vocab":{"a":0,"b":1,"ab":4},"merges":{{merges}}}""");
            yield return Whole($$"""{"merges":{{merges}},"type":"BPE","vocab":{"a":0,"b":1,"ab":4},"vocab":{"a":0,"b":1,"ab":5} }""");
        }
    }

    private static string Outcome(Func<TokenizerParts> read, ref int loaded)
    {
        try
        {
            Tokenizer tokenizer = new(read());
            loaded++;
            using MemoryStream saved = new();
            tokenizer.Save(saved);
            return System.Text.Encoding.UTF8.GetString(saved.ToArray());
        }
        catch (TokenizerException exception)
        {
            return exception.Message;
        }
    }

    internal static IEnumerable<string> Seeds()
    {
        foreach (string model in ModelTests.Models().Select(Text))
        {
            foreach ((string normalizer, string preTokenizer, string postProcessor, string decoder) in Shapes())
            {
                yield return ComponentTests.Json(model, normalizer, preTokenizer, postProcessor, decoder, """{"id":3,"content":"[MASK]","single_word":false,"lstrip":true,"rstrip":false,"normalized":true,"special":true}""");
            }
        }
    }

    private static IEnumerable<(string Normalizer, string PreTokenizer, string PostProcessor, string Decoder)> Shapes()
    {
        string[] normalizers = [.. ComponentTests.Normalizers().Select(Text)];
        string[] preTokenizers = [.. ComponentTests.PreTokenizers().Select(Text)];
        string[] postProcessors = [.. PostProcessingTests.Processors().Select(Text)];
        string[] decoders = [.. DecoderTests.Decoders().Select(Text)];
        for (int i = 0; i < preTokenizers.Length; i++)
        {
            yield return (normalizers[i % normalizers.Length], preTokenizers[i], postProcessors[i % postProcessors.Length], decoders[i % decoders.Length]);
        }
    }

    private static string Text(TheoryDataRow<string> row) => row.Data;

    private static string Whole(string model, string? member = null) => $$"""{"version":"1.0",{{(member is null ? "" : member + ",")}}"model":{{model}}}""";
}
