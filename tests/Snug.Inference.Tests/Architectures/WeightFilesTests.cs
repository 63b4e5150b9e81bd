using System.Text;
using System.Text.Json.Nodes;

namespace Snug.Inference.Tests;

public sealed class WeightFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void A_model_in_shards_gives_the_same_logits()
    {
        Shard();
        (int[] ids, float[] expected) = ArchitectureTests.Expected("llama");
        using CausalModel model = CausalModel.Load(_folder.Path);
        using InferenceSession session = model.CreateSession();

        ArchitectureTests.AssertClose(expected, session.ReadAll(ids));
    }

    [Theory]
    [InlineData("../model-1.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("sub/model-1.safetensors")]
    [InlineData("..\\model-1.safetensors")]
    [InlineData("C:model-1.safetensors")]
    [InlineData("model.safetensors.index.json")]
    [InlineData("pytorch_model.bin")]
    [InlineData("")]
    [InlineData("missing.safetensors")]
    [InlineData("model-2.safetensors")]
    public void An_index_that_names_what_it_may_not_is_refused(string shard)
    {
        Shard(map => map["model.norm.weight"] = shard);

        Assert.Equal("$.weight_map", Assert.Throws<ModelFormatException>(() => CausalModel.Load(_folder.Path)).JsonPath);
    }

    [Fact]
    public void A_tensor_that_is_in_two_shards_is_refused()
    {
        Shard(also: ["model.norm.weight"]);

        Assert.Throws<ModelFormatException>(() => CausalModel.Load(_folder.Path));
    }

    [Theory]
    [InlineData("pytorch_model.bin")]
    [InlineData("consolidated.00.pth")]
    [InlineData("model.ckpt")]
    public void Pickle_files_are_refused_with_what_to_do(string name)
    {
        _folder.Write("config.json", File.ReadAllBytes(Path.Join(Fixtures.Data("llama"), "config.json")));
        string file = _folder.Write(name, [0x80, 2]);

        foreach (string path in (string[])[_folder.Path, file])
        {
            ModelFormatException e = Assert.Throws<ModelFormatException>(() => CausalModel.Load(path));
            Assert.Contains("run any code", e.Message, StringComparison.Ordinal);
            Assert.Contains("safetensors", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_folder_without_weights_or_with_several_is_refused()
    {
        Assert.Contains("no safetensors", Assert.Throws<ModelFormatException>(() => CausalModel.Load(_folder.Path)).Message, StringComparison.Ordinal);
        _folder.Write("a.gguf", []);
        _folder.Write("b.gguf", []);
        Assert.Contains("several", Assert.Throws<ModelFormatException>(() => CausalModel.Load(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_that_are_missing_of_another_shape_or_left_over_are_refused_by_name()
    {
        Rewrite(tensors => tensors.Remove("model.layers.1.mlp.up_proj.weight"));
        Assert.Contains("'model.layers.1.mlp.up_proj.weight' is missing", Message(), StringComparison.Ordinal);

        Rewrite(tensors => tensors["model.norm.weight"] = ([16], tensors["model.norm.weight"].Data[..64]));
        Assert.Contains("'model.norm.weight' has shape [16]", Message(), StringComparison.Ordinal);

        Rewrite(tensors => tensors["model.layers.0.self_attn.q_proj.bias"] = ([32], new byte[128]));
        Assert.Contains("'model.layers.0.self_attn.q_proj.bias' has no place", Message(), StringComparison.Ordinal);

        string Message() => Assert.Throws<ModelFormatException>(() => CausalModel.Load(_folder.Path)).Message;
    }

    [Theory]
    [InlineData("llama", true, WeightFormat.AsStored)]
    [InlineData("gpt-neox", false, WeightFormat.Q8)]
    public void A_model_whose_weights_are_in_memory_does_not_need_its_file_any_more(string name, bool copy, WeightFormat format)
    {
        int[] ids = ArchitectureTests.Expected(name).Ids;
        using CausalModel whole = CausalModel.Load(Fixtures.Data(name), new ModelOptions { Format = format });
        using InferenceSession expected = whole.CreateSession();
        using CausalModel model = CausalModel.Load(_folder.CopyModel(name), new ModelOptions { CopyWeights = copy, Format = format });
        using InferenceSession session = model.CreateSession();

        Cut();

        Assert.Equal(expected.ReadAll(ids), session.ReadAll(ids));
    }

    [Fact]
    public void A_mapped_file_that_was_cut_is_reported_before_a_pass_reads_it()
    {
        using CausalModel model = CausalModel.Load(_folder.CopyModel("llama"));
        using InferenceSession session = model.CreateSession();
        session.Read(1);

        Cut();

        Assert.Equal(100, Assert.Throws<ModelFormatException>(() => session.Read(1)).ByteOffset);
    }

    [Fact]
    public void Names_without_the_model_before_them_are_understood()
    {
        Rewrite(tensors =>
        {
            foreach (string name in tensors.Keys.Where(name => name.StartsWith("model.", StringComparison.Ordinal)).ToArray())
            {
                tensors.Remove(name, out (long[], byte[]) tensor);
                tensors[name["model.".Length..]] = tensor;
            }

            // A constant that older files hold.
            tensors["layers.0.self_attn.rotary_emb.inv_freq"] = ([4], new byte[16]);
        });
        (int[] ids, float[] expected) = ArchitectureTests.Expected("llama");
        using CausalModel model = CausalModel.Load(_folder.Path);
        using InferenceSession session = model.CreateSession();

        ArchitectureTests.AssertClose(expected, session.ReadAll(ids));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>As a process would that does not ask for locks; Windows refuses it while the file is open.</summary>
    private void Cut()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A file that is open cannot be cut here.");
        using FileStream file = new(_folder.File("model.safetensors"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(100);
    }

    private static Dictionary<string, (long[] Shape, byte[] Data)> Read()
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Join(Fixtures.Data("llama"), "model.safetensors"));
        Dictionary<string, (long[], byte[])> tensors = [];
        foreach (TensorInfo tensor in file.Tensors)
        {
            byte[] data = new byte[tensor.ByteLength];
            file.Read(tensor, 0, data);
            tensors[tensor.Name] = ([.. tensor.Shape], data);
        }

        return tensors;
    }

    private void Rewrite(Action<Dictionary<string, (long[] Shape, byte[] Data)>> change)
    {
        _folder.CopyModel("llama");
        Dictionary<string, (long[], byte[])> tensors = Read();
        change(tensors);
        Write("model.safetensors", tensors);
    }

    private void Write(string name, IEnumerable<KeyValuePair<string, (long[] Shape, byte[] Data)>> tensors)
    {
        JsonObject header = [];
        using MemoryStream data = new();
        foreach ((string tensor, (long[] shape, byte[] bytes)) in tensors)
        {
            header[tensor] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray([.. shape.Select(dimension => JsonValue.Create(dimension))]),
                ["data_offsets"] = new JsonArray(data.Length, data.Length + bytes.Length),
            };
            data.Write(bytes);
        }

        _folder.Write(name, [.. SafetensorsTests.Bytes(header.ToJsonString(), 0), .. data.ToArray()]);
    }

    /// <summary>Two shards with an index; the second also holds what is named.</summary>
    private void Shard(Action<JsonObject>? change = null, string[]? also = null)
    {
        _folder.Write("config.json", File.ReadAllBytes(Path.Join(Fixtures.Data("llama"), "config.json")));
        Dictionary<string, (long[], byte[])> tensors = Read();
        JsonObject map = [];
        int number = 0;
        foreach (string name in tensors.Keys)
        {
            map[name] = name == "model.norm.weight" ? "model-1.safetensors" : $"model-{1 + (number++ % 2)}.safetensors";
        }

        foreach (string shard in (string[])["model-1.safetensors", "model-2.safetensors"])
        {
            Write(shard, tensors.Where(tensor => map[tensor.Key]!.GetValue<string>() == shard || (shard == "model-2.safetensors" && also?.Contains(tensor.Key) == true)));
        }

        change?.Invoke(map);
        _folder.Write("model.safetensors.index.json", Encoding.UTF8.GetBytes(new JsonObject { ["metadata"] = new JsonObject(), ["weight_map"] = map }.ToJsonString()));
    }
}
