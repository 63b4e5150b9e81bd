
namespace Snug.Tokenizers.Tests;

/// <summary>Tokenizers of folders: which file counts, and what the small files beside it change.</summary>
public sealed class TokenizerDirectoryTests : IDisposable
{
    private const string WordLevel = """
        {"version":"1.0","truncation":{"direction":"Right","max_length":2,"strategy":"LongestFirst","stride":0},
         "padding":{"strategy":{"Fixed":8},"direction":"Right","pad_to_multiple_of":null,"pad_id":3,"pad_type_id":0,"pad_token":"<file-pad>"},
         "added_tokens":[{"id":0,"content":"<s>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],
         "normalizer":null,"pre_tokenizer":{"type":"WhitespaceSplit"},"post_processor":null,"decoder":null,
         "model":{"type":"WordLevel","unk_token":"<unk>","vocab":{"<s>":0,"</s>":1,"<unk>":2,"<file-pad>":3,"a":4,"b":5,"<m>":6,".":7}}}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("snug-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_a_configuration_nothing_is_cut_filled_up_or_added()
    {
        Tokenizer tokenizer = Load("{}");
        Assert.Equal([4, 5, 4], tokenizer.EncodeToIds("a b a"));
        Assert.Null(tokenizer.Configuration.ModelMaxLength);
    }

    [Fact]
    public void Start_and_end_tokens_are_put_around_texts_when_the_file_says_so()
    {
        Tokenizer tokenizer = Load("""{"add_bos_token":true,"add_eos_token":true,"bos_token":"<s>","eos_token":"</s>"}""");
        Assert.Equal([0, 4, 1], tokenizer.EncodeToIds("a"));
        Encoding pair = tokenizer.Encode("a", "b");
        Assert.Equal([0, 4, 1, 0, 5, 1], pair.Ids.ToArray());
        Assert.Equal([0, 0, 0, 1, 1, 1], pair.TypeIds.ToArray());
        Assert.Equal([4], tokenizer.EncodeToIds("a", addSpecialTokens: false));
        Assert.Equal(0, tokenizer.GetSpecialTokenId("bos_token"));
        Assert.Null(tokenizer.GetSpecialTokenId("cls_token"));
    }

    [Fact]
    public void A_start_token_that_the_file_puts_is_left_out_when_the_configuration_says_so()
    {
        const string Template = """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"<s>":{"id":"<s>","ids":[0],"tokens":["<s>"]}}}""";
        string json = WordLevel.Replace("\"post_processor\":null", $"\"post_processor\":{Template}", StringComparison.Ordinal);
        Assert.Equal([0, 4], Load("{}", json).EncodeToIds("a"));
        Assert.Equal([4], Load("""{"add_bos_token":false,"bos_token":"<s>"}""", json).EncodeToIds("a"));

        // Whisper's start is more than a start token, and its class keeps it.
        Assert.Equal([0, 4], Load("""{"add_bos_token":false,"bos_token":"<s>","tokenizer_class":"WhisperTokenizer"}""", json).EncodeToIds("a"));
    }

    [Fact]
    public void A_start_token_that_has_no_name_is_not_put() =>
        Assert.Equal([4], Load("""{"add_bos_token":true}""").EncodeToIds("a"));

    [Fact]
    public void Special_tokens_of_the_configuration_are_found_in_the_text()
    {
        Tokenizer tokenizer = Load("""{"eos_token":"</s>","mask_token":{"content":"<m>","lstrip":true,"normalized":false},"additional_special_tokens":["<new>"],"extra_special_tokens":null}""");
        Assert.Equal([4, 1, 5, 6, 8], tokenizer.EncodeToIds("a</s>b <m><new>"));
        Assert.True(tokenizer.AddedTokens[6].LeftStrip);
        Assert.Equal("a b", tokenizer.Decode([4, 1, 5, 8]));
    }

    [Fact]
    public void Tokens_with_names_of_the_models_own_are_special_tokens_with_these_names()
    {
        Tokenizer tokenizer = Load("""{"extra_special_tokens":{"image_token":"<img>"}}""");
        Assert.Equal(8, tokenizer.GetSpecialTokenId("image_token"));
        Assert.Equal([4, 8], tokenizer.EncodeToIds("a<img>"));
    }

    [Fact]
    public void Added_tokens_of_the_configuration_replace_those_of_the_file()
    {
        Tokenizer tokenizer = Load("""{"added_tokens_decoder":{"0":{"content":"<s>","lstrip":true,"normalized":false,"rstrip":true,"single_word":false,"special":true}}}""");
        Assert.Equal(new OffsetRange(1, 6), tokenizer.Encode("a <s> b").Offsets[1]);
    }

    [Fact]
    public void Older_small_files_count_only_where_the_configuration_lists_no_added_tokens()
    {
        Write("special_tokens_map.json", """{"eos_token":"</s>","pad_token":"<m>"}""");
        Write("added_tokens.json", """{"<new>":8,"</s>":1}""");
        Tokenizer old = Load("""{"eos_token":"b"}""");
        Assert.Equal(1, old.GetSpecialTokenId("eos_token"));
        Assert.True(old.AddedTokens[1].Special);
        Assert.False(old.AddedTokens[8].Special);
        Tokenizer current = Load("""{"eos_token":"b","added_tokens_decoder":{}}""");
        Assert.Equal(5, current.GetSpecialTokenId("eos_token"));
        Assert.Null(current.TokenToId("<new>"));
    }

    [Fact]
    public void Special_tokens_in_a_text_are_ordinary_text_when_the_configuration_says_so()
    {
        Assert.Equal([4, 0], Load("{}").EncodeToIds("a<s>"));
        Assert.Equal([2], Load("""{"split_special_tokens":true}""").EncodeToIds("a<s>"));
    }

    [Fact]
    public void Truncation_takes_length_and_side_of_the_configuration()
    {
        Tokenizer tokenizer = Load("""{"model_max_length":2,"truncation_side":"left"}""");
        tokenizer.EnableTruncation();
        Assert.Equal([5, 4], tokenizer.EncodeToIds("a b a b a".Replace("b a b a", "a b a", StringComparison.Ordinal)));
        Assert.Throws<TokenizerException>(() => Load("{}").EnableTruncation());
    }

    [Fact]
    public void Padding_takes_token_and_side_of_the_configuration()
    {
        Tokenizer tokenizer = Load("""{"pad_token":"<m>","padding_side":"left"}""");
        tokenizer.EnablePadding(length: 3);
        Assert.Equal([6, 6, 4], tokenizer.EncodeToIds("a"));
        Tokenizer ofFile = Load("{}");
        ofFile.EnablePadding(padToMultipleOf: 2);
        Assert.Equal([4, 3], ofFile.EncodeToIds("a"));
        Tokenizer none = Load("{}", WordLevel[..WordLevel.IndexOf("\"padding\"", StringComparison.Ordinal)] + WordLevel[WordLevel.IndexOf("\"added_tokens\"", StringComparison.Ordinal)..]);
        Assert.Throws<TokenizerException>(() => none.EnablePadding());
    }

    [Fact]
    public void Decoded_text_is_cleaned_when_the_configuration_says_so()
    {
        Assert.Equal("a .", Load("{}").Decode([4, 7]));
        Tokenizer tokenizer = Load("""{"clean_up_tokenization_spaces":true}""");
        Assert.Equal("a.", tokenizer.Decode([4, 7]));
        DecodeStream stream = tokenizer.CreateDecodeStream();
        Assert.Equal("a .", stream.Step(4) + stream.Step(7));
    }

    [Fact]
    public void Text_of_BPE_models_is_never_cleaned()
    {
        Write("tokenizer_config.json", """{"clean_up_tokenization_spaces":true}""");
        Write("tokenizer.json", """{"model":{"type":"BPE","vocab":{"a":0,".":1},"merges":[]}}""");
        Assert.Equal("a .", Tokenizer.FromDirectory(_folder).Decode([0, 1]));
    }

    [Fact]
    public void The_first_format_that_is_there_counts()
    {
        Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\nhello\n");
        Assert.Equal([2, 4, 3], Tokenizer.FromDirectory(_folder).EncodeToIds("Hello"));
        Write("tekken.json", """{"config":{"pattern":".","default_vocab_size":4,"default_num_special_tokens":3},"vocab":[{"rank":0,"token_bytes":"YQ=="}]}""");
        Assert.Equal([3], Tokenizer.FromDirectory(_folder).EncodeToIds("a"));
        Write("x.tiktoken", "YQ== 0\nYg== 1\n");
        Assert.Equal([0, 1], Tokenizer.FromDirectory(_folder).EncodeToIds("ab"));
        File.WriteAllBytes(Path.Combine(_folder, "spiece.model"), new SentencePieceWriter().Piece("<unk>", 0, 2).Piece("▁a", 1).Piece("b", 1).ToArray());
        Assert.Equal([1, 2], Tokenizer.FromDirectory(_folder).EncodeToIds("ab"));
        Write("vocab.json", """{"b":0,"a":1,"ab":2}""");
        Write("merges.txt", "#version: 0.2\na b\n");
        Assert.Equal([2], Tokenizer.FromDirectory(_folder).EncodeToIds("ab"));
        Write("tokenizer.json", WordLevel);
        Assert.Equal([4], Tokenizer.FromDirectory(_folder).EncodeToIds("a"));
    }

    [Fact]
    public void Ranks_in_a_file_named_as_a_SentencePiece_model_are_recognized()
    {
        Write("tokenizer.model", "YQ== 0\nYg== 1\nYWI= 2\n");
        Write("tokenizer_config.json", """{"added_tokens_decoder":{"3":{"content":"<|end|>","special":true}}}""");
        Assert.Equal([2, 3], Tokenizer.FromDirectory(_folder).EncodeToIds("ab<|end|>"));
    }

    [Fact]
    public void BERTs_vocabulary_is_read_as_the_configuration_says()
    {
        Write("vocab.txt", "<pad>\n<unk>\n<cls>\n<sep>\nHello\nhello\n日本\n日\n##本\n");
        Write("tokenizer_config.json", """{"do_lower_case":false,"tokenize_chinese_chars":false,"pad_token":"<pad>","unk_token":"<unk>","cls_token":"<cls>","sep_token":"<sep>"}""");
        Assert.Equal([2, 4, 5, 6, 3], Tokenizer.FromDirectory(_folder).EncodeToIds("Hello hello 日本"));
    }

    [Theory]
    [InlineData("RobertaTokenizer", new[] { 1, 6, 2 })]
    [InlineData("GPT2Tokenizer", new[] { 6 })]
    [InlineData("Qwen2TokenizerFast", new[] { 6 })]
    public void A_vocabulary_with_merges_has_the_frame_of_its_class(string name, int[] expected)
    {
        Write("vocab.json", """{"<unk>":0,"<s>":1,"</s>":2,"<mask>":3,"a":4,"b":5,"ab":6}""");
        Write("merges.txt", "a b\n");
        Write("tokenizer_config.json", $$"""{"tokenizer_class":"{{name}}"}""");
        Assert.Equal(expected, Tokenizer.FromDirectory(_folder).EncodeToIds("ab"));
    }

    [Fact]
    public void CLIPs_words_end_with_a_mark()
    {
        Write("vocab.json", """{"<|startoftext|>":0,"<|endoftext|>":1,"a":2,"b</w>":3,"ab</w>":4}""");
        Write("merges.txt", "a b</w>\n");
        Write("tokenizer_config.json", """{"tokenizer_class":"CLIPTokenizer"}""");
        Assert.Equal([0, 4, 4, 1], Tokenizer.FromDirectory(_folder).EncodeToIds("AB  ab"));
    }

    [Fact]
    public void A_folder_without_a_tokenizer_is_refused()
    {
        Assert.Contains("has no tokenizer", Assert.Throws<TokenizerException>(() => Tokenizer.FromDirectory(_folder)).Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Throws<TokenizerException>(() => Tokenizer.FromDirectory(Path.Combine(_folder, "x"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_models_none_is_guessed()
    {
        Write("a.spm", "");
        Write("b.spm", "");
        Assert.Contains("several files", Assert.Throws<TokenizerException>(() => Tokenizer.FromDirectory(_folder)).Message, StringComparison.Ordinal);
    }

    private Tokenizer Load(string configuration, string json = WordLevel)
    {
        Write("tokenizer_config.json", configuration);
        Write("tokenizer.json", json);
        return Tokenizer.FromDirectory(_folder);
    }

    private void Write(string name, string text) => File.WriteAllBytes(Path.Combine(_folder, name), System.Text.Encoding.UTF8.GetBytes(text));
}
