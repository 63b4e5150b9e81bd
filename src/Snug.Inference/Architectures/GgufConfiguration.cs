using System.Collections.Immutable;

namespace Snug.Inference;

/// <summary>Reads a model's configuration from GGUF metadata.</summary>
internal static class GgufConfiguration
{
    /// <summary>Keys of an architecture that are read here, or that do not change what a forward pass computes.</summary>
    private static readonly HashSet<string> Known =
    [
        "context_length", "embedding_length", "feed_forward_length", "block_count", "attention.head_count", "attention.head_count_kv",
        "attention.key_length", "attention.value_length", "attention.layer_norm_rms_epsilon", "attention.layer_norm_epsilon", "attention.sliding_window",
        "attention.causal", "rope.dimension_count", "rope.freq_base", "rope.scaling.type", "rope.scaling.factor", "rope.scaling.original_context_length",
        "rope.scaling.finetuned", "rope.scaling.attn_factor", "rope.scaling.yarn_beta_fast", "rope.scaling.yarn_beta_slow", "rope.scale_linear", "vocab_size",
        "tensor_data_layout",
    ];

    /// <summary>Keys that only one architecture may have.</summary>
    private static bool IsOwn(string architecture, string key) => architecture switch
    {
        "gemma2" => key is "attn_logit_softcapping" or "final_logit_softcapping" or "attention.sliding_window_pattern",
        "gemma3" => key is "final_logit_softcapping" or "attention.sliding_window_pattern" or "rope.freq_base_swa",
        "gptneox" => key is "use_parallel_residual",
        _ => false,
    };

    /// <summary>Architectures by their names in GGUF, with transformers' names for them.</summary>
    private static readonly Dictionary<string, string> Architectures = new()
    {
        ["llama"] = "llama",
        ["qwen2"] = "qwen2",
        ["qwen3"] = "qwen3",
        ["gpt2"] = "gpt2",
        ["phi3"] = "phi3",
        ["gemma2"] = "gemma2",
        ["gemma3"] = "gemma3_text",
        ["smollm3"] = "smollm3",
        ["olmo2"] = "olmo2",
        ["gptneox"] = "gpt_neox",
    };

    public static ModelConfiguration Read(GgufFile file)
    {
        Metadata metadata = new(file);
        string architecture = metadata.Text("general.architecture") ?? throw metadata.Fault("general.architecture", "is missing");
        if (!Architectures.TryGetValue(architecture, out string? type))
        {
            throw metadata.Fault("general.architecture", $"is '{architecture}'; supported are {string.Join(", ", Architectures.Keys.Order(StringComparer.Ordinal))}");
        }

        RefuseUnknown(file, metadata, architecture);
        TensorInfo embedding = file.Find("token_embd.weight") is { Shape.Length: 2 } table
            ? table
            : throw new ModelFormatException("Tensor 'token_embd.weight' is missing, or has no rows.", file.FilePath);
        if (embedding.Shape[0] is < 1 or > ConfigurationReader.MaxCount)
        {
            throw new ModelFormatException($"The vocabulary has {embedding.Shape[0]} tokens.", file.FilePath, embedding.Offset);
        }

        int Whole(string key, int most) => metadata.Whole($"{architecture}.{key}", 1, most) ?? throw metadata.Fault($"{architecture}.{key}", "is missing");
        int hidden = Whole("embedding_length", ConfigurationReader.MaxSize);
        int heads = Whole("attention.head_count", ConfigurationReader.MaxHeads);
        int keyHeads = metadata.Whole($"{architecture}.attention.head_count_kv", 1, ConfigurationReader.MaxHeads) ?? heads;
        int headSize = metadata.Whole($"{architecture}.attention.key_length", 1, ConfigurationReader.MaxSize) ?? hidden / heads;
        int positions = Whole("context_length", ConfigurationReader.MaxCount);
        bool isGpt2 = architecture == "gpt2";
        bool hasLayerNorm = architecture is "gpt2" or "gptneox";
        RopeConfiguration? rope = isGpt2 ? null : ReadRope(metadata, file, architecture, headSize, positions);
        if (heads % keyHeads != 0 || headSize == 0 || (rope is { RotatedSize: null } && headSize % 2 != 0) || (long)heads * headSize > ConfigurationReader.MaxSize)
        {
            throw metadata.Fault($"{architecture}.attention.head_count", $"({heads}, {keyHeads} for keys, of {headSize} numbers) makes no sense");
        }

        if (metadata.Whole($"{architecture}.attention.value_length", 1, ConfigurationReader.MaxSize) is { } valueSize && valueSize != headSize)
        {
            throw metadata.Fault($"{architecture}.attention.value_length", "differs from key_length, which is not supported");
        }

        string epsilon = $"{architecture}.attention.{(hasLayerNorm ? "layer_norm_epsilon" : "layer_norm_rms_epsilon")}";
        int layers = Whole("block_count", ConfigurationReader.MaxLayers);
        ModelConfiguration configuration = new()
        {
            ModelType = type,
            VocabularySize = (int)embedding.Shape[0],
            HiddenSize = hidden,
            IntermediateSize = Whole("feed_forward_length", ConfigurationReader.MaxSize),
            LayerCount = layers,
            HeadCount = heads,
            KeyValueHeadCount = keyHeads,
            HeadSize = headSize,
            MaximumPositions = positions,
            NormEpsilon = (float)(metadata.Positive(epsilon) ?? throw metadata.Fault(epsilon, "is missing")),
            Rope = rope,
            SlidingWindow = metadata.Whole($"{architecture}.attention.sliding_window", 0, ConfigurationReader.MaxCount) is > 0 and var window ? window : null,
            AttentionBias = isGpt2 || file.Find("blk.0.attn_q.bias") is not null || file.Find("blk.0.attn_qkv.bias") is not null,
            FeedForwardBias = hasLayerNorm || file.Find("blk.0.ffn_up.bias") is not null,
            BeginToken = metadata.Whole("tokenizer.ggml.bos_token_id", 0, ConfigurationReader.MaxCount),
            EndTokens = ReadEndTokens(metadata),
        };
        return architecture switch
        {
            "gemma2" or "gemma3" => WithGemma(configuration, metadata, architecture),

            // One layer in four, in every model of the family.
            "smollm3" => configuration with { RotaryLayers = [.. Enumerable.Range(1, layers).Select(layer => layer % 4 != 0)] },

            // The file does not say which GELU; the published models have the exact one.
            "gptneox" => configuration with { ParallelResidual = metadata.Flag("gptneox.use_parallel_residual") ?? true, ExactGelu = true },
            "olmo2" when configuration.SlidingWindow is not null =>
                throw metadata.Fault("olmo2.attention.sliding_window", "is set, as in OLMo 3, which is not supported"),
            _ => configuration,
        };
    }

