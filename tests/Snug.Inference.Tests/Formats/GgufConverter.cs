using System.Globalization;
using System.Runtime.InteropServices;

namespace Snug.Inference.Tests;

/// <summary>Turns a model of the test data into GGUF, in the names and the order of rows that llama.cpp's converter writes.</summary>
internal static class GgufConverter
{
    public static byte[] Convert(string folder, TensorType type = TensorType.F32, Action<GgufWriter>? more = null)
    {
        ModelConfiguration c = ConfigurationReader.Read(Path.Join(folder, "config.json"), new HashSet<string>());
        string architecture = c.ModelType switch
        {
            "mistral" => "llama",
            "gemma3_text" => "gemma3",
            "gpt_neox" => "gptneox",
            _ => c.ModelType,
        };
        GgufWriter writer = Metadata(c, architecture);
        more?.Invoke(writer);
        using SafetensorsFile file = SafetensorsFile.Open(Path.Join(folder, "model.safetensors"));
        foreach (TensorInfo tensor in file.Tensors)
        {
            float[] values = file.ReadSingles(tensor);
            long[] shape = [.. tensor.Shape];
            string name = NameOf(tensor.Name, architecture);
            if (architecture == "gpt2" && tensor.Name.Contains(".c_", StringComparison.Ordinal) && shape.Length == 2)
            {
                values = Transpose(values, (int)shape[0], (int)shape[1]);
                shape = [shape[1], shape[0]];
            }
            else if (architecture == "gptneox" && name.Contains("attn_qkv.", StringComparison.Ordinal))
            {
                values = Separate(values, (int)shape[0], c.HeadSize);
            }
            else if (architecture.StartsWith("gemma", StringComparison.Ordinal) && name.Contains("norm", StringComparison.Ordinal))
            {
                values = [.. values.Select(value => value + 1)];
            }
            else if (architecture is "llama" or "smollm3" && (name.Contains("attn_q.", StringComparison.Ordinal) || name.Contains("attn_k.", StringComparison.Ordinal)))
            {
                values = Interleave(values, (int)shape[0], c.HeadSize);
            }

            // GGUF has no place for the scale of scores; llama.cpp knows it of the published models.
            if (c.AttentionScale is { } scale && name.Contains(architecture == "gemma3" ? "attn_q_norm" : "attn_q.", StringComparison.Ordinal))
            {
                values = [.. values.Select(value => value * scale * MathF.Sqrt(c.HeadSize))];
            }

            bool blocks = shape.Length == 2 && shape[1] % TensorTypes.Block(type).Elements == 0;
            TensorType stored = blocks ? type : TensorType.F32;
            writer.AddTensor(name, shape, GgufWriter.NumberOf(stored), Encode(stored, values));
        }

        return writer.ToArray();
    }

    private static GgufWriter Metadata(ModelConfiguration c, string architecture)
    {
        GgufWriter writer = new();
        string a = architecture;
        writer.Add("general.architecture", a)
            .Add($"{a}.context_length", (uint)c.MaximumPositions)
            .Add($"{a}.embedding_length", (uint)c.HiddenSize)
            .Add($"{a}.feed_forward_length", (uint)c.IntermediateSize)
            .Add($"{a}.block_count", (uint)c.LayerCount)
            .Add($"{a}.attention.head_count", (uint)c.HeadCount)
            .Add($"{a}.attention.head_count_kv", (uint)c.KeyValueHeadCount)
            .Add(a is "gpt2" or "gptneox" ? $"{a}.attention.layer_norm_epsilon" : $"{a}.attention.layer_norm_rms_epsilon", c.NormEpsilon)
            .Add("tokenizer.ggml.model", "no_vocab")
            .Add($"{a}.vocab_size", (uint)c.VocabularySize)
            .Add("tokenizer.ggml.eos_token_id", 2u);
        if (c.HeadSize != c.HiddenSize / c.HeadCount)
        {
            writer.Add($"{a}.attention.key_length", (uint)c.HeadSize).Add($"{a}.attention.value_length", (uint)c.HeadSize);
        }

        if (c.Rope is { } rope)
        {
            writer.Add($"{a}.rope.freq_base", (float)rope.Theta).Add($"{a}.rope.dimension_count", (uint)(rope.RotatedSize ?? c.HeadSize));
            if (rope.Scaling == RopeScaling.LongRope)
            {
                writer.Add($"{a}.rope.scaling.original_context_length", (uint)rope.OriginalPositions)
                    .Add($"{a}.rope.scaling.attn_factor", (float)RotaryFrequencies.AttentionFactor(rope))
                    .AddTensor("rope_factors_short.weight", [rope.ShortFactors.Length], 0, Singles(rope.ShortFactors))
                    .AddTensor("rope_factors_long.weight", [rope.LongFactors.Length], 0, Singles(rope.LongFactors));
            }

            if (rope.Scaling is RopeScaling.Linear or RopeScaling.Yarn)
            {
                writer.Add($"{a}.rope.scaling.type", rope.Scaling == RopeScaling.Linear ? "linear" : "yarn")
                    .Add($"{a}.rope.scaling.factor", (float)rope.Factor)
                    .Add($"{a}.rope.scaling.original_context_length", (uint)rope.OriginalPositions)
                    .Add($"{a}.rope.scaling.yarn_beta_fast", (float)rope.BetaFast);
            }

            if (rope.Scaling == RopeScaling.Llama3)
            {
                // The converter writes what each frequency is divided by.
                double[] scaled = new double[c.HeadSize / 2];
                double[] plain = new double[c.HeadSize / 2];
                RotaryFrequencies.Compute(rope, c.HeadSize, c.MaximumPositions, 0, scaled);
                RotaryFrequencies.Compute(rope with { Scaling = RopeScaling.None }, c.HeadSize, c.MaximumPositions, 0, plain);
                float[] factors = [.. plain.Zip(scaled, (whole, part) => (float)(whole / part))];
                writer.AddTensor("rope_freqs.weight", [factors.Length], 0, MemoryMarshal.AsBytes(factors.AsSpan()).ToArray());
            }
        }

        if (c.SlidingWindow is { } window)
        {
            writer.Add($"{a}.attention.sliding_window", (uint)window);
        }

        if (a == "gemma3")
        {
            writer.Add($"{a}.attention.sliding_window_pattern", (uint)(c.SlidingLayers.IndexOf(false) + 1)).Add($"{a}.rope.freq_base_swa", (float)c.LocalRope!.Theta);
        }

        if (c.AttentionSoftCap is { } scores && c.LogitSoftCap is { } logits)
        {
            writer.Add($"{a}.attn_logit_softcapping", scores).Add($"{a}.final_logit_softcapping", logits);
        }

        return a == "gptneox" ? writer.Add($"{a}.use_parallel_residual", c.ParallelResidual) : writer;
    }

