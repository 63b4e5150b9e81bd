using System.Text.Json;
using Snug.Tokenizers.Conformance;

namespace Snug.Tokenizers.Tests;

/// <summary>The rest of the surface: numbers only, batches, counting, the vocabulary, saving, many threads.</summary>
public sealed class TokenizerTests(EngineFixture engines)
{
    private const string Small = """
        {"type":"BPE","vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"a":3,"b":4,"c":5,"ab":6,"é":7,"😀":8," ":9},"merges":["a b"],"unk_token":"[UNK]"}
        """;

    private const string Frame = """
        {"type":"BertProcessing","sep":["[SEP]",2],"cls":["[CLS]",1]}
        """;

    [Theory]
    [InlineData("gpt2")]
    [InlineData("llama2")]
    [InlineData("llama3")]
    [InlineData("command_r_plus")]
    public void Numbers_alone_are_those_of_the_encoding(string name)
    {
        Tokenizer tokenizer = Load(name);
        int[] buffer = new int[20_000];
        foreach (string text in ComponentTests.Texts(150))
        {
            foreach (bool special in (bool[])[true, false])
            {
                Encoding encoding = tokenizer.Encode(text, null, special);
                Assert.Equal(encoding.Ids, tokenizer.EncodeToIds(text, special));
                Assert.Equal(encoding.Length, tokenizer.CountTokens(text, special));
                Assert.Equal(encoding.Ids, buffer.AsSpan(0, tokenizer.EncodeToIds(text.AsSpan(), buffer, special)));
                byte[] utf8 = System.Text.Encoding.UTF8.GetBytes(text);
                Assert.Equal(encoding.Ids, buffer.AsSpan(0, tokenizer.EncodeToIds(utf8, buffer, special)));
                Assert.Equal(encoding.Ids, tokenizer.Encode(utf8, special).Ids);
                Assert.Equal(encoding.Length, tokenizer.CountTokens(utf8, special));
            }
        }
    }

    [Fact]
    public void A_buffer_that_is_too_small_is_refused()
    {
        Tokenizer tokenizer = Make(Small, Frame);
        Assert.Equal(4, tokenizer.EncodeToIds("ba", new int[4]));
        Assert.Throws<ArgumentException>(() => tokenizer.EncodeToIds("ba", new int[3]));
    }

