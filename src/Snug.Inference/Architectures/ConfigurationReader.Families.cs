using System.Collections.Immutable;

namespace Snug.Inference;

internal static partial class ConfigurationReader
{
    private static ModelConfiguration ReadPhi3(ConfigurationObject root)
    {
        RequireActivation(root, "hidden_act", "silu", "silu", "swish");
        RequireOne(root, "full_attn_mod");
        RequireOne(root, "interpolate_factor");

        // Without a scaling that needs it, the length that was trained changes nothing.
        _ = root.Whole("original_max_position_embeddings", 1, MaxCount);
        int hidden = root.RequiredWhole("hidden_size", 1, MaxSize);
        int heads = root.RequiredWhole("num_attention_heads", 1, MaxHeads);
        int headSize = root.Whole("head_dim", 1, MaxSize) ?? hidden / heads;
        int positions = root.Whole("max_position_embeddings", 1, MaxCount) ?? 4096;
        return new ModelConfiguration
        {
            ModelType = "phi3",
            VocabularySize = root.RequiredWhole("vocab_size", 1, MaxCount),
            HiddenSize = hidden,
            IntermediateSize = root.RequiredWhole("intermediate_size", 1, MaxSize),
            LayerCount = root.RequiredWhole("num_hidden_layers", 1, MaxLayers),
            HeadCount = heads,
            KeyValueHeadCount = root.Whole("num_key_value_heads", 1, MaxHeads) ?? heads,
            HeadSize = headSize,
            MaximumPositions = positions,
            NormEpsilon = (float)(root.Positive("rms_norm_eps") ?? 1e-5),
            Rope = ReadRope(root, positions, headSize, 10_000, share: 1),
            TiedEmbeddings = root.Flag("tie_word_embeddings") ?? false,
            SlidingWindow = root.Whole("sliding_window", 1, MaxCount),
            BeginToken = Begin(root),
            EndTokens = Ends(root),
        };
    }

    private static ModelConfiguration ReadGemma(ConfigurationObject root, string type)
    {
        bool isSecond = type == "gemma2";
        RequireActivation(root, "hidden_activation", "gelu_pytorch_tanh", "gelu_pytorch_tanh");

        // Of the two keys, the models look at the other one.
        _ = root.Text("hidden_act");
        if (!isSecond && root.Number("attn_logit_softcapping") is not null)
        {
            throw root.Fault("attn_logit_softcapping", "is not supported for gemma3_text");
        }

        int layers = root.RequiredWhole("num_hidden_layers", 1, MaxLayers);
        int headSize = root.Whole("head_dim", 1, MaxSize) ?? 256;
        int positions = root.Whole("max_position_embeddings", 1, MaxCount) ?? (isSecond ? 8192 : 131_072);
        int heads = root.RequiredWhole("num_attention_heads", 1, MaxHeads);
        int pattern = isSecond ? 2 : root.Whole("sliding_window_pattern", 1, MaxLayers) ?? root.Whole("_sliding_window_pattern", 1, MaxLayers) ?? 6;
        (RopeConfiguration rope, RopeConfiguration? local) = isSecond ? (ReadRope(root, positions, headSize, 10_000), null) : ReadGemma3Rope(root, positions, headSize);
        return new ModelConfiguration
        {
            ModelType = type,
            VocabularySize = root.RequiredWhole("vocab_size", 1, MaxCount),
            HiddenSize = root.RequiredWhole("hidden_size", 1, MaxSize),
            IntermediateSize = root.RequiredWhole("intermediate_size", 1, MaxSize),
            LayerCount = layers,
            HeadCount = heads,
            KeyValueHeadCount = root.Whole("num_key_value_heads", 1, MaxHeads) ?? 4,
            HeadSize = headSize,
            MaximumPositions = positions,
            NormEpsilon = (float)(root.Positive("rms_norm_eps") ?? 1e-6),
            Rope = rope,
            LocalRope = local,
            TiedEmbeddings = root.Flag("tie_word_embeddings") ?? true,
            SlidingWindow = root.IsNull("sliding_window") ? null : root.Whole("sliding_window", 1, MaxCount) ?? 4096,
            SlidingLayers = ReadSlidingLayers(root, [.. Enumerable.Range(1, layers).Select(layer => layer % pattern != 0)]),
            AttentionBias = root.Flag("attention_bias") ?? false,
            AttentionScale = (float)(1 / Math.Sqrt(root.Positive("query_pre_attn_scalar") ?? 256)),
            AttentionSoftCap = !isSecond || root.IsNull("attn_logit_softcapping") ? null : (float)(root.Positive("attn_logit_softcapping") ?? 50),
            LogitSoftCap = root.IsNull("final_logit_softcapping") ? null : (float?)(root.Positive("final_logit_softcapping") ?? (isSecond ? 30 : null)),
            BeginToken = Begin(root),
            EndTokens = Ends(root),
        };
    }

