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

    public static ModelConfiguration Read(GgufFile file)
    {
        Metadata metadata = new(file);
        string architecture = metadata.Text("general.architecture") ?? throw metadata.Fault("general.architecture", "is missing");
        if (architecture is not ("llama" or "qwen2" or "qwen3" or "gpt2"))
        {
            throw metadata.Fault("general.architecture", $"is '{architecture}'; supported are gpt2, llama, qwen2 and qwen3");
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
        if (heads % keyHeads != 0 || headSize == 0 || (!isGpt2 && headSize % 2 != 0) || (long)heads * headSize > ConfigurationReader.MaxSize)
        {
            throw metadata.Fault($"{architecture}.attention.head_count", $"({heads}, {keyHeads} for keys, of {headSize} numbers) makes no sense");
        }

        if (metadata.Whole($"{architecture}.attention.value_length", 1, ConfigurationReader.MaxSize) is { } valueSize && valueSize != headSize)
        {
            throw metadata.Fault($"{architecture}.attention.value_length", "differs from key_length, which is not supported");
        }

        string epsilon = $"{architecture}.attention.{(isGpt2 ? "layer_norm_epsilon" : "layer_norm_rms_epsilon")}";
        return new ModelConfiguration
        {
            ModelType = architecture,
            VocabularySize = (int)embedding.Shape[0],
            HiddenSize = hidden,
            IntermediateSize = Whole("feed_forward_length", ConfigurationReader.MaxSize),
            LayerCount = Whole("block_count", ConfigurationReader.MaxLayers),
            HeadCount = heads,
            KeyValueHeadCount = keyHeads,
            HeadSize = headSize,
            MaximumPositions = positions,
            NormEpsilon = (float)(metadata.Positive(epsilon) ?? throw metadata.Fault(epsilon, "is missing")),
            Rope = isGpt2 ? null : ReadRope(metadata, architecture, headSize, positions),
            SlidingWindow = metadata.Whole($"{architecture}.attention.sliding_window", 1, ConfigurationReader.MaxCount),
            AttentionBias = isGpt2 || file.Find("blk.0.attn_q.bias") is not null,
            FeedForwardBias = isGpt2 || file.Find("blk.0.ffn_up.bias") is not null,
            BeginToken = metadata.Whole("tokenizer.ggml.bos_token_id", 0, ConfigurationReader.MaxCount),
            EndTokens = ReadEndTokens(metadata),
        };
    }

    private static ImmutableArray<int> ReadEndTokens(Metadata metadata)
    {
        int?[] tokens = [metadata.Token("tokenizer.ggml.eos_token_id"), metadata.Token("tokenizer.ggml.eot_token_id")];
        return [.. tokens.OfType<int>().Distinct()];
    }

    private static RopeConfiguration ReadRope(Metadata metadata, string architecture, int headSize, int positions)
    {
        string Key(string name) => $"{architecture}.rope.{name}";
        if (metadata.Whole(Key("dimension_count"), 1, ConfigurationReader.MaxSize) is { } rotated && rotated != headSize)
        {
            throw metadata.Fault(Key("dimension_count"), $"is {rotated} of {headSize} numbers; partial rotation is not supported");
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

            // The converter reorders the rows of queries and keys for this architecture only.
            Interleaved = architecture == "llama",
        };
    }

    private static void RefuseUnknown(GgufFile file, Metadata metadata, string architecture)
    {
        string prefix = $"{architecture}.";
        foreach ((string key, object value) in file.Metadata)
        {
            bool isEmpty = value is false or 0u or 0 or 0ul or 0L;
            if (key.StartsWith(prefix, StringComparison.Ordinal) && !Known.Contains(key[prefix.Length..]) && !isEmpty)
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