    [Fact]
    public void Numbers_alone_take_no_memory_once_everything_is_warm()
    {
        Tokenizer tokenizer = Load("gpt2");
        int[] buffer = new int[1000];
        string text = string.Concat(Enumerable.Repeat("The quick brown fox doesn't jump: 123 ! é漢😀\n", 10));
        for (int i = 0; i < 10; i++)
        {
            // The buffers of the thread change places, and grow one after the other.
            tokenizer.EncodeToIds(text, buffer);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            tokenizer.EncodeToIds(text, buffer);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    [Fact]
    public void Offsets_come_in_three_units()
    {
        Encoding encoding = Make(Small, Frame).Encode("a😀éb");
        Assert.Equal(["[CLS]", "a", "😀", "é", "b", "[SEP]"], encoding.Tokens);
        Assert.Equal([new(0, 0), new(0, 1), new(1, 3), new(3, 4), new(4, 5), new(0, 0)], encoding.Offsets);
        Assert.Equal([new(0, 0), new(0, 1), new(1, 2), new(2, 3), new(3, 4), new(0, 0)], encoding.CodePointOffsets);
        Assert.Equal([new(0, 0), new(0, 1), new(1, 5), new(5, 7), new(7, 8), new(0, 0)], encoding.ByteOffsets);
    }

    [Fact]
    public void UTF_16_offsets_cut_the_text_that_the_code_point_offsets_cut()
    {
        Tokenizer tokenizer = Load("gpt2");
        foreach (string text in ComponentTests.Texts(200))
        {
            Encoding encoding = tokenizer.Encode(text, null, false);
            string[] characters = [.. text.EnumerateRunes().Select(rune => rune.ToString())];
            for (int i = 0; i < encoding.Length; i++)
            {
                string byCodePoints = string.Concat(characters[(Range)encoding.CodePointOffsets[i]]);
                string byUnits = string.Concat(text[(Range)encoding.Offsets[i]].EnumerateRunes().Select(rune => rune.ToString()));
                Assert.Equal(byCodePoints, byUnits);
            }
        }
    }

    [Fact]
    public void Places_in_the_text_are_found_in_the_tokens_and_back()
    {
        Encoding encoding = Make(Small, Frame, """{"type":"Whitespace"}""").Encode("ab c", "é a");
        Assert.Equal(["[CLS]", "ab", "c", "[SEP]", "é", "a", "[SEP]"], encoding.Tokens);
        Assert.Equal(2, encoding.SequenceCount);
        Assert.Equal([null, 0, 0, null, 1, 1, null], encoding.SequenceIds);
        Assert.Equal(1, encoding.CharToToken(1));
        Assert.Null(encoding.CharToToken(2));
        Assert.Equal(5, encoding.CharToToken(2, sequence: 1));
        Assert.Equal(1, encoding.CharToWord(3));
        Assert.Equal(new OffsetRange(4, 5), encoding.WordToTokens(0, 1));
        Assert.Equal(new OffsetRange(3, 4), encoding.WordToChars(1));
        Assert.Equal((1, new OffsetRange(0, 1)), encoding.TokenToChars(4));
        Assert.Equal((0, 1), encoding.TokenToWord(2));
        Assert.Null(encoding.TokenToWord(3));
        Assert.Null(encoding.TokenToChars(99));
        Assert.Null(encoding.WordToTokens(7));
    }

    [Fact]
    public void A_text_is_cut_at_a_number_of_tokens_from_either_end()
    {
        Tokenizer tokenizer = Make(Small, Frame);
        Assert.Equal(4, tokenizer.IndexOfTokenCount("ab😀c", 2, out int count));
        Assert.Equal(2, count);
        Assert.Equal("ab😀c".Length, tokenizer.IndexOfTokenCount("ab😀c", 9, out count));
        Assert.Equal(3, count);
        Assert.Equal(2, tokenizer.LastIndexOfTokenCount("ab😀c", 2, out count));
        Assert.Equal(2, count);
        Assert.Equal(0, tokenizer.IndexOfTokenCount("ab", 0, out count));
        Assert.Equal(0, count);

        // In a byte-level vocabulary, a character of several tokens is not cut.
        Tokenizer bytes = Load("gpt2");
        string text = "a𪚥";
        Assert.True(bytes.CountTokens(text) > 3);
        Assert.Equal(1, bytes.IndexOfTokenCount(text, 2, out count));
        Assert.Equal(1, count);
        Assert.Equal(3, bytes.LastIndexOfTokenCount(text, 1, out count));
        Assert.Equal(0, count);
    }

    [Fact]
    public void A_batch_fills_the_buffers_of_the_caller()
    {
        Tokenizer tokenizer = Make(Small, Frame);
        string[] texts = ["a", "abcabc", ""];
        long[] ids = new long[15];
        long[] mask = new long[15];
        long[] types = new long[15];
        types.AsSpan().Fill(9);
        tokenizer.EncodeBatch(texts, 5, ids.AsMemory(), mask.AsMemory(), types.AsMemory());
        Assert.Equal([1, 3, 2, 0, 0, 1, 6, 5, 6, 2, 1, 2, 0, 0, 0], ids);
        Assert.Equal([1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0], mask);
        Assert.All(types, type => Assert.Equal(0, type));
        int[] ints = new int[15];
        tokenizer.EncodeBatch(texts, 5, ints.AsMemory());
        Assert.Equal(ids, ints.Select(id => (long)id));
        Assert.Throws<ArgumentException>(() => tokenizer.EncodeBatch(texts, 5, new int[14].AsMemory()));
    }

    [Fact]
    public void A_batch_is_padded_to_its_longest_text()
    {
        Tokenizer tokenizer = Make(Small, Frame);
        tokenizer.Padding = new PaddingOptions { PadId = 2, PadToMultipleOf = 4 };
        Encoding[] encodings = tokenizer.EncodeBatch(["a", "abcabc", "b"]);
        Assert.All(encodings, encoding => Assert.Equal(8, encoding.Length));
        Assert.Equal([1, 3, 2, 2, 2, 2, 2, 2], encodings[0].Ids);
        Assert.Empty(tokenizer.EncodeBatch([]));
        Assert.Equal(2, tokenizer.EncodePairs([("a", "b"), ("c", "ab")]).Length);
    }

    [Fact]
    public void An_error_in_a_batch_is_the_error_of_its_text()
    {
        Tokenizer tokenizer = Make("""{"type":"WordLevel","vocab":{"a":0},"unk_token":"[UNK]"}""", "null");
        Assert.Throws<TokenizerException>(() => tokenizer.EncodeBatch(["a", "b", "c"]));
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("llama2")]
    [InlineData("gemma3")]
    [InlineData("chatglm3")]
    public async Task The_vocabulary_is_that_of_the_reference(string name)
    {
        string file = FileOf(name);
        using ReferenceEngine engine = engines.Start();
        await engine.LoadAsync(file);
        Tokenizer tokenizer = Tokenizer.FromFile(file);
        await AssertVocabularyAsync(engine, tokenizer);

        // Added at run time: one that the model has, new ones, one that is there already.
        using JsonDocument added = await engine.AskAsync("""{"op":"add","tokens":[{"content":"the"},{"content":"<new>","special":true},{"content":"\uff21\uff22","normalized":true},{"content":""},{"content":"<new>","special":true},{"content":"<s>","singleWord":true}]}""");
        int count = tokenizer.AddTokens([new("the"), AddedToken.SpecialToken("<new>"), new("ＡＢ"), new(""), AddedToken.SpecialToken("<new>"), new("<s>") { SingleWord = true }]);
        Assert.Equal(added.RootElement.GetProperty("added").GetInt32(), count);
        await AssertVocabularyAsync(engine, tokenizer);
        Comparer comparer = new(name, tokenizer, engine);
        await comparer.RunAsync([("the <new> ＡＢ AB other<s>", null), ("<s> then", null), ("x<new>y the", null)], special: true);
        Assert.True(comparer.Mismatches.Count == 0, comparer.Mismatches.FirstOrDefault()?.ToString());
    }

    public static TheoryData<string> SavedNames() => ["gpt2", "llama2", "baichuan2", "claude", "deepseek_v3", "mistral_nemo", "ortx-t5-small", "fastbert-bert-base-uncased", "ortx-clip", "ortx-nmt-marian", "kitoken-xlnet_base_cased", "community-mahjonglm-wordlevel", "ortx-falcon"];

    [Theory]
    [MemberData(nameof(SavedNames))]
    public async Task A_saved_tokenizer_is_loaded_by_the_reference_and_agrees(string name)
    {
        (string Name, string File) entry = TokenizerCatalog.All(engines.Folder).FirstOrDefault(entry => entry.Name == name);
        Assert.SkipWhen(entry.File is null, "The fixtures are not there.");
        string saved = Path.Combine(Path.GetTempPath(), $"snug-{Guid.NewGuid():N}.json");
        try
        {
            Tokenizer tokenizer = Tokenizer.FromFile(entry.File!);
            tokenizer.AddTokens([new("<snug>") { LeftStrip = true }]);
            tokenizer.Truncation = new TruncationOptions { MaxLength = 20, Stride = 3, Strategy = TruncationStrategy.OnlyFirst, Direction = TruncationDirection.Left };
            tokenizer.Padding = new PaddingOptions { Length = 12, Direction = PaddingDirection.Left, PadId = 1, PadToken = "a" };
            tokenizer.Save(saved);
            using ReferenceEngine engine = engines.Start();
            await engine.LoadAsync(saved);
            Tokenizer again = Tokenizer.FromFile(saved);
            Comparer comparer = new(name, again, engine);
            List<(string, string?)> texts = [.. ComponentTests.Texts(100).Append("a  <snug> b").Select(text => (text, (string?)null))];
            await comparer.RunAsync(texts, special: true);
            Assert.True(comparer.Mismatches.Count == 0, comparer.Mismatches.FirstOrDefault()?.ToString());
            foreach ((string text, _) in texts)
            {
                Assert.Equal(tokenizer.EncodeToIds(text), again.EncodeToIds(text));
            }
        }
        finally
        {
            File.Delete(saved);
        }
    }

    [Fact]
    [Trait("Requirement", "S3-45")]
    public async Task Many_threads_get_the_same_from_one_tokenizer()
    {
        Tokenizer tokenizer = Load("llama3");
        List<string> texts = ComponentTests.Texts(60);
        int[][] expected = [.. texts.Select(text => tokenizer.EncodeToIds(text))];
        await Task.WhenAll(Enumerable.Range(0, 64).Select(worker => Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < texts.Count; i++)
                {
                    int index = (i + (worker * 7)) % texts.Count;
                    Assert.Equal(expected[index], tokenizer.Encode(texts[index]).Ids);
                    Assert.Equal(tokenizer.Decode(expected[index]), tokenizer.Decode(expected[index]));
                }
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
    }

    [Fact]
    public void Special_tokens_in_a_text_can_be_ordinary_text()
    {
        Tokenizer tokenizer = Load("gpt2");
        Assert.Equal([50256], tokenizer.EncodeToIds("<|endoftext|>"));
        tokenizer.EncodeSpecialTokens = true;
        Assert.Equal("<|endoftext|>", tokenizer.Decode(tokenizer.EncodeToIds("<|endoftext|>")));
        Assert.True(tokenizer.CountTokens("<|endoftext|>") > 1);
    }

    [Fact]
    public void Dropout_leaves_merges_out_at_random()
    {
        Tokenizer never = Make("""{"type":"BPE","dropout":1.0,"vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}""", "null");
        Assert.Equal([0, 1], never.EncodeToIds("ab"));
        Tokenizer sometimes = Make("""{"type":"BPE","dropout":0.5,"vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}""", "null");
        HashSet<int> lengths = [.. Enumerable.Range(0, 200).Select(_ => sometimes.CountTokens("ab"))];
        Assert.Equal([1, 2], lengths.Order());
    }

    private static async Task AssertVocabularyAsync(ReferenceEngine engine, Tokenizer tokenizer)
    {
        int size = tokenizer.VocabularySize;
        int[] ids = [.. Enumerable.Range(0, size + 20).Where(id => id < 2000 || id % 97 == 0 || id > size - 2000)];
        string[] tokens = ["the", "<s>", "</s>", "<unk>", "no such token", "", "Ġthe", "▁the", "<new>", "ＡＢ", .. tokenizer.AddedTokens.Values.Select(token => token.Content)];
        using JsonDocument answer = await engine.AskAsync($$"""{"op":"vocabulary","ids":[{{string.Join(',', ids)}}],"tokens":[{{string.Join(',', tokens.Select(ReferenceEngine.Quote))}}]}""");
        Assert.Equal(answer.RootElement.GetProperty("size").GetInt32(), tokenizer.VocabularySize);
        Assert.Equal(answer.RootElement.GetProperty("sizeWithoutAdded").GetInt32(), tokenizer.ModelVocabularySize);
        Assert.Equal(answer.RootElement.GetProperty("texts").EnumerateArray().Select(text => text.GetString()), ids.Select(tokenizer.IdToToken));
        Assert.Equal(answer.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.ValueKind == JsonValueKind.Null ? (int?)null : id.GetInt32()), tokens.Select(tokenizer.TokenToId));
        Assert.Equal(tokenizer.VocabularySize, tokenizer.GetVocabulary().Count);
    }

    private Tokenizer Load(string name) => Tokenizer.FromFile(FileOf(name));

    private string FileOf(string name) => TokenizerCatalog.All(engines.Folder).Single(entry => entry.Name == name).File;

    private static Tokenizer Make(string model, string postProcessor, string preTokenizer = "null") =>
        Tokenizer.FromBytes(System.Text.Encoding.UTF8.GetBytes(ComponentTests.Json(model, preTokenizer: preTokenizer, postProcessor: postProcessor)));
}
