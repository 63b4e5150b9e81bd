using Snug.Inference.Tests;
using Snug.TestKit;
using Snug.Tests;
using Snug.Tokenizers;

namespace Snug.Pretrained.Tests;

public sealed class GgufTokenizerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("hello world", new[] { 1, 7, 15, 12, 19, 19, 22, 7, 30, 22, 25, 19, 11 })]
    [InlineData("a😀b", new[] { 1, 7, 8, 3, 4, 5, 6, 9 })]
    [InlineData("<|u|>a", new[] { 1, 38, 7, 8 })]
    public void A_SentencePiece_vocabulary_gives_pieces_and_bytes(string text, int[] ids)
    {
        Tokenizer tokenizer = Load(TinyModel.Vocabulary());

        Assert.Equal(ids, tokenizer.EncodeToIds(text));
        Assert.Equal((TinyModel.Start, TinyModel.End), (tokenizer.GetSpecialTokenId("bos_token"), tokenizer.GetSpecialTokenId("eos_token")));
        Assert.Equal("<|u|>hi<|a|>", tokenizer.ApplyChatTemplate([new ChatTemplateMessage("user", "hi")], new() { AddGenerationPrompt = true }).Text);
    }

    [Fact]
    public void Scores_decide_what_is_merged_first()
    {
        string[] tokens = ["<unk>", "<s>", "</s>", "▁", "a", "b", "c", "ab", "bc"];
        GgufWriter writer = new GgufWriter()
            .Add("general.architecture", "llama")
            .Add("tokenizer.ggml.model", "llama")
            .Add("tokenizer.ggml.tokens", tokens)
            .Add("tokenizer.ggml.token_type", TinyModel.Array(5, [2, 3, 3, 1, 1, 1, 1, 1, 1]))
            .Add("tokenizer.ggml.scores", TinyModel.Array(6, [0f, 0, 0, -9, -9, -9, -9, -2, -1]))
            .Add("tokenizer.ggml.unknown_token_id", 0u);

        Assert.Equal(["▁", "a", "bc"], Load(writer).Encode("abc", addSpecialTokens: false).Tokens.ToArray());
    }

    [Fact]
    public void Bytes_of_BPE_are_split_as_the_file_says()
    {
        // Bytes stand as the characters that GPT-2 gives them: Ġ is the space.
        string[] tokens = ["a", "b", "1", "2", "Ġ", "Ġa", "12", "<|end|>"];
        GgufWriter Writer(string pre) => new GgufWriter()
            .Add("general.architecture", "llama")
            .Add("tokenizer.ggml.model", "gpt2")
            .Add("tokenizer.ggml.pre", pre)
            .Add("tokenizer.ggml.tokens", tokens)
            .Add("tokenizer.ggml.merges", new[] { "Ġ a", "1 2" })
            .Add("tokenizer.ggml.token_type", TinyModel.Array(5, [1, 1, 1, 1, 1, 1, 1, 3]))
            .Add("tokenizer.ggml.eos_token_id", 7u);

        Tokenizer gpt2 = Load(Writer("gpt-2"));
        Assert.Equal(["b", "Ġa", "12", "<|end|>"], gpt2.Encode("b a12<|end|>").Tokens.ToArray());
        Assert.Equal("b a12", gpt2.Decode(gpt2.EncodeToIds("b a12<|end|>")));
        Assert.Equal(["b", "Ġa", "1", "2"], Load(Writer("qwen2")).Encode("b a12").Tokens.ToArray());
        Assert.Equal(["b", "Ġa", "1", "2"], Load(Writer("smollm")).Encode("b a12").Tokens.ToArray());
        TokenizerException error = Assert.Throws<TokenizerException>(() => Load(Writer("of-tomorrow")));
        Assert.Contains("of-tomorrow", error.Message, StringComparison.Ordinal);
        Assert.Contains("tokenizer.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_or_of_the_wrong_type_is_named()
    {
        GgufWriter none = new GgufWriter().Add("general.architecture", "llama");
        GgufWriter wrong = new GgufWriter().Add("general.architecture", "llama").Add("tokenizer.ggml.tokens", "text");
        GgufWriter kinds = TinyModel.Vocabulary().Add("tokenizer.ggml.pre", "x");
        GgufWriter shorter = new GgufWriter()
            .Add("tokenizer.ggml.tokens", new[] { "a", "b" })
            .Add("tokenizer.ggml.token_type", TinyModel.Array(5, [1]));

        Assert.Contains("tokenizer.ggml.tokens is missing", Assert.Throws<TokenizerException>(() => Load(none)).Message, StringComparison.Ordinal);
        Assert.Contains("wrong type", Assert.Throws<TokenizerException>(() => Load(wrong)).Message, StringComparison.Ordinal);
        Assert.Contains("1 entries for 2 tokens", Assert.Throws<TokenizerException>(() => Load(shorter)).Message, StringComparison.Ordinal);
        Assert.NotNull(Load(kinds));
    }

    /// <summary>The file of llama.cpp's and the tokenizer.json of the same model were made by different programs.</summary>
    [Fact]
    public void A_real_file_tokenizes_as_the_tokenizer_json_of_its_model()
    {
        string? fixtures = SharedFixtures.Find(Checkout.Root);
        Assert.SkipWhen(fixtures is null, SharedFixtures.Missing);
        Tokenizer json = Tokenizer.FromDirectory(Path.Join(fixtures, "models", "stories260K-hf"));
        Tokenizer gguf = GgufTokenizer.Load(Path.Join(fixtures, "models", "stories260K-gguf", "stories260K.gguf"));

        foreach (string text in (string[])["Once upon a time, there was a little girl.", "naïve 😀 x  y", "</s> end"])
        {
            Assert.Equal(json.EncodeToIds(text), gguf.EncodeToIds(text));
            Assert.Equal(json.Decode(json.EncodeToIds(text)), gguf.Decode(gguf.EncodeToIds(text)));
        }
    }

    private Tokenizer Load(GgufWriter writer)
    {
        string file = Path.Join(_folder.Root, $"{Guid.NewGuid():N}.gguf");
        File.WriteAllBytes(file, writer.ToArray());
        return PretrainedTokenizer.FromFile(file).Tokenizer;
    }
}
