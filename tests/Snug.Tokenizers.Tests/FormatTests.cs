using System.Text;
using System.Text.Json;
using Snug.Tokenizers.Conformance;

namespace Snug.Tokenizers.Tests;

/// <summary>Other formats give the numbers that the tokenizer.json of the same vocabulary gives.</summary>
public sealed class FormatTests(EngineFixture engines) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("snug-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("fastbert-bert-base-uncased", true)]
    [InlineData("kitoken-bert_base_cased", false)]
    public void A_vocabulary_of_lines_gives_what_the_tokenizer_gives(string name, bool lowercase)
    {
        Assert.SkipWhen(Checkout.Fixtures is null, "The fixtures are not there.");
        string file = FileOf(name);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
        string path = Path.Combine(_folder, "vocab.txt");
        File.WriteAllLines(path, document.RootElement.GetProperty("model").GetProperty("vocab").EnumerateObject().OrderBy(token => token.Value.GetInt32()).Select(token => token.Name));
        AssertSame(Tokenizer.FromFile(file), Tokenizer.FromVocabularyText(path, lowercase), special: true);
    }

    [Fact]
    public void A_vocabulary_with_merges_gives_what_the_tokenizer_gives()
    {
        string file = FileOf("gpt2");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
        JsonElement model = document.RootElement.GetProperty("model");
        string vocabulary = Path.Combine(_folder, "vocab.json");
        string merges = Path.Combine(_folder, "merges.txt");
        File.WriteAllText(vocabulary, model.GetProperty("vocab").GetRawText());
        File.WriteAllLines(merges, model.GetProperty("merges").EnumerateArray().Select(merge => merge.ValueKind == JsonValueKind.String ? merge.GetString()! : $"{merge[0].GetString()} {merge[1].GetString()}").Prepend("#version: 0.2"));
        AssertSame(Tokenizer.FromFile(file), Tokenizer.FromVocabularyAndMerges(vocabulary, merges), special: true);
    }

    [Fact]
    public void Ranked_bytes_give_what_the_tokenizer_gives()
    {
        Assert.SkipWhen(Checkout.Fixtures is null, "The fixtures are not there.");
        string file = Path.Combine(Checkout.Fixtures!, "raw", "cl100k_base.tiktoken");
        Tokenizer expected = Tokenizer.FromFile(FileOf("gpt35turbo"));
        Dictionary<string, int> special = expected.AddedTokens.ToDictionary(token => token.Value.Content, token => token.Key);
        AssertSame(expected, Tokenizer.FromTiktoken(file, Tokenizer.Cl100kPattern, special), special: false);
    }

    [Fact]
    public void A_tekken_file_gives_what_the_tokenizer_gives()
    {
        string file = FileOf("mistral_nemo");
        Tokenizer expected = Tokenizer.FromFile(file);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
        string pattern = document.RootElement.GetProperty("pre_tokenizer").GetProperty("pretokenizers")[0].GetProperty("pattern").GetProperty("Regex").GetString()!;
        const int Special = 1000;
        StringBuilder json = new($$"""{"config":{"pattern":{{ReferenceEngine.Quote(pattern)}},"num_vocab_tokens":150000,"default_vocab_size":{{expected.VocabularySize}},"default_num_special_tokens":{{Special}},"version":"v3"},"vocab":[""");
        for (int id = Special; id < expected.VocabularySize; id++)
        {
            byte[] bytes = [.. expected.IdToToken(id)!.Select(c => (byte)ByteAlphabet.ByteOf(c))];
            json.Append($$"""{{(id == Special ? "" : ",")}}{"rank":{{id - Special}},"token_bytes":"{{Convert.ToBase64String(bytes)}}","token_str":null}""");
        }

        json.Append("""],"special_tokens":[""");
        json.Append(string.Join(',', Enumerable.Range(0, Special).Select(id => $$"""{"rank":{{id}},"token_str":{{ReferenceEngine.Quote(expected.IdToToken(id)!)}},"is_control":true}""")));
        json.Append("]}");
        string path = Path.Combine(_folder, "tekken.json");
        File.WriteAllText(path, json.ToString());
        AssertSame(expected, Tokenizer.FromTekken(path), special: false);
    }

    [Theory]
    [InlineData("YQ== 0\nYg== x\n")]
    [InlineData("YQ==\n")]
    [InlineData("*** 0\n")]
    [InlineData("YQ== 0\nYQ== 1\n")]
    public void A_damaged_tiktoken_file_is_refused(string text)
    {
        string path = Path.Combine(_folder, "x.tiktoken");
        File.WriteAllText(path, text);
        Assert.Throws<TokenizerException>(() => Tokenizer.FromTiktoken(path, "."));
    }

    private static void AssertSame(Tokenizer expected, Tokenizer actual, bool special)
    {
        foreach (string text in ComponentTests.Texts(400))
        {
            Assert.Equal(expected.EncodeToIds(text, special), actual.EncodeToIds(text, special));
            int[] ids = expected.EncodeToIds(text, special);
            Assert.Equal(expected.Decode(ids), actual.Decode(ids));
        }
    }

    private string FileOf(string name) => TokenizerCatalog.All(engines.Folder).Single(entry => entry.Name == name).File;
}
