using System.Text.Json;
using Snug.Tokenizers.Conformance;

namespace Snug.Tokenizers.Tests;

/// <summary>What was asked of tokenization itself, where no other test shows it alone.</summary>
public sealed class TokenizationContractTests(EngineFixture engines)
{
    private const string Words = """
        {"type":"WordLevel","vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"a":3,"b":4},"unk_token":"[UNK]"}
        """;

    private const string Frame = """
        {"type":"BertProcessing","sep":["[SEP]",2],"cls":["[CLS]",1]}
        """;

    /// <summary>One tokenizer or more of each family that was named, and the algorithm that it stands for.</summary>
    [Theory]
    [Trait("Requirement", "S3-08")]
    [InlineData("BERT and DistilBERT", "WordPiece", "fastbert-bert-base-uncased")]
    [InlineData("BERT, large and cased", "WordPiece", "kitoken-bert_base_cased")]
    [InlineData("MiniLM of sentence-transformers", "WordPiece", "fastbert-baai-bge-small-en")]
    [InlineData("multilingual models of sentence-transformers", "Unigram", "vespa-xlmr-paraphrase-multilingual-mpnet")]
    [InlineData("T5 and Flan-T5", "Unigram", "ortx-t5-small")]
    [InlineData("GPT-2 of all sizes", "BPE", "gpt2")]
    [InlineData("RoBERTa and BART", "BPE", "ortx-roberta-base")]
    [InlineData("the first Llama and Mistral, from SentencePiece", "BPE", "llama2")]
    [InlineData("Llama 3", "BPE", "llama3")]
    public async Task Families_that_people_use_give_the_numbers_of_the_reference(string family, string algorithm, string name)
    {
        string? file = TokenizerCatalog.All(engines.Folder).FirstOrDefault(entry => entry.Name == name).File;
        Assert.SkipWhen(file is null && Checkout.Fixtures is null, $"The fixtures with {family} are not there.");
        using JsonDocument json = JsonDocument.Parse(await File.ReadAllBytesAsync(file!, TestContext.Current.CancellationToken));
        Assert.Equal(algorithm, json.RootElement.GetProperty("model").TryGetProperty("type", out JsonElement type) ? type.GetString() : algorithm);
        using ReferenceEngine engine = engines.Start();
        await engine.LoadAsync(file!);
        Tokenizer tokenizer = Tokenizer.FromFile(file!);

        string[] texts = [.. FixedInputs.Plain];
        List<ReferenceEncoding> expected = await engine.EncodeAsync([.. texts.Select(text => (text, (string?)null))], special: true);

        for (int i = 0; i < texts.Length; i++)
        {
            Assert.Equal(expected[i].Ids, tokenizer.EncodeToIds(texts[i]));
        }
    }

    [Fact]
    [Trait("Requirement", "S3-11")]
    public async Task Special_tokens_are_added_or_left_out_and_a_text_has_its_tokens_and_numbers()
    {
        string file = FileOf("llama2");
        Tokenizer tokenizer = Tokenizer.FromFile(file);

        Encoding with = tokenizer.Encode("Hello, world!");
        Encoding without = tokenizer.Encode("Hello, world!", addSpecialTokens: false);

        Assert.Equal(["<s>", "▁Hello", ",", "▁world", "!"], with.Tokens);
        Assert.Equal([1, 22557, 28725, 1526, 28808], with.Ids);
        Assert.Equal(with.Tokens[1..], without.Tokens);
        Assert.Equal(with.Ids[1..], without.Ids);
        using ReferenceEngine engine = engines.Start();
        await engine.LoadAsync(file);
        Assert.Equal((await engine.EncodeAsync([("Hello, world!", null)], special: true))[0].Ids, with.Ids);
        Assert.Equal((await engine.EncodeAsync([("Hello, world!", null)], special: false))[0].Ids, without.Ids);
    }

    [Fact]
    [Trait("Requirement", "S3-12")]
    public void Who_asks_for_the_attention_mask_gets_it_and_who_does_not_gets_numbers_alone()
    {
        Tokenizer tokenizer = Make();
        string[] texts = ["a", "a b"];
        long[] ids = new long[10];
        long[] mask = new long[10];

        Assert.Equal([1, 3, 2], tokenizer.EncodeToIds("a"));
        tokenizer.EncodeBatch(texts, 5, ids.AsMemory());
        Assert.Equal([1, 3, 2, 0, 0, 1, 3, 4, 2, 0], ids);
        tokenizer.EncodeBatch(texts, 5, ids.AsMemory(), mask.AsMemory());

        Assert.Equal([1, 1, 1, 0, 0, 1, 1, 1, 1, 0], mask);
        tokenizer.Padding = new PaddingOptions();
        Assert.Equal([1, 1, 1, 0], tokenizer.EncodeBatch(texts)[0].AttentionMask);
        Assert.Equal([1, 1, 1, 1], tokenizer.EncodeBatch(texts)[1].AttentionMask);
    }