    /// <summary>Positions of the layers that see everything, and of the local ones, which are never scaled in files of the older form.</summary>
    private static (RopeConfiguration Full, RopeConfiguration Local) ReadGemma3Rope(ConfigurationObject root, int positions, int headSize)
    {
        double localTheta = root.Positive("rope_local_base_freq") ?? 10_000;
        if (root.Object("rope_parameters") is { } kinds && kinds.Object("full_attention") is { } full)
        {
            RopeConfiguration local = kinds.Object("sliding_attention") is { } sliding
                ? ReadScaling(sliding, root, positions, headSize, localTheta)
                : new RopeConfiguration { Theta = localTheta };
            kinds.RefuseUnknown(None, None);
            return (ReadScaling(full, root, positions, headSize, root.Positive("rope_theta") ?? 1_000_000), local);
        }

        return (ReadRope(root, positions, headSize, 1_000_000), new RopeConfiguration { Theta = localTheta });
    }

    private static ModelConfiguration ReadGptNeoX(ConfigurationObject root)
    {
        string activation = root.Text("hidden_act") ?? "gelu";
        if (activation is not ("gelu" or "gelu_new" or "gelu_fast" or "gelu_pytorch_tanh"))
        {
            throw root.Fault("hidden_act", $"is '{activation}'; for gpt_neox only gelu, gelu_new, gelu_fast and gelu_pytorch_tanh are supported");
        }

        int hidden = root.RequiredWhole("hidden_size", 1, MaxSize);
        int heads = root.RequiredWhole("num_attention_heads", 1, MaxHeads);
        int positions = root.Whole("max_position_embeddings", 1, MaxCount) ?? 2048;
        return new ModelConfiguration
        {
            ModelType = "gpt_neox",
            VocabularySize = root.RequiredWhole("vocab_size", 1, MaxCount),
            HiddenSize = hidden,
            IntermediateSize = root.RequiredWhole("intermediate_size", 1, MaxSize),
            LayerCount = root.RequiredWhole("num_hidden_layers", 1, MaxLayers),
            HeadCount = heads,
            KeyValueHeadCount = heads,
            HeadSize = hidden / heads,
            MaximumPositions = positions,
            NormEpsilon = (float)(root.Positive("layer_norm_eps") ?? 1e-5),
            Rope = ReadRope(root, positions, hidden / heads, root.Positive("rotary_emb_base") ?? 10_000, root.Positive("rotary_pct") ?? 0.25),
            TiedEmbeddings = root.Flag("tie_word_embeddings") ?? false,
            AttentionBias = root.Flag("attention_bias") ?? true,
            FeedForwardBias = true,
            ParallelResidual = root.Flag("use_parallel_residual") ?? true,
            ExactGelu = activation == "gelu",
            BeginToken = Begin(root),
            EndTokens = Ends(root),
        };
    }

    /// <summary>Layers without positions, listed one by one (1 has them), or one in an interval.</summary>
    private static ImmutableArray<bool> ReadRotaryLayers(ConfigurationObject root, int layers)
    {
        int interval = root.Whole("no_rope_layer_interval", 1, MaxLayers) ?? 4;
        int[] listed = root.Tokens("no_rope_layers", 1);
        if (listed.Length == 0)
        {
            return [.. Enumerable.Range(1, layers).Select(layer => layer % interval != 0)];
        }

        return listed.Length >= layers && listed.All(item => item >= 0)
            ? [.. listed.Take(layers).Select(item => item == 1)]
            : throw root.Fault("no_rope_layers", $"must be 0 or 1 for each of {layers} layers");
    }

    private static (int? Window, ImmutableArray<bool> Layers) ReadSmolLM3Window(ConfigurationObject root, int layers)
    {
        int? window = root.Whole("sliding_window", 1, MaxCount);
        bool used = (root.Flag("use_sliding_window") ?? false) && window is not null;
        ImmutableArray<bool> sliding = ReadSlidingLayers(root, [.. ReadRotaryLayers(root, layers).Select(isRotary => used && !isRotary)]);
        return used ? (window, sliding) : (null, []);
    }

    /// <summary>Which layers have the sliding window: as the file lists them, else as usual.</summary>
    private static ImmutableArray<bool> ReadSlidingLayers(ConfigurationObject root, ImmutableArray<bool> usual)
    {
        string?[] kinds = root.Texts("layer_types");
        return kinds.Length == 0 ? usual
            : kinds.Length == usual.Length && kinds.All(kind => kind is "sliding_attention" or "full_attention") ? [.. kinds.Select(kind => kind == "sliding_attention")]
            : throw root.Fault("layer_types", $"must be sliding_attention or full_attention for each of {usual.Length} layers");
    }

    private static void RequireActivation(ConfigurationObject root, string key, string usual, params ReadOnlySpan<string> supported)
    {
        string activation = root.Text(key) ?? usual;
        if (!supported.Contains(activation))
        {
            throw root.Fault(key, $"is '{activation}'; here only {usual} is supported");
        }
    }

    private static void RequireOne(ConfigurationObject root, string key)
    {
        if (root.Number(key) is { } number && number != 1)
        {
            throw root.Fault(key, $"is {number}; only 1 is supported");
        }
    }

    private static int? Begin(ConfigurationObject root) => root.Tokens("bos_token_id", MaxCount) is [>= 0 and var begin, ..] ? begin : null;

    private static ImmutableArray<int> Ends(ConfigurationObject root) => [.. root.Tokens("eos_token_id", MaxCount).Where(token => token >= 0)];
}
