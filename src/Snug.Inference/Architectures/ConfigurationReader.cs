using System.Collections.Immutable;

namespace Snug.Inference;

/// <summary>Reads <c>config.json</c>.</summary>
internal static partial class ConfigurationReader
{
    /// <summary>Longest file. Real ones have some thousand bytes.</summary>
    public const int MaxFileBytes = 4 * 1024 * 1024;

    /// <summary>Widest vectors, most heads and so on; far above any model, far below what overflows.</summary>
    public const int MaxSize = 1 << 20;

    /// <summary>Most heads; with the longest chunk, the number of queries stays far below what overflows.</summary>
    public const int MaxHeads = 1 << 14;

    /// <summary>Most layers.</summary>
    public const int MaxLayers = 4096;

    /// <summary>Largest vocabulary and longest context.</summary>
    public const int MaxCount = 1 << 28;

    /// <summary>Keys that do not change what a forward pass computes.</summary>
    internal static readonly HashSet<string> Harmless =
    [
        "architectures", "auto_map", "bos_token_id", "chunk_size_feed_forward", "decoder_start_token_id", "dtype", "finetuning_task", "id2label",
        "initializer_range", "label2id", "max_window_layers", "model_max_length", "model_type", "name_or_path", "output_attentions",
        "output_hidden_states", "pad_token_id", "pretraining_tp", "problem_type", "return_dict", "sep_token_id", "task_specific_params",
        "tokenizer_class", "torch_dtype", "torchscript", "transformers_version", "unk_token_id", "use_cache", "use_bfloat16", "attention_dropout",
        "hidden_dropout", "attention_probs_dropout_prob", "hidden_dropout_prob", "is_llama_config", "rope_interleaved", "attn_pdrop", "embd_pdrop", "resid_pdrop",
        "summary_activation", "summary_first_dropout", "summary_proj_to_labels", "summary_type", "summary_use_proj", "n_ctx", "gradient_checkpointing",
        "transformers.js_config", "unsloth_fixed", "unsloth_version", "language", "license", "mlp_dropout", "attn_implementation", "head_dim_original",
        "early_stopping", "length_penalty", "max_length", "max_new_tokens", "min_length", "no_repeat_ngram_size", "num_beam_groups", "num_beams",
        "num_return_sequences", "repetition_penalty", "temperature", "top_k", "top_p", "typical_p", "do_sample", "diversity_penalty",
        "encoder_no_repeat_ngram_size", "output_scores", "return_dict_in_generate", "bad_words_ids", "prefix", "use_flash_attn", "cache_implementation",
        "classifier_dropout",
    ];

    private static readonly HashSet<string> None = [];

    /// <summary>Reads the configuration of a model folder.</summary>
    /// <param name="file">Path of <c>config.json</c>.</param>
    /// <param name="allowed">Further keys to ignore.</param>
    public static ModelConfiguration Read(string file, IReadOnlySet<string> allowed) =>
        JsonFile.Read(file, MaxFileBytes, root => Read(new ConfigurationObject(root, file, "$"), allowed));

    /// <summary>Reads a configuration.</summary>
    public static ModelConfiguration Parse(ReadOnlyMemory<byte> json, string file, IReadOnlySet<string> allowed) =>
        JsonFile.Parse(json, file, root => Read(new ConfigurationObject(root, file, "$"), allowed));

    private static ModelConfiguration Read(ConfigurationObject root, IReadOnlySet<string> allowed)
    {
        string type = root.Text("model_type") ?? throw root.Fault("model_type", "is missing");
        ModelConfiguration configuration = type switch
        {
            "llama" or "mistral" or "qwen2" or "qwen3" or "smollm3" or "olmo2" => ReadLlamaFamily(root, type),
            "phi3" => ReadPhi3(root),
            "gemma2" or "gemma3_text" => ReadGemma(root, type),
            "gpt_neox" => ReadGptNeoX(root),
            "gpt2" => ReadGpt2(root),
            _ => throw root.Fault("model_type", $"is '{type}'; supported are {string.Join(", ", Architecture.Names)}"),
        };
        if (root.Object("quantization_config") is not null)
        {
            throw root.Fault("quantization_config", "asks for a weight format that is not supported; use the unquantized repository, or a GGUF file");
        }

        root.RefuseUnknown(Harmless, allowed);
        return Checked(configuration, root);
    }

