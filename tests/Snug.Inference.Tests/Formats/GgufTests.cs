using System.Buffers.Binary;

namespace Snug.Inference.Tests;

public sealed class GgufTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Convertible => [.. ArchitectureTests.Models.Select(row => row.Data).Where(name => name is not ("llama-dynamic" or "qwen2" or "gpt-neox-sequential"))];

    [Theory]
    [MemberData(nameof(Convertible))]
    public void Every_architecture_as_GGUF_gives_the_logits_of_the_reference(string name)
    {
        (int[] ids, float[] expected) = ArchitectureTests.Expected(name);
        string file = _folder.Write("model.gguf", GgufConverter.Convert(Fixtures.Data(name)));
        using CausalModel model = CausalModel.Load(file);
        using InferenceSession session = model.CreateSession();

        ArchitectureTests.AssertClose(expected, session.ReadAll(ids));
        Assert.Equal([2], model.Configuration.EndTokens.ToArray());
    }

    /// <summary>llama.cpp has no dynamic scaling, and for this context length it chooses the other factors of the short Phi-3.</summary>
    public static TheoryData<string> OfLlamaCpp => [.. ArchitectureTests.Models.Select(row => row.Data).Where(name => name is not ("llama-dynamic" or "phi3-short"))];

    [Theory]
    [MemberData(nameof(OfLlamaCpp))]
    public void Every_architecture_as_GGUF_gives_the_logits_of_llama_cpp(string name)
    {
        byte[] converted = GgufConverter.Convert(Fixtures.Data(name));
        if (Environment.GetEnvironmentVariable("SNUG_WRITE_GGUF") is { Length: > 0 } folder)
        {
            File.WriteAllBytes(Path.Join(folder, name + ".gguf"), converted);
        }

        using SafetensorsFile golden = SafetensorsFile.Open(Fixtures.Data("llama-cpp.safetensors"));
        float[] expected = golden.ReadSingles(golden.Find(name)!);
        using CausalModel model = CausalModel.Load(_folder.Write("model.gguf", converted));
        using InferenceSession session = model.CreateSession();
        float[] logits = session.ReadAll(ArchitectureTests.Expected(name).Ids);

        // llama.cpp reads no window of these, so that only positions within it can agree; and its GELU comes from a table of 16-bit numbers.
        int positions = name is "mistral" or "qwen2" or "phi3-long"
            ? ConfigurationReader.Read(Path.Join(Fixtures.Data(name), "config.json"), new HashSet<string>()).SlidingWindow!.Value
            : int.MaxValue;
        int count = (int)Math.Min(expected.Length, (long)positions * model.Configuration.VocabularySize);
        bool hasTable = name.StartsWith("gpt", StringComparison.Ordinal) || name.StartsWith("gemma", StringComparison.Ordinal);
        ArchitectureTests.AssertClose(expected.AsSpan(0, count), logits.AsSpan(0, count), hasTable ? 2e-3 : 1e-5);
    }

    [Theory]
    [InlineData("llama-biases", TensorType.Q8_0)]
    [InlineData("gpt2", TensorType.Q8_0)]
    [InlineData("qwen3", TensorType.Q4_0)]
    [InlineData("mistral", TensorType.F16)]
    [InlineData("mistral", TensorType.BF16)]
    public void Blocks_in_the_file_give_what_rounding_at_load_gives(string name, TensorType type)
    {
        (int[] ids, float[] _) = ArchitectureTests.Expected(name);
        string rounded = _folder.Write("rounded.gguf", GgufConverter.Convert(Fixtures.Data(name), type));
        string plain = _folder.Write("plain.gguf", GgufConverter.Convert(Fixtures.Data(name)));
        using CausalModel stored = CausalModel.Load(rounded);
        using InferenceSession session = stored.CreateSession();
        float[] logits = session.ReadAll(ids);
        if (type is TensorType.F16 or TensorType.BF16)
        {
            ArchitectureTests.AssertClose(ArchitectureTests.Expected(name).Logits, logits, 0.02);
            return;
        }

        // Four bits at load leave the tables at eight.
        using CausalModel atLoad = CausalModel.Load(plain, new ModelOptions { Format = type == TensorType.Q8_0 ? WeightFormat.Q8 : WeightFormat.Q4 });
        using InferenceSession other = atLoad.CreateSession();
        ArchitectureTests.AssertClose(other.ReadAll(ids), logits, type == TensorType.Q8_0 ? 1e-4 : 1);
    }

    [Fact]
    public void A_model_of_K_types_gives_the_logits_that_llama_cpp_gives()
    {
        (int[] ids, float[] expected) = ArchitectureTests.ReadExpected(Fixtures.Data("k-quants.expected.safetensors"));
        using CausalModel model = CausalModel.Load(Fixtures.Data("k-quants.gguf"), new ModelOptions { Threads = 2 });
        using InferenceSession session = model.CreateSession();

        float[] logits = session.ReadAll(ids);

        // Both round activations to eight bits, in blocks of different lengths.
        Assert.True(ArchitectureTests.Cosine(expected, logits) > 0.9995, $"The cosine is {ArchitectureTests.Cosine(expected, logits)}.");
        int vocabulary = model.Configuration.VocabularySize;
        Assert.Equal(Sampler.ArgMax(expected.AsSpan(expected.Length - vocabulary)), Sampler.ArgMax(logits.AsSpan(logits.Length - vocabulary)));

        // Token by token the positions are divided among the threads, and heads are rounded by whoever puts them together.
        session.Rewind(0);
        List<float> single = [];
        foreach (int id in ids)
        {
            session.Read(id);
            single.AddRange(session.Logits);
        }

        ArchitectureTests.AssertClose(logits, [.. single], 0.02);
        Assert.True(ArchitectureTests.Cosine(logits, [.. single]) > 0.9999);
    }

    [Fact]
    public void Metadata_is_read_with_its_types()
    {
        using GgufFile file = Open(new GgufWriter().Add("u", 7u).Add("f", 1.5f).Add("b", true).Add("s", "text").Add("a", (string[])["x", "yz"]));

        Assert.Equal(3, file.Version);
        Assert.Equal(7u, file.Metadata["u"]);
        Assert.Equal(1.5f, file.Metadata["f"]);
        Assert.Equal(true, file.Metadata["b"]);
        Assert.Equal("text", file.Metadata["s"]);
        Assert.Equal(["x", "yz"], (string[])file.Metadata["a"]);
    }

    [Fact]
    public void Real_files_of_other_writers_are_read()
    {
        foreach (string path in Directory.EnumerateFiles(Fixtures.Shared("models", "container-formats"), "*.gguf"))
        {
            using GgufFile file = GgufFile.Open(path);

            Assert.InRange(file.Version, 2, 3);
            foreach (TensorInfo tensor in file.Tensors.Where(tensor => TensorTypes.IsComputable(tensor.Type)))
            {
                Assert.Equal(tensor.ElementCount, file.ReadSingles(tensor).Length);
            }
        }
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(4u)]
    [InlineData(0x03000000u)]
    public void Other_versions_are_refused(uint version) =>
        Assert.Equal(4, Assert.Throws<ModelFormatException>(() => Open(new GgufWriter { Version = version })).ByteOffset);

    [Fact]
    public void What_lies_about_itself_is_refused_with_its_place()
    {
        GgufWriter Tensor(long[] shape, uint type, int bytes) => new GgufWriter().AddTensor("t", shape, type, new byte[bytes]);

        AssertRefused("overlaps", Patch(
            new GgufWriter().AddTensor("t", [8], 0, new byte[32]).AddTensor("u", [8], 0, new byte[32]),
            bytes => BinaryPrimitives.WriteUInt64LittleEndian(bytes[(24 + 33 + 25)..], 0)));
        AssertRefused("more elements", Tensor([1L << 40, 1L << 40], 0, 32).ToArray());
        AssertRefused("more elements", Tensor([-1], 0, 32).ToArray());
        AssertRefused("claims", Tensor([9], 0, 32).ToArray());
        AssertRefused("larger than any file", Tensor([long.MaxValue], 0, 32).ToArray());
        AssertRefused("divide into blocks", Tensor([33], 8, 34).ToArray());
        AssertRefused("dimensions", Tensor([1, 1, 1, 1, 1], 0, 32).ToArray());
        AssertRefused("IQ2", Tensor([32], 16, 32).ToArray());
        AssertRefused("type 99", Tensor([32], 99, 32).ToArray());
        AssertRefused("defined twice", new GgufWriter().AddTensor("t", [8], 0, new byte[32]).AddTensor("t", [8], 0, new byte[32]).ToArray());
        AssertRefused("defined twice", new GgufWriter().Add("k", 1u).Add("k", 2u).ToArray());
        AssertRefused("defined twice", new GgufWriter().Add("k", 1u).Add("k", "1").ToArray());
        AssertRefused("power of two", new GgufWriter().Add("general.alignment", 24u).ToArray());
        AssertRefused("power of two", new GgufWriter().Add("general.alignment", 0u).ToArray());
        AssertRefused("power of two", new GgufWriter().Add("general.alignment", "32").ToArray());
        AssertRefused("array within an array", new GgufWriter().Add("k", (byte[])[9, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]).ToArray());
        AssertRefused("array claims", new GgufWriter().Add("k", (byte[])[9, 0, 0, 0, 4, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]).ToArray());
        AssertRefused("string claims", new GgufWriter().Add("k", (byte[])[8, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 127]).ToArray());
        AssertRefused("Value type 13", new GgufWriter().Add("k", (byte[])[13, 0, 0, 0]).ToArray());
        AssertRefused("truth value", new GgufWriter().Add("k", (byte[])[7, 0, 0, 0, 2]).ToArray());
        AssertRefused("header claims", Patch(new GgufWriter(), bytes => bytes[8..16].Fill(255)));
        AssertRefused("header claims", Patch(new GgufWriter(), bytes => bytes[16..24].Fill(255)));
        AssertRefused("'GGUF'", Patch(new GgufWriter(), bytes => bytes[0] = 0));
    }

    [Fact]
    public void Every_truncation_of_a_file_is_refused()
    {
        byte[] whole = GgufConverter.Convert(Fixtures.Data("mistral"));
        for (int length = 0; length < whole.Length; length += length < 2500 ? 1 : 997)
        {
            string file = _folder.Write("x.gguf", whole.AsSpan(0, length));

            Assert.Throws<ModelFormatException>(() => GgufFile.Open(file));
        }
    }

    [Theory]
    [InlineData("llama.expert_count", 8u)]
    [InlineData("llama.attention.scale", 0.5f)]
    [InlineData("llama.rope.scaling.type", "longrope")]
    [InlineData("llama.rope.dimension_count", 4u)]
    public void Metadata_that_changes_the_mathematics_is_refused_by_name(string key, object value)
    {
        byte[] converted = GgufConverter.Convert(Fixtures.Data("mistral"), more: writer => writer.Add(key, value));
        if (key == "llama.rope.dimension_count")
        {
            AssertRefused("defined twice", converted);
            return;
        }

        string file = _folder.Write("x.gguf", converted);

        Assert.Equal(key, Assert.Throws<ModelFormatException>(() => CausalModel.Load(file)).JsonPath);
    }

    [Theory]
    [InlineData("gpt2.attention.key_length", 4u)]
    [InlineData("gpt2.attention.key_length", 16u)]
    public void Heads_that_do_not_fit_the_fused_projection_are_refused(string key, uint value)
    {
        string file = _folder.Write("x.gguf", GgufConverter.Convert(Fixtures.Data("gpt2"), more: writer => writer.Add(key, value)));

        Assert.Contains("heads", Assert.Throws<ModelFormatException>(() => CausalModel.Load(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_architecture_that_cannot_be_run_is_refused_by_name() =>
        Assert.Contains("'mamba'", Assert.Throws<ModelFormatException>(
            () => CausalModel.Load(_folder.Write("x.gguf", new GgufWriter().Add("general.architecture", "mamba").ToArray()))).Message, StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();

    private static byte[] Patch(GgufWriter writer, SpanAction change)
    {
        byte[] bytes = writer.ToArray();
        change(bytes);
        return bytes;
    }

    private GgufFile Open(GgufWriter writer) => GgufFile.Open(_folder.Write("x.gguf", writer.ToArray()));

    private void AssertRefused(string reason, byte[] content)
    {
        string file = _folder.Write("x.gguf", content);
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => GgufFile.Open(file));

        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.InRange(e.ByteOffset!.Value, 0, content.Length);
    }

    private delegate void SpanAction(Span<byte> bytes);
}