    [Fact]
    [Trait("Requirement", "S3-13")]
    public async Task The_calls_that_the_page_for_Python_sets_side_by_side_give_the_same_numbers()
    {
        string page = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", "migrating-from-python.md"), TestContext.Current.CancellationToken);
        string file = FileOf("llama3");
        Tokenizer tokenizer = Tokenizer.FromFile(file);
        using ReferenceEngine engine = engines.Start();
        await engine.LoadAsync(file);

        await AssertAsync("| `tokenizer.encode(\"text\")`, `encode(\"a\", \"b\")` | `tokenizer.Encode(\"text\")`, `Encode(\"a\", \"b\")` |", tokenizer.Encode("text"), "text", null, true);
        await AssertAsync("`encode(\"a\", \"b\")`", tokenizer.Encode("a", "b"), "a", "b", true);
        await AssertAsync("| `encode(text, add_special_tokens=False)` | `Encode(text, addSpecialTokens: false)` |", tokenizer.Encode("text", addSpecialTokens: false), "text", null, false);
        await AssertAsync("| `encode_batch(texts)` | `EncodeBatch(texts)`;", tokenizer.EncodeBatch(["one", "two 😀"])[1], "two 😀", null, true);
        Assert.Contains("`.ids`, `.tokens`, `.offsets`, `.attention_mask`, `.type_ids`, `.special_tokens_mask`, `.word_ids`, `.overflowing` | `.Ids`, `.Tokens`, `.CodePointOffsets`, `.AttentionMask`", page, StringComparison.Ordinal);

        async Task AssertAsync(string row, Encoding ours, string text, string? pair, bool special)
        {
            Assert.Contains(row, page, StringComparison.Ordinal);
            ReferenceEncoding theirs = (await engine.EncodeAsync([(text, pair)], special))[0];
            Assert.Equal(theirs.Ids, ours.Ids);
            Assert.Equal(theirs.Tokens, ours.Tokens);
            Assert.Equal(theirs.Offsets, ours.CodePointOffsets);
            Assert.Equal(theirs.Attention, ours.AttentionMask);
            Assert.Equal(theirs.Types, ours.TypeIds);
            Assert.Equal(theirs.Special, ours.SpecialTokensMask);
            Assert.Equal(theirs.Words, ours.WordIds.ToArray());
        }
    }

    [Fact]
    [Trait("Requirement", "S3-30")]
    public void A_batch_has_special_tokens_and_masks_and_ends_with_the_first_text_that_fails()
    {
        Tokenizer tokenizer = Make();
        tokenizer.Padding = new PaddingOptions();
        Encoding[] batch = tokenizer.EncodeBatch(["a", "b a", ""]);
        Assert.Equal([[1, 3, 2, 0], [1, 4, 3, 2], [1, 2, 0, 0]], batch.Select(encoding => encoding.Ids.ToArray()));
        Assert.Equal([[1, 1, 1, 0], [1, 1, 1, 1], [1, 1, 0, 0]], batch.Select(encoding => encoding.AttentionMask.ToArray()));

        // Without a token for what is unknown, such a word is an error.
        Tokenizer strict = Tokenizer.FromBytes(System.Text.Encoding.UTF8.GetBytes(ComponentTests.Json("""{"type":"WordLevel","vocab":{"a":0},"unk_token":"[UNK]"}""")));
        string[] texts = [.. Enumerable.Repeat("a", 100), "b", .. Enumerable.Repeat("c", 300)];
        for (int i = 0; i < 20; i++)
        {
            TokenizerException failure = Assert.Throws<TokenizerException>(() => strict.EncodeBatch(texts));
            Assert.StartsWith("Text 101 of 401: ", failure.Message, StringComparison.Ordinal);
        }
    }

    private static Tokenizer Make() => Tokenizer.FromBytes(System.Text.Encoding.UTF8.GetBytes(
        ComponentTests.Json(Words, preTokenizer: """{"type":"WhitespaceSplit"}""", postProcessor: Frame)));

    private string FileOf(string name) => TokenizerCatalog.All(engines.Folder).Single(entry => entry.Name == name).File;
}
