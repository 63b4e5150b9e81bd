using System.Text;
using Snug.Hub;
using Snug.Inference;
using Snug.TestKit;

namespace Snug.Pretrained.Tests;

public sealed class SentenceEncoderTests
{
    private static readonly string[] Texts = ["the cat", "a dog and the cat", "tax law", "z", ""];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_of_the_hub_gives_the_vectors_of_the_same_files_in_a_folder_and_only_its_files_are_fetched()
    {
        await using HubFixture hub = await HubFixture.StartAsync(TinyEncoder.DenseFiles());
        using TemporaryFolder folder = new();
        using SentenceEncoder local = SentenceEncoder.FromDirectory(TinyEncoder.Write(folder, TinyEncoder.DenseFiles()));

        using SentenceEncoder encoder = await SentenceEncoder.FromHubAsync(HubFixture.Id, Options(hub), Cancellation);

        Assert.Equal(Vectors(local, Texts), Vectors(encoder, Texts));
        Assert.Equal(
            [
                "1_Pooling/config.json", "2_Dense/config.json", "2_Dense/model.safetensors", "config.json", "config_sentence_transformers.json", "model.safetensors",
                "modules.json", "sentence_bert_config.json", "tokenizer.json", "tokenizer_config.json",
            ],
            hub.Fetched);

        using SentenceEncoder offline = await SentenceEncoder.FromHubAsync(HubFixture.Id, Options(hub, offline: true), Cancellation);
        Assert.Equal(Vectors(local, Texts), Vectors(offline, Texts));
    }

    [Fact]
    public void Vectors_are_normalized_means_of_the_tokens_vectors()
    {
        using TemporaryFolder folder = new();
        using SentenceEncoder encoder = SentenceEncoder.FromDirectory(TinyEncoder.Write(folder));

        SentenceEmbeddings embeddings = encoder.Embed(Texts, cancellationToken: Cancellation);

        // [CLS] the cat [SEP]; an empty text has its two special tokens.
        Assert.Equal([4, 7, 4, 3, 2], embeddings.TokenCounts);
        float[] expected = Unit(Mean(encoder, [2, Id("the"), Id("cat"), 3]));
        Close(expected, embeddings.Vectors[0]);
        Assert.All(embeddings.Vectors, vector => Assert.Equal(1, vector.Sum(x => x * x), 1e-5f));
        Assert.True(encoder.IsNormalized);
        Assert.Equal((TinyEncoder.Width, TinyEncoder.MaximumTokens), (encoder.Dimensions, encoder.MaximumTokens));
    }

    [Theory]
    [InlineData("cls")]
    [InlineData("max")]
    [InlineData("mean")]
    [InlineData("mean_sqrt_len")]
    [InlineData("weightedmean")]
    [InlineData("lasttoken")]
    [InlineData("mean+cls")]
    public void Pooling_is_as_the_file_says(string mode)
    {
        Dictionary<string, byte[]> files = TinyEncoder.Files();
        files["1_Pooling/config.json"] = TinyEncoder.Pooling(mode);
        files["modules.json"] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(files["modules.json"]).Replace(
            """
            ,
             {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}
            """, "", StringComparison.Ordinal));
        using TemporaryFolder folder = new();
        using SentenceEncoder encoder = SentenceEncoder.FromDirectory(TinyEncoder.Write(folder, files));
        float[][] rows = Rows(encoder, [2, Id("the"), Id("cat"), Id("a"), 3]);

        float[] vector = Vectors(encoder, "the cat a")[0];

