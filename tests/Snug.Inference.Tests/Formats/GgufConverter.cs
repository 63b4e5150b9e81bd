using System.Globalization;
using System.Runtime.InteropServices;

namespace Snug.Inference.Tests;

/// <summary>Turns a model of the test data into GGUF, in the names and the order of rows that llama.cpp's converter writes.</summary>
internal static class GgufConverter
{
    public static byte[] Convert(string folder, TensorType type = TensorType.F32, Action<GgufWriter>? more = null)
    {
        ModelConfiguration c = ConfigurationReader.Read(Path.Join(folder, "config.json"), new HashSet<string>());
        string architecture = c.ModelType == "mistral" ? "llama" : c.ModelType;
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
            else if (architecture == "llama" && (name.Contains("attn_q.", StringComparison.Ordinal) || name.Contains("attn_k.", StringComparison.Ordinal)))
            {
                values = Interleave(values, (int)shape[0], c.HeadSize);
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
            .Add(a == "gpt2" ? $"{a}.attention.layer_norm_epsilon" : $"{a}.attention.layer_norm_rms_epsilon", c.NormEpsilon)
            .Add("tokenizer.ggml.model", "no_vocab")
            .Add($"{a}.vocab_size", (uint)c.VocabularySize)
            .Add("tokenizer.ggml.eos_token_id", 2u);
        if (c.HeadSize != c.HiddenSize / c.HeadCount)
        {
            writer.Add($"{a}.attention.key_length", (uint)c.HeadSize).Add($"{a}.attention.value_length", (uint)c.HeadSize);
        }

        if (c.Rope is { } rope)
        {
            writer.Add($"{a}.rope.freq_base", (float)rope.Theta).Add($"{a}.rope.dimension_count", (uint)c.HeadSize);
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

        return writer;
    }

    private static string NameOf(string name, string architecture)
    {
        (string From, string To)[] pairs = architecture == "gpt2"
            ?
            [
                ("transformer.wte", "token_embd"), ("transformer.wpe", "position_embd"), ("transformer.ln_f", "output_norm"), ("transformer.h.", "blk."),
                ("attn.c_attn", "attn_qkv"), ("attn.c_proj", "attn_output"), ("ln_1", "attn_norm"), ("ln_2", "ffn_norm"), ("mlp.c_fc", "ffn_up"),
                ("mlp.c_proj", "ffn_down"),
            ]
            :
            [
                ("model.embed_tokens", "token_embd"), ("model.norm", "output_norm"), ("lm_head", "output"), ("model.layers.", "blk."),
                ("input_layernorm", "attn_norm"), ("post_attention_layernorm", "ffn_norm"), ("self_attn.q_proj", "attn_q"), ("self_attn.k_proj", "attn_k"),
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
