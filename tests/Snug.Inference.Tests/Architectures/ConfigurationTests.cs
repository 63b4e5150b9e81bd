using System.Text;
using System.Text.Json.Nodes;

namespace Snug.Inference.Tests;

public sealed class ConfigurationTests
{
    private static readonly HashSet<string> None = [];

    [Fact]
    public void The_configuration_of_a_published_model_is_understood()
    {
        ModelConfiguration c = Parse("""
            {"architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 128000,
             "eos_token_id": [128001, 128008, 128009], "head_dim": 64, "hidden_act": "silu", "hidden_size": 2048, "initializer_range": 0.02,
             "intermediate_size": 8192, "max_position_embeddings": 131072, "mlp_bias": false, "model_type": "llama", "num_attention_heads": 32,
             "num_hidden_layers": 16, "num_key_value_heads": 8, "pretraining_tp": 1, "rms_norm_eps": 1e-05,
             "rope_scaling": {"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0, "original_max_position_embeddings": 8192, "rope_type": "llama3"},
             "rope_theta": 500000.0, "tie_word_embeddings": true, "torch_dtype": "bfloat16", "transformers_version": "4.45.0.dev0", "use_cache": true,
             "vocab_size": 128256}
            """);

        Assert.Equal((128256, 2048, 8192, 16, 32, 8, 64), (c.VocabularySize, c.HiddenSize, c.IntermediateSize, c.LayerCount, c.HeadCount, c.KeyValueHeadCount, c.HeadSize));
        Assert.Equal((RopeScaling.Llama3, 500000.0, 32.0, 8192), (c.Rope!.Scaling, c.Rope.Theta, c.Rope.Factor, c.Rope.OriginalPositions));
        Assert.Equal([128001, 128008, 128009], c.EndTokens.ToArray());
        Assert.True(c.TiedEmbeddings);
        Assert.Null(c.SlidingWindow);
    }

    [Fact]
    public void A_window_that_is_switched_off_is_none_and_one_that_is_on_spares_the_first_layers()
    {
        ModelConfiguration off = Change("qwen2", root => root["use_sliding_window"] = false);
        ModelConfiguration on = Change("qwen2", _ => { });

        Assert.Null(off.SlidingWindow);
        Assert.Equal((int.MaxValue, 5), (on.WindowOf(0), on.WindowOf(1)));
    }

    [Fact]
    public void Rope_parameters_of_newer_files_are_understood()
    {
        ModelConfiguration c = Change("llama", root =>
        {
            root.Remove("rope_theta");
            root["rope_parameters"] = new JsonObject { ["rope_theta"] = 5e5, ["rope_type"] = "default" };
        });

        Assert.Equal((5e5, RopeScaling.None), (c.Rope!.Theta, c.Rope.Scaling));
    }

    [Theory]
    [InlineData("llama", "model_type", "\"mamba\"")]
    [InlineData("llama", "attention_multiplier", "0.5")]
    [InlineData("llama", "final_logit_softcapping", "30.0")]
    [InlineData("llama", "num_local_experts", "8")]
    [InlineData("llama", "partial_rotary_factor", "0.5")]
    [InlineData("llama", "hidden_act", "\"gelu\"")]
    [InlineData("llama", "num_key_value_heads", "3")]
    [InlineData("llama", "num_key_value_heads", "0")]
    [InlineData("llama", "hidden_size", "null")]
    [InlineData("llama", "hidden_size", "-32")]
    [InlineData("llama", "hidden_size", "1e30")]
    [InlineData("llama", "hidden_size", "\"32\"")]
    [InlineData("llama", "num_hidden_layers", "1000000")]
    [InlineData("llama", "rms_norm_eps", "0")]
    [InlineData("llama", "head_dim", "7")]
    [InlineData("llama", "tie_word_embeddings", "1")]
    [InlineData("llama", "quantization_config", "{\"quant_method\": \"gptq\"}")]
    [InlineData("llama", "layer_types", "[\"full_attention\", \"sliding_attention\"]")]
    [InlineData("phi3", "hidden_act", "\"gelu\"")]
    [InlineData("phi3", "full_attn_mod", "2")]
    [InlineData("phi3", "partial_rotary_factor", "0.4")]
    [InlineData("phi3", "partial_rotary_factor", "1.5")]
    [InlineData("phi3", "lm_head_bias", "true")]
    [InlineData("gemma2", "hidden_activation", "\"silu\"")]
    [InlineData("gemma2", "attn_logit_softcapping", "-1")]
    [InlineData("gemma2", "layer_types", "[\"full_attention\"]")]
    [InlineData("gemma2", "layer_types", "[\"full_attention\", \"chunked_attention\"]")]
    [InlineData("gemma3", "attn_logit_softcapping", "50.0")]
    [InlineData("gemma3", "use_bidirectional_attention", "true")]
    [InlineData("olmo2", "clip_qkv", "8.0")]
    [InlineData("smollm3", "no_rope_layers", "[1, 0]")]
    [InlineData("smollm3", "no_rope_layers", "[1, 1, 1, 2]")]
    [InlineData("gpt-neox", "hidden_act", "\"relu\"")]
    [InlineData("gpt-neox", "rotary_pct", "\"all\"")]
    [InlineData("gpt2", "activation_function", "\"relu\"")]
    [InlineData("gpt2", "scale_attn_weights", "false")]
    [InlineData("gpt2", "scale_attn_by_inverse_layer_idx", "true")]
    public void What_would_change_the_mathematics_is_refused_by_name(string model, string key, string value)
    {
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => Change(model, root => root[key] = JsonNode.Parse(value)));