    /// <summary>What llama.cpp knows of Gemma without the file: the order of layers, and the scale of scores in the largest models.</summary>
    private static ModelConfiguration WithGemma(ModelConfiguration c, Metadata metadata, string architecture)
    {
        bool isSecond = architecture == "gemma2";
        bool isLargest = c.LayerCount == (isSecond ? 46 : 62);
        bool hasWindow = isSecond || c.SlidingWindow is not null;
        ImmutableArray<bool> sliding = metadata.Flags($"{architecture}.attention.sliding_window_pattern");
        int pattern = isSecond ? 2 : 6;
        if (sliding.IsEmpty)
        {
            pattern = metadata.Whole($"{architecture}.attention.sliding_window_pattern", 1, ConfigurationReader.MaxLayers) ?? pattern;
            sliding = [.. Enumerable.Range(1, c.LayerCount).Select(layer => hasWindow && layer % pattern != 0)];
        }
        else if (sliding.Length != c.LayerCount)
        {
            throw metadata.Fault($"{architecture}.attention.sliding_window_pattern", $"has {sliding.Length} entries for {c.LayerCount} layers");
        }

        return c with
        {
            SlidingWindow = c.SlidingWindow ?? (isSecond ? 4096 : null),
            SlidingLayers = sliding,
            LocalRope = isSecond ? null : new RopeConfiguration { Theta = metadata.Positive("gemma3.rope.freq_base_swa") ?? 10_000 },
            AttentionScale = isLargest ? (float)(1 / Math.Sqrt(c.HiddenSize / c.HeadCount)) : null,
            AttentionSoftCap = isSecond ? (float)(metadata.Positive("gemma2.attn_logit_softcapping") ?? 50) : null,
            LogitSoftCap = (float?)(metadata.Positive($"{architecture}.final_logit_softcapping") ?? (isSecond ? 30 : null)),
        };
    }

    private static ImmutableArray<int> ReadEndTokens(Metadata metadata)
    {
        int?[] tokens = [metadata.Token("tokenizer.ggml.eos_token_id"), metadata.Token("tokenizer.ggml.eot_token_id")];
        return [.. tokens.OfType<int>().Distinct()];
    }

