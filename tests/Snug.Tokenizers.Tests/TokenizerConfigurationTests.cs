namespace Snug.Tokenizers.Tests;

/// <summary>tokenizer_config.json and the small files beside it.</summary>
public sealed class TokenizerConfigurationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("snug-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_configuration_is_read()
    {
        TokenizerConfiguration configuration = TokenizerConfiguration.Read("""
            {"tokenizer_class":"LlamaTokenizer","model_max_length":4096,"padding_side":"left","truncation_side":"left","clean_up_tokenization_spaces":true,
             "add_bos_token":true,"add_eos_token":null,"split_special_tokens":true,"bos_token":{"__type":"AddedToken","content":"<s>"},"eos_token":"</s>","pad_token":null,
             "additional_special_tokens":["<a>",{"content":"<b>"}],"added_tokens_decoder":{"5":{"content":"<s>","lstrip":true,"normalized":false,"rstrip":false,"single_word":false,"special":true}},
             "chat_template":"{{ messages }}","unknown":{"x":[1]}}
            """u8);
        Assert.Equal("LlamaTokenizer", configuration.TokenizerClass);
        Assert.Equal(4096, configuration.ModelMaxLength);
        Assert.Equal(PaddingDirection.Left, configuration.PaddingSide);
        Assert.Equal(TruncationDirection.Left, configuration.TruncationSide);
        Assert.True(configuration.CleanUpTokenizationSpaces);
        Assert.True(configuration.AddBosToken);
        Assert.Null(configuration.AddEosToken);
        Assert.True(configuration.SplitSpecialTokens);
        Assert.Equal([new("bos_token", "<s>"), new("eos_token", "</s>")], configuration.SpecialTokens);
        Assert.Equal(["<a>", "<b>"], configuration.AdditionalSpecialTokens);
        Assert.Equal(new AddedToken("<s>") { LeftStrip = true, Normalized = false, Special = true }, configuration.AddedTokens[5]);
        Assert.Equal("{{ messages }}", configuration.ChatTemplates[TokenizerConfiguration.DefaultTemplate]);
    }

    [Fact]
    public void A_model_without_a_limit_has_none() =>
        Assert.Null(TokenizerConfiguration.Read("""{"model_max_length":1000000000000000019884624838656}"""u8).ModelMaxLength);

    [Fact]
    public void Named_templates_are_read() =>
        Assert.Equal("b", TokenizerConfiguration.Read("""{"chat_template":[{"name":"default","template":"a"},{"name":"tool_use","template":"b"}]}"""u8).ChatTemplates["tool_use"]);

    [Fact]
    public void The_files_of_a_folder_are_put_together()
    {
        Write("tokenizer_config.json", """{"eos_token":"</s>","chat_template":"old"}""");
        Write("special_tokens_map.json", """{"eos_token":"<other>","bos_token":{"content":"<s>"}}""");
        Write("added_tokens.json", """{"<x>":7}""");
        Write("chat_template.jinja", "new");
        Directory.CreateDirectory(Path.Combine(_folder, "additional_chat_templates"));
        Write(Path.Combine("additional_chat_templates", "tool_use.jinja"), "tools");
        TokenizerConfiguration configuration = TokenizerConfiguration.FromDirectory(_folder);
        Assert.Equal("<other>", configuration.SpecialTokens["eos_token"]);
        Assert.Equal("<s>", configuration.SpecialTokens["bos_token"]);
        Assert.Equal("<x>", configuration.AddedTokens[7].Content);
        Assert.Equal("new", configuration.ChatTemplates["default"]);
        Assert.Equal("tools", configuration.ChatTemplates["tool_use"]);
    }

    [Fact]
    public void An_empty_folder_gives_the_defaults()
    {
        TokenizerConfiguration configuration = TokenizerConfiguration.FromDirectory(_folder);
        Assert.Empty(configuration.ChatTemplates);
        Assert.Equal(PaddingDirection.Right, configuration.PaddingSide);
    }

    [Theory]
    [InlineData("{", "$")]
    [InlineData("[]", "$")]
    [InlineData("""{"padding_side":"up"}""", "$.padding_side")]
    [InlineData("""{"eos_token":5}""", "$.eos_token")]
    [InlineData("""{"added_tokens_decoder":{"x":{"content":"a"}}}""", "$.added_tokens_decoder.x")]
    [InlineData("""{"chat_template":[{"name":"a"}]}""", "$.chat_template[0]")]
    public void A_damaged_file_is_refused_with_the_place(string json, string path)
    {
        Write("tokenizer_config.json", json);
        TokenizerException exception = Assert.Throws<TokenizerException>(() => TokenizerConfiguration.FromDirectory(_folder));
        Assert.Equal(path, exception.JsonPath);
        Assert.Equal(Path.Combine(_folder, "tokenizer_config.json"), exception.File);
    }

    [Fact]
    public void Every_beginning_of_a_file_and_every_changed_byte_is_read_or_refused()
    {
        byte[] file = """
            {"bos_token":{"content":"<s>","lstrip":true},"model_max_length":1e3,"added_tokens_decoder":{"1":{"content":"<s>","special":true}},
             "chat_template":[{"name":"default","template":"é"}],"extra_special_tokens":{"a":"<a>"},"extra_ids":5,"legacy":false}
            """u8.ToArray();
        Random random = new(7);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] changed = i < file.Length ? file[..i] : [.. file];
            for (int change = i < file.Length ? 0 : random.Next(1, 4); change > 0; change--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            try
            {
                TokenizerConfiguration.Read(changed);
            }
            catch (TokenizerException)
            {
                // Refused.
            }
        }
    }

    [Fact]
    public void A_file_that_is_nested_too_deep_is_refused()
    {
        byte[] deep = System.Text.Encoding.UTF8.GetBytes($"{{\"x\":{new string('[', 100_000)}{new string(']', 100_000)}}}");
        Assert.Throws<TokenizerException>(() => TokenizerConfiguration.Read(deep));
    }

    [Fact]
    public void Spaces_before_punctuation_are_cleaned_up() =>
        Assert.Equal("Hello, I'm here. don't do not", TokenizerConfiguration.CleanUp("Hello , I 'm here . do n't do not"));

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
