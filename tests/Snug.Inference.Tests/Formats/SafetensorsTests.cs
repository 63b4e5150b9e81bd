using System.Buffers.Binary;
using System.Text;

namespace Snug.Inference.Tests;

public sealed class SafetensorsTests : IDisposable
{
    private const string OneTensor = """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""";
    private readonly TempFolder _folder = new();

    [Fact]
    public void Tensors_and_metadata_are_read()
    {
        using SafetensorsFile file = Open(
            """{"__metadata__":{"format":"pt"},"b":{"dtype":"BF16","shape":[2],"data_offsets":[24,28]},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""", 28);

        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(["b", "a"], file.Tensors.Select(tensor => tensor.Name));
        TensorInfo a = file.Find("a")!;
        Assert.Equal((TensorType.F32, 24L, 6L), (a.Type, a.ByteLength, a.ElementCount));
        Assert.Equal([2L, 3L], a.Shape.ToArray());
        Assert.Equal(6, file.ReadSingles(a).Length);
        Assert.Null(file.Find("c"));
    }

    [Theory]
    [InlineData("", 8)]
    [InlineData("{", 8)]
    [InlineData("[]", 8)]
    [InlineData("{} {}", 11)]
    [InlineData("""{"a":1}""", 13)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2,3]}}""", 9)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"a":{"dtype":"F32","shape":[0],"data_offsets":[24,24]}}""", 65)]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""", 28)]
    [InlineData("""{"a":{"dtype":"F31","shape":[2,3],"data_offsets":[0,24]}}""", 22)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24],"extra":1}}""", 64)]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2,3],"data_offsets":[0,24]}}""", 37)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5,3],"data_offsets":[0,24]}}""", 37)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,6],"data_offsets":[0,24]}}""", 53)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,23]}}""", 9)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[1,25]}}""", 9)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[24,0]}}""", 9)]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,24]}}""", 9)]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807],"data_offsets":[0,24]}}""", 9)]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"b":{"dtype":"F32","shape":[3],"data_offsets":[8,20]}}""", 125)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 124)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 66)]
    [InlineData("""{"__metadata__":{"a":1}}""", 29)]
    [InlineData("""{"__metadata__":{"a":"x","a":"y"}}""", 37)]
    [InlineData("""{"a":{"dtype":["x"],"shape":[],"data_offsets":[0,0]}}""", 22)]
    [InlineData("""{"a":{"b":{"c":{"d":{"e":1}}}}}""", 14)]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""", 9)]
    public void A_header_that_lies_is_refused_with_its_place(string header, long offset)
    {
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => Open(header, 24));

        Assert.Equal(offset, e.ByteOffset);
        Assert.EndsWith("x.safetensors", e.File, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(100_000_001UL)]
    [InlineData(ulong.MaxValue)]
    [InlineData(0x8000_0000_0000_0000UL)]
    public void A_header_length_that_lies_is_refused(ulong length)
    {
        byte[] content = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(content, length);

        Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(_folder.Write("x.safetensors", content)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    public void A_file_too_short_for_a_header_is_refused(int length) =>
        Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(_folder.Write("x.safetensors", Bytes(OneTensor, 24).AsSpan(0, length))));

    [Fact]
    public void Too_many_tensors_are_refused()
    {
        StringBuilder header = new("{");
        for (int i = 0; i <= SafetensorsHeader.MaxTensors; i++)
        {
            header.Append(i == 0 ? "" : ",").Append('"').Append(i).Append("\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
        }

        Assert.Contains("more than", Assert.Throws<ModelFormatException>(() => Open(header.Append('}').ToString(), 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_of_a_file_is_refused()
    {
        byte[] whole = File.ReadAllBytes(Path.Join(Fixtures.Data("llama"), "expected.safetensors"));
        for (int length = 0; length < whole.Length; length += length < 400 ? 1 : 97)
        {
            string file = _folder.Write("x.safetensors", whole.AsSpan(0, length));

            Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(file));
        }
    }

    [Fact]
    public void A_file_that_shrinks_while_it_is_used_gives_an_error_and_not_a_crash()
    {
        string folder = _folder.CopyModel("llama");
        using CausalModel model = CausalModel.Load(folder);
        using InferenceSession session = model.CreateSession();
        session.Read(3);
        using (FileStream stream = new(Path.Join(folder, "model.safetensors"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.SetLength(5000);
        }

        ModelFormatException e = Assert.Throws<ModelFormatException>(() => session.Read(4));

        Assert.Equal(5000, e.ByteOffset);
        Assert.Equal([3], session.Tokens);
    }

    [Fact]
    public void Real_files_of_other_writers_are_read()
    {
        foreach (string path in Directory.EnumerateFiles(Fixtures.Shared("models", "container-formats"), "*.safetensors"))
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);

            Assert.Equal(new FileInfo(path).Length, file.Tensors.Select(tensor => tensor.Offset + tensor.ByteLength).DefaultIfEmpty(new FileInfo(path).Length).Max());
        }
    }

    public void Dispose() => _folder.Dispose();

    internal static byte[] Bytes(string header, int data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] content = new byte[8 + json.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(content, json.Length);
        json.CopyTo(content, 8);
        return content;
    }

    private SafetensorsFile Open(string header, int data) => SafetensorsFile.Open(_folder.Write("x.safetensors", Bytes(header, data)));
}
