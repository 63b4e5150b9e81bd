using System.Diagnostics;
using System.Text.Json;
using Snug.Tokenizers.Conformance;

namespace Snug.Tokenizers.Tests;

/// <summary>SentencePiece models give what the tokenizer.json of the same model gives, and plain ones what SentencePiece itself gives.</summary>
public sealed class SentencePieceTests(EngineFixture engines) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("snug-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_T5_model_gives_what_its_tokenizer_gives()
    {
        string model = Fixture("t5.spiece.model");
        File.Copy(model, Path.Combine(_folder, "spiece.model"));
        WriteConfiguration("""{"tokenizer_class":"T5Tokenizer"}""");
        Tokenizer actual = Tokenizer.FromDirectory(_folder);
        Tokenizer expected = Tokenizer.FromFile(FileOf("ortx-t5-small"));
        AssertSame(expected, actual);
        Assert.Equal(expected.VocabularySize, actual.VocabularySize);
        Assert.Equal(32099, actual.TokenToId("<extra_id_0>"));
        Assert.Equal(1, actual.GetSpecialTokenId("eos_token"));
    }

    [Fact]
    public void A_Llama_model_gives_what_its_tokenizer_gives()
    {
        File.Copy(Fixture("spm-mistral01.model"), Path.Combine(_folder, "tokenizer.model"));
        WriteConfiguration("""{"tokenizer_class":"LlamaTokenizer","add_bos_token":true,"add_eos_token":false}""");
        Tokenizer expected = Tokenizer.FromFile(FileOf("llama2"));
        Tokenizer actual = Tokenizer.FromDirectory(_folder);
        AssertSame(expected, actual);

        // Not only the results: the same merges. Among those of equal score, files of different ages have different orders.
        Assert.Equal(MergesOf(expected).Order(StringComparer.Ordinal), MergesOf(actual).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_model_of_XLM_Roberta_gives_what_its_tokenizer_gives()
    {
        using JsonDocument document = Read("vespa-xlmr-paraphrase-multilingual-mpnet");
        SentencePieceWriter writer = new SentencePieceWriter().Piece("<unk>", 0, 2).Piece("<s>", 0, 3).Piece("</s>", 0, 3);
        AddPieces(writer, document.RootElement.GetProperty("model").GetProperty("vocab").EnumerateArray().Skip(4).SkipLast(1));
        writer.CharacterMap(document.RootElement.GetProperty("normalizer").GetProperty("precompiled_charsmap").GetBytesFromBase64());
        File.WriteAllBytes(Path.Combine(_folder, "sentencepiece.bpe.model"), writer.ToArray());
        WriteConfiguration("""{"tokenizer_class":"XLMRobertaTokenizer"}""");
        Tokenizer expected = Tokenizer.FromFile(FileOf("vespa-xlmr-paraphrase-multilingual-mpnet"));
        (expected.Truncation, expected.Padding) = (null, null);
        AssertSame(expected, Tokenizer.FromDirectory(_folder));
    }

    [Fact]
    public void A_model_of_XLNet_gives_what_its_tokenizer_gives()
    {
        using JsonDocument document = Read("kitoken-xlnet_base_cased");
        SentencePieceWriter writer = new();
        int id = 0;
        foreach (JsonElement piece in document.RootElement.GetProperty("model").GetProperty("vocab").EnumerateArray())
        {
            // The converter takes 100 from pieces such as "5,".
            string text = piece[0].GetString()!;
            bool isNumber = text.Length >= 2 && text[^1] == ',' && char.IsDigit(text[^2]);
            writer.Piece(text, (float)(piece[1].GetDouble() + (isNumber ? 100 : 0)), id == 0 ? 2 : id < 9 ? 3 : 1);
            id++;
        }

        writer.CharacterMap(document.RootElement.GetProperty("normalizer").GetProperty("normalizers").EnumerateArray().Last().GetProperty("precompiled_charsmap").GetBytesFromBase64());
        File.WriteAllBytes(Path.Combine(_folder, "spiece.model"), writer.ToArray());
        WriteConfiguration("""{"tokenizer_class":"XLNetTokenizer"}""");

        // Where nothing is left of a character, the old pre-tokenizer leaves no word, and the new one a space: Latin text only.
        AssertSame(Tokenizer.FromFile(FileOf("kitoken-xlnet_base_cased")), Tokenizer.FromDirectory(_folder), Sentences().Where(text => IsPlain(text) && text.All(c => c < 0x250)));
    }

    [Theory]
    [InlineData("spm-mistral01.model")]
    [InlineData("t5.spiece.model")]
    [InlineData("spm-test.model")]
    [InlineData("opus-mt-en-mg.source.spm")]
    [InlineData("opus-mt-en-mg.target.spm")]
    public void A_plain_model_gives_what_SentencePiece_gives(string name)
    {
        string model = Fixture(name);
        List<string> texts = [.. Sentences(), "", " ", "  two  spaces ", "\ttab\nline", "ﬁ Ａ ½ ™", "日本語のテキスト", "naïve café", "😀 emoji 👩‍👩‍👧", "a" + new string(' ', 40) + "b", "1,234.5"];
        Tokenizer tokenizer = Tokenizer.FromSentencePiece(model);
        foreach ((string text, int[] expected) in AskSentencePiece(model, texts))
        {
            Assert.True(expected.SequenceEqual(tokenizer.EncodeToIds(text)), $"{ReferenceEngine.Quote(text)}: {string.Join(' ', expected)} but {string.Join(' ', tokenizer.EncodeToIds(text))}");
        }
    }

    [Fact]
    public void Control_and_user_defined_pieces_are_found_in_the_text()
    {
        Tokenizer tokenizer = FromModel(Small().Piece("<sep>", 0, 4).Piece("<ctl>", 0, 3));
        Assert.Equal(["▁a", "<sep>", "▁b", "<ctl>"], tokenizer.Encode("a<sep>b<ctl>").Tokens.ToArray());
        Assert.False(tokenizer.AddedTokens[tokenizer.TokenToId("<sep>")!.Value].Special);
        Assert.True(tokenizer.AddedTokens[tokenizer.TokenToId("<ctl>")!.Value].Special);
    }

    [Fact]
    public void A_saved_model_gives_the_same_as_a_tokenizer_json()
    {
        Tokenizer tokenizer = Tokenizer.FromSentencePiece(Fixture("spm-mistral01.model"));
        string saved = Path.Combine(_folder, "tokenizer.json");
        tokenizer.Save(saved);
        AssertSame(tokenizer, Tokenizer.FromFile(saved));
    }

    [Theory]
    [InlineData(3, 3, "kind 3")]
    [InlineData(24, 1, "spaces")]
    public void A_model_that_works_otherwise_is_refused(int field, long value, string message)
    {
        TokenizerException exception = Assert.Throws<TokenizerException>(() => FromModel(Small().Trainer(field, value)));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_whose_vocabulary_is_not_in_the_file_is_refused()
    {
        File.WriteAllBytes(Path.Combine(_folder, "tokenizer.model"), Small().ToArray());
        WriteConfiguration("""{"tokenizer_class":"MBartTokenizer"}""");
        Assert.Contains("tokenizer.json is needed", Assert.Throws<TokenizerException>(() => Tokenizer.FromDirectory(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_beginning_of_a_model_and_every_changed_byte_loads_or_is_refused()
    {
        byte[] file = Small().Piece("ab", -3).Piece("<0x41>", 0, 6).CharacterMap([4, 0, 0, 0, 0, 0, 0, 0]).Trainer(3, 2).Trainer(40, 0).ToArray();
        for (int length = 0; length < file.Length; length++)
        {
            LoadOrRefuse(file[..length]);
        }

        Random random = new(4);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] changed = [.. file];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            LoadOrRefuse(changed);
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07 }, "asks for 2147483647 bytes")]
    [InlineData(new byte[] { 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 }, "asks for 18446744073709551615 bytes")]
    [InlineData(new byte[] { 0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 }, "number of more than 10 bytes")]
    [InlineData(new byte[] { 0x33 }, "not known (3)")]
    [InlineData(new byte[] { 0x00 }, "start of a field")]
    [InlineData(new byte[] { 0x0A, 0x00 }, "empty")]
    [InlineData(new byte[] { 0x0A, 0x03, 0x0A, 0x01, 0xFF }, "not UTF-8")]
    [InlineData(new byte[] { }, "no pieces")]
    public void A_hostile_message_is_refused_with_the_place(byte[] file, string message)
    {
        TokenizerException exception = Assert.Throws<TokenizerException>(() => Tokenizer.FromSentencePiece(Write(file)));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"tokenizer_class":"T5Tokenizer","extra_ids":2000000000}""")]
    [InlineData("""{"tokenizer_class":"PegasusTokenizer","offset":2000000000}""")]
    public void A_configuration_that_asks_for_very_many_tokens_is_refused(string configuration)
    {
        File.WriteAllBytes(Path.Combine(_folder, "spiece.model"), Small().ToArray());
        WriteConfiguration(configuration);
        Assert.Contains("2000000000", Assert.Throws<TokenizerException>(() => Tokenizer.FromDirectory(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pieces_that_can_be_cut_too_often_are_refused()
    {
        SentencePieceWriter writer = Small().Trainer(3, 2);
        for (int i = 0; i < 70; i++)
        {
            writer.Piece(new string('a', SentencePieceModel.MaxPieceBytes - i), i);
        }

        Assert.Contains("too many and too long", Assert.Throws<TokenizerException>(() => FromModel(writer)).Message, StringComparison.Ordinal);
    }

    private static SentencePieceWriter Small() =>
        new SentencePieceWriter().Piece("<unk>", 0, 2).Piece("<s>", 0, 3).Piece("</s>", 0, 3).Piece("▁a", -1).Piece("▁b", -2).Piece("a", -4).Piece("b", -5).Piece("▁", -6);

    private static void AddPieces(SentencePieceWriter writer, IEnumerable<JsonElement> pieces)
    {
        foreach (JsonElement piece in pieces)
        {
            writer.Piece(piece[0].GetString()!, (float)piece[1].GetDouble());
        }
    }

    private static List<string> MergesOf(Tokenizer tokenizer)
    {
        using MemoryStream stream = new();
        tokenizer.Save(stream);
        using JsonDocument document = JsonDocument.Parse(stream.ToArray());
        return [.. document.RootElement.GetProperty("model").GetProperty("merges").EnumerateArray().Select(merge => $"{merge[0].GetString()} {merge[1].GetString()}")];
    }

    private static void AssertSame(Tokenizer expected, Tokenizer actual) =>
        AssertSame(expected, actual, ComponentTests.Texts(300).Where(IsPlain).Concat(Sentences()));

    private static void AssertSame(Tokenizer expected, Tokenizer actual, IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            Assert.True(expected.EncodeToIds(text).SequenceEqual(actual.EncodeToIds(text)), $"'{ReferenceEngine.Quote(text)}': {string.Join(' ', expected.Encode(text).Tokens.ToArray())} but {string.Join(' ', actual.Encode(text).Tokens.ToArray())}");
            int[] ids = expected.EncodeToIds(text);
            Assert.Equal(expected.Decode(ids), actual.Decode(ids));
            Assert.Equal(expected.Encode(text, "and a pair").Ids.ToArray(), actual.Encode(text, "and a pair").Ids.ToArray());
        }
    }

    /// <summary>
    /// Old files cut at white space of every kind before anything else, also beside special tokens; converters no longer do. Runs of one
    /// character are cut where sums of scores are equal but for the last bit, which the reference reads in its own way from JSON.
    /// </summary>
    private static bool IsPlain(string text) =>
        text.Distinct().Count() > 3 && text.Trim() == text && !text.Contains("  ", StringComparison.Ordinal) && text.All(c => !char.IsControl(c) && (c == ' ' || !char.IsWhiteSpace(c)) && !char.IsSurrogate(c) && c is not ('\uFFFD' or '\u200B' or '\uFEFF' or '▁' or '<' or '['));

    private static IEnumerable<string> Sentences() =>
        File.ReadLines(Path.Combine(Checkout.Fixtures!, "corpora", "multilingual.txt")).Where(line => line.Length > 0).Take(300);

    /// <summary>
    /// Asks SentencePiece itself. Texts are composed first: the engine's character maps look at whole characters with their marks,
    /// those of SentencePiece at any run of code points.
    /// </summary>
    private static List<(string Text, int[] Ids)> AskSentencePiece(string model, List<string> texts)
    {
        const string Program = """
            import json, sys, unicodedata
            try:
                import sentencepiece
            except ImportError:
                print('missing'); sys.exit()
            processor = sentencepiece.SentencePieceProcessor()
            processor.Load(sys.argv[1])
            texts = [unicodedata.normalize('NFKC', text) for text in json.load(sys.stdin)]
            print(json.dumps([[text, processor.EncodeAsIds(text)] for text in texts]))
            """;
        ProcessStartInfo start = new("/usr/bin/python3", ["-c", Program, model]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no Python.
        }

        using (process)
        {
            process?.StandardInput.Write($"[{string.Join(',', texts.Select(ReferenceEngine.Quote))}]");
            process?.StandardInput.Close();
            string? answer = process?.StandardOutput.ReadToEnd().Trim();
            Assert.SkipWhen((answer is null or "missing" or "") && Environment.GetEnvironmentVariable("CI") != "true", "Python with sentencepiece (python3-sentencepiece) is needed.");
            return [.. JsonDocument.Parse(answer!).RootElement.EnumerateArray().Select(pair => (pair[0].GetString()!, pair[1].EnumerateArray().Select(id => id.GetInt32()).ToArray()))];
        }
    }

    private static string Fixture(string name)
    {
        Assert.SkipWhen(Checkout.Fixtures is null, "The fixtures are not there.");
        return Path.Combine(Checkout.Fixtures!, "raw", name);
    }

    private static void LoadOrRefuse(byte[] file)
    {
        try
        {
            _ = new Tokenizer(SentencePieceFormat.Read(file, new TokenizerConfiguration())).EncodeToIds("a b <s>");
        }
        catch (TokenizerException)
        {
            // Refused.
        }
    }

    private Tokenizer FromModel(SentencePieceWriter writer) => Tokenizer.FromSentencePiece(Write(writer.ToArray()));

    private string Write(byte[] file)
    {
        string path = Path.Combine(_folder, "x.model");
        File.WriteAllBytes(path, file);
        return path;
    }

    private void WriteConfiguration(string json) => File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"), json);

    private JsonDocument Read(string name) => JsonDocument.Parse(File.ReadAllBytes(FileOf(name)));

    private string FileOf(string name)
    {
        Assert.SkipWhen(Checkout.Fixtures is null, "The fixtures are not there.");
        return TokenizerCatalog.All(engines.Folder).Single(entry => entry.Name == name).File;
    }
}