        Assert.Equal($"$.{key}", e.JsonPath);
        Assert.Contains($"'{key}'", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rope_type", "\"longrope\"")]
    [InlineData("rope_type", "\"ntk\"")]
    [InlineData("factor", "-1")]
    [InlineData("factor", "null")]
    [InlineData("low_freq_factor", "4.0")]
    [InlineData("short_factor", "[1, 2]")]
    public void A_scaling_that_is_not_understood_is_refused_by_name(string key, string value)
    {
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => Change("llama-llama3", root => root["rope_scaling"]![key] = JsonNode.Parse(value)));

        Assert.StartsWith("$.rope_scaling.", e.JsonPath, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("short_factor", "null")]
    [InlineData("short_factor", "[1.0, 1.0]")]
    [InlineData("long_factor", "[1.0, 1.0, 0.0]")]
    [InlineData("long_factor", "[1.0, 1.0, \"2\"]")]
    public void Lists_of_rotary_factors_that_make_no_sense_are_refused_by_name(string key, string value) => Assert.Equal(
        $"$.rope_scaling.{key}",
        Assert.Throws<ModelFormatException>(() => Change("phi3-long", root => root["rope_scaling"]![key] = JsonNode.Parse(value))).JsonPath);

    [Fact]
    public void Gemma_has_windows_as_the_file_lists_them_else_in_its_own_pattern()
    {
        ModelConfiguration second = Change("gemma2", _ => { });
        ModelConfiguration third = Change("gemma3", root => root.Remove("sliding_window_pattern"));
        ModelConfiguration listed = Change("gemma3", root => root["layer_types"] = JsonNode.Parse("""["full_attention", "sliding_attention", "full_attention", "full_attention"]"""));
        ModelConfiguration uncapped = Change("gemma2", root => (root["attn_logit_softcapping"], root["sliding_window"]) = (null, null));

        Assert.Equal((6, int.MaxValue), (second.WindowOf(0), second.WindowOf(1)));
        Assert.Equal([true, true, true, true], third.SlidingLayers.ToArray());
        Assert.Equal((int.MaxValue, 5), (listed.WindowOf(0), listed.WindowOf(1)));
        Assert.Equal((null, 4f, int.MaxValue), (uncapped.AttentionSoftCap, uncapped.LogitSoftCap, uncapped.WindowOf(0)));
    }

    [Fact]
    public void Rope_parameters_for_each_kind_of_layer_are_understood()
    {
        ModelConfiguration c = Change("gemma3", root =>
        {
            root.Remove("rope_theta");
            root.Remove("rope_local_base_freq");
            root.Remove("rope_scaling");
            root["rope_parameters"] = JsonNode.Parse("""
                {"full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 5e5}, "sliding_attention": {"rope_type": "default", "rope_theta": 2e4}}
                """);
        });

        Assert.Equal((5e5, RopeScaling.Linear, 8.0), (c.Rope!.Theta, c.Rope.Scaling, c.Rope.Factor));
        Assert.Equal((2e4, RopeScaling.None), (c.LocalRope!.Theta, c.LocalRope.Scaling));
    }

    [Fact]
    public void A_key_that_the_caller_knows_to_be_harmless_is_let_pass()
    {
        byte[] json = Encoding.UTF8.GetBytes(Json("llama", root => root["my_own_note"] = "x"));

        Assert.Throws<ModelFormatException>(() => ConfigurationReader.Parse(json, "config.json", None));
        Assert.Equal(2, ConfigurationReader.Parse(json, "config.json", new HashSet<string> { "my_own_note" }).LayerCount);
        Assert.Equal(2, Change("llama", root => (root["_mine"], root["logit_scale"], root["is_moe"]) = ("x", null, false)).LayerCount);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"model_type\": \"llama\"")]
    [InlineData("{\"model_type\": \"llama\", \"model_type\": \"gpt2\"}")]
    [InlineData("{\"model_type\": \"\\ud800\"}")]
    [InlineData("{\"a\":[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}")]
    public void What_is_no_configuration_is_refused(string json) => Assert.Throws<ModelFormatException>(() => Parse(json));

    [Fact]
    public void A_context_beyond_learned_positions_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CausalModel.Load(Fixtures.Data("gpt2"), new ModelOptions { ContextLength = 49 }));

    [Fact]
    public void Heads_that_do_not_divide_the_width_of_GPT2_are_refused()
    {
        using TempFolder folder = new();
        folder.CopyModel("gpt2");
        File.WriteAllText(folder.File("config.json"), Json("gpt2", root => root["n_head"] = 5));

        Assert.Contains("5 heads", Assert.Throws<ModelFormatException>(() => CausalModel.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    private static ModelConfiguration Parse(string json) => ConfigurationReader.Parse(Encoding.UTF8.GetBytes(json), "config.json", None);

    private static ModelConfiguration Change(string model, Action<JsonObject> change) => Parse(Json(model, change));

    private static string Json(string model, Action<JsonObject> change)
    {
        JsonObject root = JsonNode.Parse(File.ReadAllText(Path.Join(Fixtures.Data(model), "config.json")))!.AsObject();
        change(root);
        return root.ToJsonString();
    }
}
