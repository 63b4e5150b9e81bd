namespace Snug.Inference.Tests;

/// <summary>GGUF models in several files, as llama.cpp's splitting tool names and marks them.</summary>
public sealed class GgufSplitTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void A_model_in_several_files_gives_the_same_logits_by_its_folder_and_by_its_first_file()
    {
        (int[] ids, float[] expected) = ArchitectureTests.Expected("mistral");
        string[] files = Split("mistral", 3);

        foreach (string path in (string[])[files[0], _folder.Path])
        {
            using CausalModel model = CausalModel.Load(path);
            using InferenceSession session = model.CreateSession();

            ArchitectureTests.AssertClose(expected, session.ReadAll(ids));
        }
    }

    [Fact]
    public void Another_file_than_the_first_is_refused_with_what_to_do()
    {
        string[] files = Split("mistral", 3);

        ModelFormatException e = Assert.Throws<ModelFormatException>(() => CausalModel.Load(files[1]));

        Assert.Contains("file 2 of 3; load the first", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        string[] files = Split("mistral", 3);
        File.Delete(files[2]);

        Assert.Contains("'m-00003-of-00003.gguf' is not there", Assert.Throws<ModelFormatException>(() => CausalModel.Load(files[0])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_do_not_belong_together_are_refused()
    {
        string[] files = Split("mistral", 3);
        byte[] second = File.ReadAllBytes(files[1]);

        File.Copy(files[2], files[1], overwrite: true);
        Assert.Contains("number 2 of 3", Message(), StringComparison.Ordinal);

        File.WriteAllBytes(files[1], second);
        File.Copy(files[1], files[2], overwrite: true);
        Assert.Contains("also in another file", Message(), StringComparison.Ordinal);

        string[] others = Split("mistral", 3, promised: 5);
        Assert.Contains("says 5", Message(), StringComparison.Ordinal);

        string renamed = _folder.File("whole.gguf");
        File.Move(others[0], renamed);
        Assert.Contains("-00001-of-00003.gguf", Assert.Throws<ModelFormatException>(() => CausalModel.Load(renamed)).Message, StringComparison.Ordinal);

        string Message() => Assert.Throws<ModelFormatException>(() => CausalModel.Load(files[0])).Message;
    }

    [Theory]
    [InlineData("a/m-00002-of-00003.gguf", "a/m-00001-of-00003.gguf a/m-00002-of-00003.gguf a/m-00003-of-00003.gguf")]
    [InlineData("m-00001-of-00001.GGUF", "m-00001-of-00001.GGUF")]
    [InlineData("m-00004-of-00003.gguf", "m-00004-of-00003.gguf")]
    [InlineData("m-00001-of-99999.gguf", "m-00001-of-99999.gguf")]
    [InlineData("m-Q4_0.gguf", "m-Q4_0.gguf")]
    public void Names_of_the_files_of_a_model_follow_from_one_of_them(string name, string expected) =>
        Assert.Equal(expected.Split(' '), GgufFile.PartsOf(name));

    [Fact]
    public void An_absurd_number_of_files_is_refused()
    {
        string file = _folder.Write("m-00001-of-99999.gguf", new GgufWriter().Add("split.no", 0u).Add("split.count", 99999u).ToArray());

        Assert.Equal("split.count", Assert.Throws<ModelFormatException>(() => CausalModel.Load(file)).JsonPath);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The first file has the metadata and its share of the tensors.</summary>
    private string[] Split(string name, int count, int? promised = null)
    {
        string whole = _folder.Write("whole.tmp", GgufConverter.Convert(Fixtures.Data(name)));
        using GgufFile file = GgufFile.Open(whole);
        return [.. Enumerable.Range(0, count).Select(number =>
        {
            GgufWriter writer = new GgufWriter().Add("split.no", (uint)number).Add("split.count", (uint)count).Add("split.tensors.count", (uint)(promised ?? file.Tensors.Length));
            if (number == 0)
            {
                foreach ((string key, object value) in file.Metadata)
                {
                    writer.Add(key, value);
                }
            }

            foreach ((int i, TensorInfo tensor) in file.Tensors.Index().Where(item => item.Index % count == number))
            {
                byte[] data = new byte[tensor.ByteLength];
                file.Read(tensor, 0, data);
                writer.AddTensor(tensor.Name, [.. tensor.Shape], GgufWriter.NumberOf(tensor.Type), data);
            }

            return _folder.Write($"m-{number + 1:00000}-of-{count:00000}.gguf", writer.ToArray());
        })];
    }
}