        Close(mode == "mean+cls" ? [.. Pool(rows, "cls"), .. Pool(rows, "mean")] : Pool(rows, mode), vector);
        Assert.Equal(vector.Length, encoder.Dimensions);
        Assert.False(encoder.IsNormalized);
    }

    [Fact]
    public void Without_modules_the_mean_is_taken_and_lengths_are_the_models()
    {
        Dictionary<string, byte[]> files = TinyEncoder.Files();
        foreach (string name in (string[])["modules.json", "1_Pooling/config.json", "sentence_bert_config.json", "config_sentence_transformers.json"])
        {
            files.Remove(name);
        }

        using TemporaryFolder folder = new();
        using SentenceEncoder encoder = SentenceEncoder.FromDirectory(TinyEncoder.Write(folder, files));

        Close(Mean(encoder, [2, Id("tax"), Id("law"), 3]), Vectors(encoder, "tax law")[0]);
        Assert.Equal(24, encoder.MaximumTokens);
        Assert.Empty(encoder.Prompts);
    }

    [Fact]
    public void A_dense_layer_comes_after_pooling()
    {
        using TemporaryFolder folder = new();
        using TemporaryFolder without = new();
        using SentenceEncoder encoder = SentenceEncoder.FromDirectory(TinyEncoder.Write(folder, TinyEncoder.DenseFiles()));
        using SafetensorsFile file = SafetensorsFile.Open(Path.Join(folder.Root, "2_Dense/model.safetensors"));
        float[] weights = file.ReadSingles(file.Find("linear.weight")!);
        float[] bias = file.ReadSingles(file.Find("linear.bias")!);
        float[] mean = Mean(encoder, [2, Id("the"), Id("dog"), 3]);

        float[] expected = Unit([.. Enumerable.Range(0, TinyEncoder.DenseWidth).Select(row =>
            MathF.Tanh(bias[row] + Enumerable.Range(0, TinyEncoder.Width).Sum(i => weights[(row * TinyEncoder.Width) + i] * mean[i])))]);

        Close(expected, Vectors(encoder, "the dog")[0]);
        Assert.Equal(TinyEncoder.DenseWidth, encoder.Dimensions);
    }

    [Fact]
    public void Prompts_are_put_before_texts_by_name_and_may_be_left_out_of_the_mean()
    {
        using TemporaryFolder folder = new();
        using SentenceEncoder encoder = SentenceEncoder.FromDirectory(TinyEncoder.Write(folder));
        int[] ids = [2, Id("query"), Id(":"), Id("the"), Id("cat"), 3];

        Close(Unit(Mean(encoder, ids)), Vectors(encoder, new EmbedOptions { PromptName = "query" }, "the cat")[0]);
        Assert.Equal(Vectors(encoder, "query: the cat"), Vectors(encoder, new EmbedOptions { Prompt = "query: " }, "the cat"));
        ArgumentException error = Assert.Throws<ArgumentException>(() => Vectors(encoder, new EmbedOptions { PromptName = "title" }, "x"));
        Assert.Contains("query, passage", error.Message, StringComparison.Ordinal);

        Dictionary<string, byte[]> files = TinyEncoder.Files();
        files["1_Pooling/config.json"] = TinyEncoder.Pooling("mean", includePrompt: false);
        files["config_sentence_transformers.json"] = """{"prompts": {"query": "query: "}, "default_prompt_name": "query"}"""u8.ToArray();
        using TemporaryFolder second = new();
        using SentenceEncoder without = SentenceEncoder.FromDirectory(TinyEncoder.Write(second, files));
        float[][] rows = Rows(without, ids);

        // [CLS], the word and the colon are not counted.
        Close(Unit(Pool(rows[3..], "mean")), Vectors(without, "the cat")[0]);
        Close(Unit(Mean(without, [2, Id("the"), Id("cat"), 3])), Vectors(without, new EmbedOptions { Prompt = "" }, "the cat")[0]);
    }

    [Fact]
    public void Long_texts_are_cut_and_it_is_told()
    {
        using TemporaryFolder folder = new();
        using SentenceEncoder encoder = SentenceEncoder.FromDirectory(TinyEncoder.Write(folder));
        string longText = string.Join(' ', Enumerable.Repeat("cat", 50));

        SentenceEmbeddings embeddings = encoder.Embed([longText, "cat"], cancellationToken: Cancellation);

        Assert.Equal([TinyEncoder.MaximumTokens, 3], embeddings.TokenCounts);
        Assert.Equal([true, false], embeddings.Truncated);
        Close(Unit(Mean(encoder, [2, .. Enumerable.Repeat(Id("cat"), 18), 3])), embeddings.Vectors[0]);
    }

    [Fact]
    public void White_space_around_texts_and_case_do_not_count_where_the_file_says_so()
    {
        using TemporaryFolder folder = new();
        using SentenceEncoder encoder = SentenceEncoder.FromDirectory(TinyEncoder.Write(folder));

        Assert.Equal(Vectors(encoder, "the cat"), Vectors(encoder, "  The CAT\n"));
    }

    [Fact]
    public void A_part_of_the_dimensions_is_the_beginning_made_one_long_again()
    {
        using TemporaryFolder folder = new();
        using SentenceEncoder encoder = SentenceEncoder.FromDirectory(TinyEncoder.Write(folder));
        float[] whole = Vectors(encoder, "the cat")[0];

        Close(Unit(whole[..10]), Vectors(encoder, new EmbedOptions { Dimensions = 10 }, "the cat")[0]);
        Assert.Equal(whole, Vectors(encoder, new EmbedOptions { Dimensions = TinyEncoder.Width }, "the cat")[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Vectors(encoder, new EmbedOptions { Dimensions = 33 }, "x"));
        Assert.Throws<ArgumentOutOfRangeException>(() => Vectors(encoder, new EmbedOptions { Dimensions = 0 }, "x"));
    }

    [Fact]
    public void Many_texts_keep_their_order_and_have_the_vectors_that_they_have_alone()
    {
        using TemporaryFolder folder = new();
        using SentenceEncoder encoder = SentenceEncoder.FromDirectory(TinyEncoder.Write(folder), new EncoderOptions { Threads = 2 });
        string[] texts = [.. Enumerable.Range(0, 2500).Select(i => string.Join(' ', Enumerable.Range(0, i % 17).Select(j => (char)('a' + ((i + j) % 26)))))];

        float[][] vectors = Vectors(encoder, texts);

        foreach (int i in (int[])[0, 1, 16, 17, 1023, 1024, 2499])
        {
            Assert.Equal(Vectors(encoder, texts[i])[0], vectors[i]);
        }
    }

    [Theory]
    [InlineData("modules.json", "[]")]
    [InlineData("modules.json", "{}")]
    [InlineData("modules.json", "[{\"path\": \"\", \"type\": \"sentence_transformers.models.Transformer\"}, {\"path\": \"../x\", \"type\": \"sentence_transformers.models.Pooling\"}]")]
    [InlineData("modules.json", "[{\"path\": \"\", \"type\": \"sentence_transformers.models.Transformer\"}, {\"path\": \"1_LSTM\", \"type\": \"sentence_transformers.models.LSTM\"}]")]
    [InlineData("modules.json", "[{\"path\": \"\", \"type\": \"sentence_transformers.models.WordEmbeddings\"}, {\"path\": \"1_Pooling\", \"type\": \"sentence_transformers.models.Pooling\"}]")]
    [InlineData("1_Pooling/config.json", "{\"word_embedding_dimension\": 33}")]
    [InlineData("1_Pooling/config.json", "{\"pooling_mode_mean_tokens\": false}")]
    [InlineData("1_Pooling/config.json", "{\"pooling_mode_attention\": true}")]
    [InlineData("1_Pooling/config.json", "{\"pooling_mode\": \"median\"}")]
    [InlineData("1_Pooling/config.json", "no json")]
    [InlineData("sentence_bert_config.json", "{\"max_seq_length\": 0}")]
    [InlineData("sentence_bert_config.json", "{\"mask_prompt\": true}")]
    [InlineData("config_sentence_transformers.json", "{\"default_prompt_name\": \"query\"}")]
    [InlineData("config_sentence_transformers.json", "{\"prompts\": {\"query\": 1}}")]
    [InlineData("2_Dense/config.json", "{\"in_features\": 32, \"out_features\": 8, \"activation_function\": \"torch.nn.modules.activation.SiLU\"}")]
    [InlineData("2_Dense/model.safetensors", "x")]
    public void What_is_damaged_or_not_supported_is_refused_with_the_file(string name, string content)
    {
        Dictionary<string, byte[]> files = TinyEncoder.DenseFiles();
        files[name] = Encoding.UTF8.GetBytes(content);
        using TemporaryFolder folder = new();
        TinyEncoder.Write(folder, files);

        ModelFormatException error = Assert.Throws<ModelFormatException>(() =>
        {
            using SentenceEncoder encoder = SentenceEncoder.FromDirectory(folder.Root);
            encoder.Embed(["x"], cancellationToken: Cancellation);
        });

        Assert.EndsWith(name, error.File, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weights_that_only_pickle_or_GGUF_has_are_refused_before_they_are_fetched()
    {
        Dictionary<string, byte[]> files = TinyEncoder.Files();
        files.Remove("model.safetensors");
        await using HubFixture pickle = await HubFixture.StartAsync(files);
        files["tiny-Q8_0.gguf"] = [1];
        await using HubFixture gguf = await HubFixture.StartAsync(files);

        ModelFormatException first = await Assert.ThrowsAsync<ModelFormatException>(() => SentenceEncoder.FromHubAsync(HubFixture.Id, Options(pickle), Cancellation));
        ModelFormatException second = await Assert.ThrowsAsync<ModelFormatException>(() => SentenceEncoder.FromHubAsync(HubFixture.Id, Options(gguf), Cancellation));

        Assert.Contains("pickle", first.Message, StringComparison.Ordinal);
        Assert.Contains("GGUF", second.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("tiny-Q8_0.gguf", gguf.Fetched);
    }

    [Fact]
    public async Task A_transformer_in_a_folder_of_its_own_is_found_there()
    {
        string[] moved = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "sentence_bert_config.json"];
        Dictionary<string, byte[]> files = TinyEncoder.Files().ToDictionary(file => moved.Contains(file.Key) ? $"0_Transformer/{file.Key}" : file.Key, file => file.Value);
        files["modules.json"] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(files["modules.json"]).Replace("\"path\": \"\"", "\"path\": \"0_Transformer\"", StringComparison.Ordinal));
        await using HubFixture hub = await HubFixture.StartAsync(files);
        using TemporaryFolder folder = new();
        using SentenceEncoder expected = SentenceEncoder.FromDirectory(TinyEncoder.Write(folder));

        using SentenceEncoder encoder = await SentenceEncoder.FromHubAsync(HubFixture.Id, Options(hub), Cancellation);

        Assert.Equal(Vectors(expected, Texts), Vectors(encoder, Texts));
        Assert.Equal(TinyEncoder.MaximumTokens, encoder.MaximumTokens);
    }

    [Fact]
    public async Task A_gated_encoder_is_refused_before_its_weights_are_asked_for()
    {
        await using HubFixture hub = await HubFixture.StartAsync(TinyEncoder.Files(), new Server.RepositorySettings { Gate = Server.RepositoryGate.Automatic });

        HubException error = await Assert.ThrowsAsync<HubException>(() => SentenceEncoder.FromHubAsync(HubFixture.Id, Options(hub), Cancellation));

        Assert.Equal(HubErrorKind.Gated, error.Kind);
        Assert.DoesNotContain("model.safetensors", hub.Fetched);
    }

    [Fact]
    public async Task A_cancelled_call_ends_and_a_disposed_encoder_says_so()
    {
        using TemporaryFolder folder = new();
        SentenceEncoder encoder = SentenceEncoder.FromDirectory(TinyEncoder.Write(folder));
        await encoder.LoadAsync(Cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => encoder.EmbedAsync(Texts, cancellationToken: new CancellationToken(canceled: true)));
        encoder.Dispose();

        Assert.Throws<ObjectDisposedException>(() => encoder.Embed(Texts, cancellationToken: Cancellation));
        Assert.Throws<DirectoryNotFoundException>(() => SentenceEncoder.FromDirectory(Path.Join(folder.Root, "none")));
    }

    private static SentenceEncoderOptions Options(HubFixture hub, bool offline = false) => new() { Hub = hub.Options(offline).Hub, Encoder = new() { Threads = 1 } };

    private static int Id(string token) => TinyEncoder.Tokens.ToList().IndexOf(token);

    private static float[][] Vectors(SentenceEncoder encoder, params string[] texts) => Vectors(encoder, new EmbedOptions(), texts);

    private static float[][] Vectors(SentenceEncoder encoder, EmbedOptions options, params string[] texts) => [.. encoder.Embed(texts, options, Cancellation).Vectors];

    private static float[][] Rows(SentenceEncoder encoder, int[] ids) => [.. encoder.Model.HiddenStates(new EncoderInput(ids)).Chunk(TinyEncoder.Width)];

    private static float[] Mean(SentenceEncoder encoder, int[] ids) => Pool(Rows(encoder, ids), "mean");

    private static float[] Pool(float[][] rows, string mode) => [.. Enumerable.Range(0, TinyEncoder.Width).Select(i => rows.Select(row => row[i]).ToArray()).Select(column => mode switch
    {
        "cls" => column[0],
        "max" => column.Max(),
        "mean" => column.Average(),
        "mean_sqrt_len" => column.Sum() / MathF.Sqrt(column.Length),
        "weightedmean" => column.Select((x, i) => x * (i + 1)).Sum() / Enumerable.Range(1, column.Length).Sum(),
        _ => column[^1],
    })];

    private static float[] Unit(float[] vector)
    {
        float length = MathF.Sqrt(vector.Sum(x => x * x));
        return [.. vector.Select(x => x / length)];
    }

    private static void Close(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }
}