    private static ModelConfiguration ReadLlamaFamily(ConfigurationObject root, string type)
    {
        int hidden = root.RequiredWhole("hidden_size", 1, MaxSize);
        int heads = root.RequiredWhole("num_attention_heads", 1, MaxHeads);
        int layers = root.RequiredWhole("num_hidden_layers", 1, MaxLayers);
        int positions = root.Whole("max_position_embeddings", 1, MaxCount) ?? 2048;
        string activation = root.Text("hidden_act") ?? "silu";
        if (activation is not ("silu" or "swish"))
        {
            throw root.Fault("hidden_act", $"is '{activation}'; for {type} only silu is supported");
        }

        (int? window, ImmutableArray<bool> sliding) = type == "smollm3" ? ReadSmolLM3Window(root, layers) : ReadWindow(root, type, layers);
        int headSize = root.Whole("head_dim", 1, MaxSize) ?? (type == "qwen3" ? 128 : hidden / heads);
        return new ModelConfiguration
        {
            ModelType = type,
            VocabularySize = root.RequiredWhole("vocab_size", 1, MaxCount),
            HiddenSize = hidden,
            IntermediateSize = root.RequiredWhole("intermediate_size", 1, MaxSize),
            LayerCount = layers,
            HeadCount = heads,
            KeyValueHeadCount = root.Whole("num_key_value_heads", 1, MaxHeads) ?? heads,
            HeadSize = headSize,
            MaximumPositions = positions,
            NormEpsilon = (float)(root.Positive("rms_norm_eps") ?? (type == "olmo2" ? 1e-5 : 1e-6)),
            Rope = ReadRope(root, positions, headSize, type == "smollm3" ? 2_000_000 : 10_000),
            RotaryLayers = type == "smollm3" ? ReadRotaryLayers(root, layers) : [],
            TiedEmbeddings = root.Flag("tie_word_embeddings") ?? (type == "smollm3"),
            SlidingWindow = window,
            SlidingLayers = sliding,
            AttentionBias = root.Flag("attention_bias") ?? false,
            FeedForwardBias = root.Flag("mlp_bias") ?? false,
            BeginToken = Begin(root),
            EndTokens = Ends(root),
        };
    }

    private static (int? Window, ImmutableArray<bool> Layers) ReadWindow(ConfigurationObject root, string type, int layers)
    {
        int? window = root.Whole("sliding_window", 1, MaxCount);
        bool isQwen = type is "qwen2" or "qwen3";
        bool used = isQwen ? root.Flag("use_sliding_window") ?? false : type == "mistral";
        int first = isQwen ? root.Whole("max_window_layers", 0, MaxCount) ?? layers : 0;
        ImmutableArray<bool> usual = [.. Enumerable.Range(0, layers).Select(layer => used && window is not null && layer >= first)];
        if (!ReadSlidingLayers(root, usual).SequenceEqual(usual))
        {
            throw root.Fault("layer_types", "does not agree with the sliding window that the other keys describe");
        }

        return used && window is not null ? (window, usual) : (null, []);
    }

    private static ModelConfiguration ReadGpt2(ConfigurationObject root)
    {
        string activation = root.Text("activation_function") ?? "gelu_new";
        if (activation is not ("gelu_new" or "gelu_pytorch_tanh"))
        {
            throw root.Fault("activation_function", $"is '{activation}'; for gpt2 only gelu_new is supported");
        }

        if (root.Flag("scale_attn_weights") == false)
        {
            throw root.Fault("scale_attn_weights", "must be true");
        }

        // Changes rounding in half precision only; everything here is computed in single precision.
        _ = root.Flag("reorder_and_upcast_attn");
        int hidden = root.RequiredWhole("n_embd", 1, MaxSize);
        int heads = root.RequiredWhole("n_head", 1, MaxHeads);
        return new ModelConfiguration
        {
            ModelType = "gpt2",
            VocabularySize = root.RequiredWhole("vocab_size", 1, MaxCount),
            HiddenSize = hidden,
            IntermediateSize = root.Whole("n_inner", 1, MaxSize) ?? 4 * hidden,
            LayerCount = root.RequiredWhole("n_layer", 1, MaxLayers),
            HeadCount = heads,
            KeyValueHeadCount = heads,
            HeadSize = hidden / heads,
            MaximumPositions = root.Whole("n_positions", 1, MaxCount) ?? 1024,
            NormEpsilon = (float)(root.Positive("layer_norm_epsilon") ?? 1e-5),
            TiedEmbeddings = root.Flag("tie_word_embeddings") ?? true,
            AttentionBias = true,
            FeedForwardBias = true,
            BeginToken = Begin(root),
            EndTokens = Ends(root),
        };
    }

    private static ModelConfiguration Checked(ModelConfiguration configuration, ConfigurationObject root)
    {
        if (configuration.HeadCount % configuration.KeyValueHeadCount != 0)
        {
            throw root.Fault("num_key_value_heads", $"is {configuration.KeyValueHeadCount}, which does not divide {configuration.HeadCount} heads");
        }

        if (configuration.HeadSize == 0 || (configuration.Rope is { RotatedSize: null } && configuration.HeadSize % 2 != 0))
        {
            throw root.Fault("head_dim", "must be even for rotary positions, and more than 0");
        }

        if ((long)configuration.QuerySize > MaxSize || (long)configuration.HeadCount * configuration.HeadSize > MaxSize)
        {
            throw root.Fault("num_attention_heads", "makes projections that are too wide");
        }

        return configuration;
    }
}
