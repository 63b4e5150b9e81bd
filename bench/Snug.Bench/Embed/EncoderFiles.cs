using System.Runtime.InteropServices;
using System.Text.Json;

namespace Snug.Bench;

/// <summary>Writes an encoder of random weights in the shape of all-MiniLM-L6-v2, and sentences of mixed length as token ids.</summary>
internal static class EncoderFiles
{
    public const int Hidden = 384;
    public const int Inner = 1536;
    public const int Layers = 6;
    private const int Heads = 12;
    private const int Vocabulary = 30522;
    private const int Positions = 512;

    /// <summary>Writes the model unless it is there.</summary>
    /// <returns>Its folder.</returns>
    public static string Ensure(string work)
    {
        string folder = Directory.CreateDirectory(Path.Join(work, "minilm-l6")).FullName;
        string weights = Path.Join(folder, "model.safetensors");
        if (File.Exists(weights))
        {
            return folder;
        }

        File.WriteAllBytes(Path.Join(folder, "config.json"), JsonSerializer.SerializeToUtf8Bytes(new
        {
            model_type = "bert",
            hidden_size = Hidden,
            num_hidden_layers = Layers,
            num_attention_heads = Heads,
            intermediate_size = Inner,
            hidden_act = "gelu",
            max_position_embeddings = Positions,
            type_vocab_size = 2,
            vocab_size = Vocabulary,
            layer_norm_eps = 1e-12,
            pad_token_id = 0,
        }));
        using (FileStream stream = new(weights + ".part", FileMode.Create))
        {
            Write(stream);
        }

        File.Move(weights + ".part", weights);
        return folder;
    }

    /// <summary>Sentences with a beginning and an end token: half of them short, a tail of long ones, as passages and questions have.</summary>
    public static int[][] Sentences(int count)
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int length = Math.Clamp((int)Math.Exp(3.2 + (0.7 * Normal(random))), 4, 128);
            return (int[])[101, .. Enumerable.Range(0, length - 2).Select(_ => random.Next(1000, Vocabulary)), 102];
        })];
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static void Write(Stream stream)
    {
        List<(string Name, int[] Shape)> tensors =
        [
            ("embeddings.word_embeddings.weight", [Vocabulary, Hidden]), ("embeddings.position_embeddings.weight", [Positions, Hidden]),
            ("embeddings.token_type_embeddings.weight", [2, Hidden]), ("embeddings.LayerNorm.weight", [Hidden]), ("embeddings.LayerNorm.bias", [Hidden]),
        ];
        for (int i = 0; i < Layers; i++)
        {
            foreach ((string part, int[] shape) in (ReadOnlySpan<(string, int[])>)
            [
                ("attention.self.query", [Hidden, Hidden]), ("attention.self.key", [Hidden, Hidden]), ("attention.self.value", [Hidden, Hidden]),
                ("attention.output.dense", [Hidden, Hidden]), ("attention.output.LayerNorm", [Hidden]), ("intermediate.dense", [Inner, Hidden]),
                ("output.dense", [Hidden, Inner]), ("output.LayerNorm", [Hidden]),
            ])
            {
                tensors.Add(($"encoder.layer.{i}.{part}.weight", shape));
                tensors.Add(($"encoder.layer.{i}.{part}.bias", [shape[0]]));
            }
        }

        Dictionary<string, object> header = new(StringComparer.Ordinal);
        long offset = 0;
        foreach ((string name, int[] shape) in tensors)
        {
            long end = offset + shape.Aggregate((long)sizeof(float), (product, size) => product * size);
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { offset, end } };
            offset = end;
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        stream.Write(BitConverter.GetBytes((long)json.Length));
        stream.Write(json);
        Random random = new(1);
        foreach ((string name, int[] shape) in tensors)
        {
            float[] values = new float[shape.Aggregate(1, (product, size) => product * size)];
            float spread = shape.Length > 1 ? 1.5f / MathF.Sqrt(shape[1]) : 0.1f;
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (((random.NextSingle() * 2) - 1) * spread) + (name.EndsWith("LayerNorm.weight", StringComparison.Ordinal) ? 1 : 0);
            }

            stream.Write(MemoryMarshal.AsBytes(values.AsSpan()));
        }
    }
}