    private static RopeConfiguration ReadRope(Metadata metadata, GgufFile file, string architecture, int headSize, int positions)
    {
        string Key(string name) => $"{architecture}.rope.{name}";
        int? rotated = metadata.Whole(Key("dimension_count"), 1, ConfigurationReader.MaxSize) is { } size && size != headSize ? size : null;
        if (rotated is { } part && (part > headSize || part % 2 != 0 || architecture is not ("gptneox" or "phi3")))
        {
            throw metadata.Fault(Key("dimension_count"), $"is {part} of {headSize} numbers, which is not supported for {architecture}");
        }

        string kind = metadata.Text(Key("scaling.type")) ?? "none";
        double factor = metadata.Positive(Key("scaling.factor")) ?? metadata.Positive(Key("scale_linear")) ?? 1;
        RopeScaling scaling = kind switch
        {
            "none" => metadata.Positive(Key("scale_linear")) is null ? RopeScaling.None : RopeScaling.Linear,
            "linear" => RopeScaling.Linear,
            "yarn" => RopeScaling.Yarn,
            _ => throw metadata.Fault(Key("scaling.type"), $"is '{kind}'; supported are none, linear and yarn"),
        };
        ImmutableArray<double> shorts = ReadFactors(file, "rope_factors_short.weight", (rotated ?? headSize) / 2);
        ImmutableArray<double> longs = ReadFactors(file, "rope_factors_long.weight", (rotated ?? headSize) / 2);
        if (shorts.IsEmpty != longs.IsEmpty)
        {
            throw new ModelFormatException("There are rotary factors for long sequences or for short ones, but not for both.", file.FilePath);
        }

        scaling = shorts.IsEmpty ? scaling : RopeScaling.LongRope;
        double ownFactor = scaling == RopeScaling.Yarn && factor > 1 ? (0.1 * Math.Log(factor)) + 1 : 1;
        return new RopeConfiguration
        {
            Theta = metadata.Positive(Key("freq_base")) ?? 10_000,
            Scaling = scaling,
            Factor = factor,
            OriginalPositions = metadata.Whole(Key("scaling.original_context_length"), 1, ConfigurationReader.MaxCount) ?? positions,
            BetaFast = metadata.Positive(Key("scaling.yarn_beta_fast")) ?? 32,
            BetaSlow = metadata.Positive(Key("scaling.yarn_beta_slow")) ?? 1,
            AttentionFactor = metadata.Positive(Key("scaling.attn_factor")) is { } own ? own * ownFactor : null,

            RotatedSize = rotated,
            ShortFactors = shorts,
            LongFactors = longs,

            // The converter reorders the rows of queries and keys for these architectures only.
            Interleaved = architecture is "llama" or "smollm3",
        };
    }

    private static ImmutableArray<double> ReadFactors(GgufFile file, string name, int count)
    {
        if (file.Find(name) is not { } tensor)
        {
            return [];
        }

        float[] factors = tensor.ElementCount == count ? file.ReadSingles(tensor) : [];
        return factors.Length == count && factors.All(factor => float.IsFinite(factor) && factor > 0)
            ? [.. factors.Select(factor => (double)factor)]
            : throw new ModelFormatException($"Tensor '{name}' must be {count} numbers more than 0.", file.FilePath, tensor.Offset);
    }

    private static void RefuseUnknown(GgufFile file, Metadata metadata, string architecture)
    {
        string prefix = $"{architecture}.";
        foreach ((string key, object value) in file.Metadata)
        {
            bool isEmpty = value is false or 0u or 0 or 0ul or 0L;
            string own = key.StartsWith(prefix, StringComparison.Ordinal) ? key[prefix.Length..] : "";
            if (own.Length > 0 && !Known.Contains(own) && !IsOwn(architecture, own) && !isEmpty)
            {
                throw metadata.Fault(key, "is not known, so the result might be wrong");
            }
        }

        if (metadata.Text($"{prefix}tensor_data_layout") is { } layout && layout != "Meta AI original pth")
        {
            throw metadata.Fault($"{prefix}tensor_data_layout", $"is '{layout}', which is not known");
        }
    }

    private sealed class Metadata(GgufFile file)
    {
        public string? Text(string key) => Value(key) switch
        {
            null => null,
            string text => text,
            _ => throw Fault(key, "must be text"),
        };

        public double? Positive(string key) => Number(key) is not { } number ? null
            : double.IsFinite(number) && number > 0 ? number
            : throw Fault(key, $"is {number}; it must be more than 0");

        public int? Whole(string key, int least, int most) => Number(key) is not { } number ? null
            : number == Math.Floor(number) && number >= least && number <= most ? (int)number
            : throw Fault(key, $"is {number}; it must be a whole number from {least} to {most}");

        /// <summary>A token id, or null where the file has a number that is none.</summary>
        public int? Token(string key) => Number(key) is { } number && number >= 0 && number <= ConfigurationReader.MaxCount ? (int)number : null;

        public bool? Flag(string key) => Value(key) switch
        {
            null => null,
            bool flag => flag,
            _ => throw Fault(key, "must be true or false"),
        };

        /// <summary>A list of truth values, or nothing where there is another value.</summary>
        public ImmutableArray<bool> Flags(string key) => Value(key) is bool[] flags ? [.. flags] : [];

        public ModelFormatException Fault(string key, string problem) => new($"Metadata '{key}' {problem}.", file.FilePath, jsonPath: key);

        private double? Number(string key) => Value(key) switch
        {
            null => null,
            byte number => number,
            sbyte number => number,
            ushort number => number,
            short number => number,
            uint number => number,
            int number => number,
            ulong number => number,
            long number => number,
            float number => number,
            double number => number,
            _ => throw Fault(key, "must be a number"),
        };

        private object? Value(string key) => file.Metadata.GetValueOrDefault(key);
    }
}
