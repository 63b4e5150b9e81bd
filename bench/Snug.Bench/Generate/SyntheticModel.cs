using System.Text;

namespace Snug.Bench;

/// <summary>Writes GGUF files of random weights, with embeddings and output tied.</summary>
internal static class SyntheticModel
{
    public static IReadOnlyList<string> Types { get; } = ["bf16", "q8_0", "q4_0"];

    /// <summary>Writes the file unless it is there.</summary>
    public static string Ensure(string folder, ModelShape shape, string type)
    {
        string path = Path.Join(folder, $"{shape.Name}-{type}.gguf");
        if (!File.Exists(path))
        {
            using (FileStream stream = new(path + ".part", FileMode.Create))
            using (BinaryWriter writer = new(stream))
            {
                Write(writer, shape, type);
            }

            File.Move(path + ".part", path);
        }

        return path;
    }

    private static void Write(BinaryWriter writer, ModelShape s, string type)
    {
        List<(string Name, int Rows, int Columns)> tensors = [("token_embd.weight", s.Vocabulary, s.Hidden), ("output_norm.weight", 1, s.Hidden)];
        for (int i = 0; i < s.Layers; i++)
        {
            tensors.AddRange(
            [
                ($"blk.{i}.attn_norm.weight", 1, s.Hidden), ($"blk.{i}.ffn_norm.weight", 1, s.Hidden),
                ($"blk.{i}.attn_q.weight", s.Hidden, s.Hidden), ($"blk.{i}.attn_k.weight", s.KeyHeads * s.HeadSize, s.Hidden),
                ($"blk.{i}.attn_v.weight", s.KeyHeads * s.HeadSize, s.Hidden), ($"blk.{i}.attn_output.weight", s.Hidden, s.Hidden),
                ($"blk.{i}.ffn_gate.weight", s.Inner, s.Hidden), ($"blk.{i}.ffn_up.weight", s.Inner, s.Hidden), ($"blk.{i}.ffn_down.weight", s.Hidden, s.Inner),
            ]);
        }

        (string Key, object Value)[] metadata =
        [
            ("general.architecture", "llama"), ("llama.context_length", 4096u), ("llama.embedding_length", (uint)s.Hidden),
            ("llama.feed_forward_length", (uint)s.Inner), ("llama.block_count", (uint)s.Layers), ("llama.attention.head_count", (uint)s.Heads),
            ("llama.attention.head_count_kv", (uint)s.KeyHeads), ("llama.rope.dimension_count", (uint)s.HeadSize), ("llama.rope.freq_base", 10000f),
            ("llama.attention.layer_norm_rms_epsilon", 1e-5f), ("llama.vocab_size", (uint)s.Vocabulary), ("tokenizer.ggml.model", "no_vocab"),
        ];
        writer.Write("GGUF"u8);
        writer.Write(3);
        writer.Write((ulong)tensors.Count);
        writer.Write((ulong)metadata.Length);
        foreach ((string key, object value) in metadata)
        {
            WriteText(writer, key);
            WriteValue(writer, value);
        }

        long offset = 0;
        foreach ((string name, int rows, int columns) in tensors)
        {
            WriteText(writer, name);
            writer.Write(rows == 1 ? 1 : 2);
            writer.Write((long)columns);
            if (rows > 1)
            {
                writer.Write((long)rows);
            }

            writer.Write(rows == 1 ? 0 : Number(type));
            writer.Write(offset);
            offset += Pad(Bytes(rows, columns, type));
        }

        Random random = new(1);
        foreach ((string _, int rows, int columns) in tensors)
        {
            writer.Write(new byte[Pad(writer.BaseStream.Position) - writer.BaseStream.Position]);
            WriteWeights(writer, rows, columns, type, random);
        }
    }

    private static int Number(string type) => type switch
    {
        "bf16" => 30,
        "q8_0" => 8,
        _ => 2,
    };

    private static long Bytes(int rows, int columns, string type) => rows == 1 ? 4L * columns : type switch
    {
        "bf16" => 2L * rows * columns,
        "q8_0" => 34L * rows * (columns / 32),
        _ => 18L * rows * (columns / 32),
    };

    private static void WriteWeights(BinaryWriter writer, int rows, int columns, string type, Random random)
    {
        byte[] row = new byte[Bytes(Math.Max(rows, 2), columns, type) / Math.Max(rows, 2)];
        for (int r = 0; r < rows; r++)
        {
            if (rows == 1)
            {
                row = new byte[4 * columns];
                for (int i = 0; i < columns; i++)
                {
                    BitConverter.TryWriteBytes(row.AsSpan(4 * i), 1f);
                }
            }
            else
            {
                random.NextBytes(row);
                int stride = type == "bf16" ? 2 : type == "q8_0" ? 34 : 18;
                for (int at = 0; at < row.Length; at += stride)
                {
                    // Small numbers, so that nothing overflows: an exponent near 2^-5, or a scale of 2^-11.
                    BitConverter.TryWriteBytes(row.AsSpan(at), (ushort)(type == "bf16" ? (row[at] & 0x7f) | ((row[at + 1] & 1) << 15) | 0x3d00 : type == "q8_0" ? 0x0800 : 0x1800));
                }
            }

            writer.Write(row);
        }
    }

    private static long Pad(long position) => (position + 31) / 32 * 32;

    private static void WriteText(BinaryWriter writer, string text)
    {
        writer.Write((ulong)text.Length);
        writer.Write(Encoding.ASCII.GetBytes(text));
    }

    private static void WriteValue(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case uint number:
                writer.Write(4);
                writer.Write(number);
                break;
            case float number:
                writer.Write(6);
                writer.Write(number);
                break;
            default:
                writer.Write(8);
                WriteText(writer, (string)value);
                break;
        }
    }
}