    private static byte[] Singles(IEnumerable<double> values) => MemoryMarshal.AsBytes(values.Select(value => (float)value).ToArray().AsSpan()).ToArray();

    private static string NameOf(string name, string architecture)
    {
        (string From, string To)[] pairs = architecture == "gptneox"
            ?
            [
                ("gpt_neox.embed_in", "token_embd"), ("gpt_neox.final_layer_norm", "output_norm"), ("embed_out", "output"), ("gpt_neox.layers.", "blk."),
                ("post_attention_layernorm", "ffn_norm"), ("input_layernorm", "attn_norm"), ("attention.query_key_value", "attn_qkv"),
                ("attention.dense", "attn_output"), ("mlp.dense_h_to_4h", "ffn_up"), ("mlp.dense_4h_to_h", "ffn_down"),
            ]
            : architecture == "gpt2"
            ?
            [
                ("transformer.wte", "token_embd"), ("transformer.wpe", "position_embd"), ("transformer.ln_f", "output_norm"), ("transformer.h.", "blk."),
                ("attn.c_attn", "attn_qkv"), ("attn.c_proj", "attn_output"), ("ln_1", "attn_norm"), ("ln_2", "ffn_norm"), ("mlp.c_fc", "ffn_up"),
                ("mlp.c_proj", "ffn_down"),
            ]
            :
            [
                ("model.embed_tokens", "token_embd"), ("model.norm", "output_norm"), ("lm_head", "output"), ("model.layers.", "blk."),
                ("input_layernorm", "attn_norm"), ("post_feedforward_layernorm", "post_ffw_norm"), ("pre_feedforward_layernorm", "ffn_norm"),
                ("post_attention_layernorm", architecture is "gemma2" or "gemma3" or "olmo2" ? "post_attention_norm" : "ffn_norm"),
                ("self_attn.qkv_proj", "attn_qkv"), ("mlp.gate_up_proj", "ffn_up"), ("self_attn.q_proj", "attn_q"), ("self_attn.k_proj", "attn_k"),
                ("self_attn.v_proj", "attn_v"), ("self_attn.o_proj", "attn_output"), ("self_attn.q_norm", "attn_q_norm"), ("self_attn.k_norm", "attn_k_norm"),
                ("mlp.gate_proj", "ffn_gate"), ("mlp.up_proj", "ffn_up"), ("mlp.down_proj", "ffn_down"),
            ];
        return pairs.Aggregate(name, (text, pair) => text.Replace(pair.From, pair.To, false, CultureInfo.InvariantCulture));
    }

    /// <summary>Brings the two halves of each head together, number by number.</summary>
    private static float[] Interleave(float[] values, int rows, int headSize)
    {
        int width = values.Length / rows;
        float[] result = new float[values.Length];
        for (int row = 0; row < rows; row++)
        {
            (int head, int within) = Math.DivRem(row, headSize);
            int target = (head * headSize) + (within < headSize / 2 ? 2 * within : (2 * (within - (headSize / 2))) + 1);
            values.AsSpan(row * width, width).CopyTo(result.AsSpan(target * width));
        }

        return result;
    }

    /// <summary>Brings all queries together, all keys and all values, which are stored head by head.</summary>
    private static float[] Separate(float[] values, int rows, int headSize)
    {
        int width = values.Length / rows;
        float[] result = new float[values.Length];
        for (int row = 0; row < rows; row++)
        {
            (int head, int within) = Math.DivRem(row, 3 * headSize);
            int target = (within / headSize * (rows / 3)) + (head * headSize) + (within % headSize);
            values.AsSpan(row * width, width).CopyTo(result.AsSpan(target * width));
        }

        return result;
    }

    private static float[] Transpose(float[] values, int rows, int columns)
    {
        float[] result = new float[values.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                result[(column * rows) + row] = values[(row * columns) + column];
            }
        }

        return result;
    }

    private static byte[] Encode(TensorType type, float[] values)
    {
        switch (type)
        {
            case TensorType.F32:
                return MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
            case TensorType.F16:
                return MemoryMarshal.AsBytes(values.Select(value => (Half)value).ToArray().AsSpan()).ToArray();
            case TensorType.BF16:
                return MemoryMarshal.AsBytes(values.Select(FloatBits.ToBrainFloat).ToArray().AsSpan()).ToArray();
            default:
                (int elements, int bytes) = TensorTypes.Block(type);
                byte[] stored = new byte[values.Length / elements * bytes];
                BlockQuantizer.Encode(type, values, stored);
                return stored;
        }
    }
}
