using System.Text;
using System.Text.Json.Nodes;

namespace Snug.Inference.Tests;

public sealed class EncoderConfigurationTests
{
    [Theory]
    [InlineData("bert", "model_type", "\"deberta-v2\"")]
    [InlineData("bert", "hidden_act", "\"swish\"")]
    [InlineData("bert", "position_embedding_type", "\"relative_key\"")]
    [InlineData("bert", "is_decoder", "true")]
    [InlineData("bert", "add_cross_attention", "true")]
    [InlineData("bert", "num_attention_heads", "5")]
    [InlineData("bert", "embedding_size", "128")]
    [InlineData("bert", "rope_theta", "10000.0")]
    [InlineData("bert", "quantization_config", "{\"quant_method\": \"awq\"}")]
    [InlineData("bert", "hidden_size", "0")]
    [InlineData("roberta", "pad_token_id", "42")]
    [InlineData("roberta", "max_position_embeddings", "2")]
    [InlineData("mpnet", "relative_attention_num_buckets", "30")]
    [InlineData("distilbert", "n_heads", "3")]
    public void What_would_change_the_mathematics_is_refused_by_name(string model, string key, string value)
    {
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => Change(model, root => root[key] = JsonNode.Parse(value)));

        Assert.Equal($"$.{key}", e.JsonPath);
        Assert.Contains($"'{key}'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_configuration_of_a_published_model_is_understood()
    {
        EncoderConfiguration c = Parse("""
            {"_name_or_path": "nreimers/MiniLM-L6-H384-uncased", "architectures": ["BertModel"], "attention_probs_dropout_prob": 0.1,
             "gradient_checkpointing": false, "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "hidden_size": 384, "initializer_range": 0.02,
             "intermediate_size": 1536, "layer_norm_eps": 1e-12, "max_position_embeddings": 512, "model_type": "bert", "num_attention_heads": 12,
             "num_hidden_layers": 6, "pad_token_id": 0, "position_embedding_type": "absolute", "transformers_version": "4.8.2",
             "type_vocab_size": 2, "use_cache": true, "vocab_size": 30522}
            """);

        Assert.Equal((384, 6, 12, 1536, 512, 30522), (c.HiddenSize, c.LayerCount, c.HeadCount, c.IntermediateSize, c.MaximumTokens, c.VocabularySize));
        Assert.Equal((EncoderActivation.Gelu, 2, 0), (c.Activation, c.TypeCount, c.FirstPosition));
    }

    [Fact]
    public void A_tensor_without_a_place_is_refused_but_heads_are_not()
    {
        using TempFolder folder = new();
        foreach (string file in Directory.EnumerateFiles(EncoderFixture.Folder("bert-odd")))
        {
            File.Copy(file, folder.File(Path.GetFileName(file)));
        }

        // The model has heads, and loads; with a layer less than its weights have, it does not.
        using (EncoderModel model = EncoderModel.Load(folder.Path))
        {
            Assert.Equal(2, model.Configuration.LayerCount);
        }

        JsonObject root = JsonNode.Parse(File.ReadAllText(folder.File("config.json")))!.AsObject();
        root["num_hidden_layers"] = 1;
        File.WriteAllText(folder.File("config.json"), root.ToJsonString());

        ModelFormatException e = Assert.Throws<ModelFormatException>(() => EncoderModel.Load(folder.Path));
        Assert.Contains("encoder.layer.1", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_language_model_is_no_encoder() =>
        Assert.Contains("'llama'", Assert.Throws<ModelFormatException>(() => EncoderModel.Load(Fixtures.Data("llama"))).Message, StringComparison.Ordinal);

    private static EncoderConfiguration Change(string model, Action<JsonObject> change)
    {
        JsonObject root = JsonNode.Parse(File.ReadAllText(Path.Join(EncoderFixture.Folder(model), "config.json")))!.AsObject();
        change(root);
        return Parse(root.ToJsonString());
    }

    private static EncoderConfiguration Parse(string json) =>
        EncoderConfigurationReader.Parse(Encoding.UTF8.GetBytes(json), "config.json", new HashSet<string>());
}
