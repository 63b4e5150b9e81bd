using System.Runtime.InteropServices;

namespace Snug.Inference.Tests;

/// <summary>Encoders with what PyTorch computes with them; <c>EncoderData/make_encoders.py</c> made both.</summary>
internal static class EncoderFixture
{
    public static string Folder(string name) => Path.Join(Fixtures.RepositoryRoot, "tests", "Snug.Inference.Tests", "EncoderData", name);

    /// <summary>The models whose weights are committed.</summary>
    public static string[] Names { get; } =
        [.. Directory.EnumerateDirectories(Folder("")).Where(folder => File.Exists(Path.Join(folder, "model.safetensors"))).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    public static EncoderModel Load(string name, EncoderOptions? options = null) => EncoderModel.Load(Folder(name), options);

    /// <summary>The sequences, the vectors of their tokens (none for the real shape), and all poolings of each.</summary>
    public static (EncoderInput[] Inputs, float[] States, float[] Pooled) Expected(string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Join(Folder(name), "expected.safetensors"));
        int[] ids = Numbers("ids");
        int[] types = Numbers("types");
        List<EncoderInput> inputs = [];
        int start = 0;
        foreach (int length in Numbers("lengths"))
        {
            inputs.Add(new EncoderInput(ids.AsMemory(start, length)) { TypeIds = types.AsMemory(start, length) });
            start += length;
        }

        return ([.. inputs], file.Find("states") is { } states ? file.ReadSingles(states) : [], file.ReadSingles(file.Find("pooled")!));

        int[] Numbers(string tensor)
        {
            TensorInfo info = file.Find(tensor)!;
            int[] numbers = new int[info.ElementCount];
            file.Read(info, 0, MemoryMarshal.AsBytes(numbers.AsSpan()));
            return numbers;
        }
    }

    /// <summary>
    /// Writes the weights of the model of real shape: number i of all tensors, in the order of their names, is the upper 24 bits of
    /// SplitMix64(i), as a number from -1 to 1, scaled by what kind of tensor it is.
    /// </summary>
    public static string WriteByFormula(string name, TempFolder folder)
    {
        EncoderConfiguration c = EncoderConfigurationReader.Read(Path.Join(Folder(name), "config.json"), new HashSet<string>());
        SortedDictionary<string, long[]> shapes = new(StringComparer.Ordinal)
        {
            ["embeddings.word_embeddings.weight"] = [c.VocabularySize, c.HiddenSize],
            ["embeddings.position_embeddings.weight"] = [c.PositionCount, c.HiddenSize],
            ["embeddings.token_type_embeddings.weight"] = [c.TypeCount, c.HiddenSize],
            ["embeddings.LayerNorm.weight"] = [c.HiddenSize],
            ["embeddings.LayerNorm.bias"] = [c.HiddenSize],
        };
        for (int i = 0; i < c.LayerCount; i++)
        {
            foreach ((string part, int rows, int columns) in (ReadOnlySpan<(string, int, int)>)
            [
                ("attention.self.query", c.HiddenSize, c.HiddenSize), ("attention.self.key", c.HiddenSize, c.HiddenSize),
                ("attention.self.value", c.HiddenSize, c.HiddenSize), ("attention.output.dense", c.HiddenSize, c.HiddenSize),
                ("attention.output.LayerNorm", c.HiddenSize, 0), ("intermediate.dense", c.IntermediateSize, c.HiddenSize),
                ("output.dense", c.HiddenSize, c.IntermediateSize), ("output.LayerNorm", c.HiddenSize, 0),
            ])
            {
                shapes[$"encoder.layer.{i}.{part}.weight"] = columns > 0 ? [rows, columns] : [rows];
                shapes[$"encoder.layer.{i}.{part}.bias"] = [rows];
            }
        }

        ulong index = 0;
        List<(string, long[], byte[])> tensors = [];
        foreach ((string tensor, long[] shape) in shapes)
        {
            float[] values = new float[shape.Aggregate(1L, (product, size) => product * size)];
            double center = tensor.EndsWith("LayerNorm.weight", StringComparison.Ordinal) ? 1 : 0;
            double spread = shape.Length > 1 ? 1.5 / Math.Sqrt(shape[1]) : 0.1;
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (float)(center + (spread * (((SplitMix(index++) >> 40) / 8388608.0) - 1)));
            }

            tensors.Add((tensor, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray()));
        }

        File.Copy(Path.Join(Folder(name), "config.json"), folder.File("config.json"));
        Write(folder.File("model.safetensors"), tensors);
        return folder.Path;
    }

    private static ulong SplitMix(ulong index)
    {
        ulong z = (index + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private static void Write(string path, List<(string Name, long[] Shape, byte[] Data)> tensors)
    {
        List<string> entries = [];
        long offset = 0;
        foreach ((string name, long[] shape, byte[] data) in tensors)
        {
            entries.Add($"\"{name}\":{{\"dtype\":\"F32\",\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[{offset},{offset + data.Length}]}}");
            offset += data.Length;
        }

        byte[] header = System.Text.Encoding.UTF8.GetBytes($"{{{string.Join(',', entries)}}}");
        using BinaryWriter writer = new(File.Create(path));
        writer.Write((long)header.Length);
        writer.Write(header);
        foreach ((string _, long[] _, byte[] data) in tensors)
        {
            writer.Write(data);
        }
    }
}
