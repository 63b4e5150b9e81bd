namespace Snug.Inference.Tests;

/// <summary>
/// Tiny random models of every architecture and variant against logits of a plain PyTorch forward pass; <c>Data/make_models.py</c> made both.
/// </summary>
public sealed class ArchitectureTests
{
    /// <summary>Largest difference of a logit that is allowed, in units of the logits' root mean square.</summary>
    private const double Tolerance = 1e-4;

    public static TheoryData<string> Models =>
        [.. Directory.EnumerateDirectories(Fixtures.Data("")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_architecture_has_a_model_here()
    {
        string[] types = [.. Models.Select(row => Load(row.Data).Configuration.ModelType).Distinct().Order(StringComparer.Ordinal)];

        Assert.Equal(Architecture.Names, types);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Logits_of_every_position_are_those_of_the_reference(string name)
    {
        (int[] ids, float[] expected) = Expected(name);
        using CausalModel model = Load(name);
        using InferenceSession session = model.CreateSession();

        AssertClose(expected, session.ReadAll(ids));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Reading_token_by_token_gives_the_same_logits(string name)
    {
        (int[] ids, float[] expected) = Expected(name);
        using CausalModel model = Load(name, new ModelOptions { Threads = 3 });
        using InferenceSession session = model.CreateSession();
        int vocabulary = model.Configuration.VocabularySize;
        List<float> logits = [];

        // Dynamic scaling looks at the length of the sequence, so a shorter one is another computation.
        bool isDynamic = model.Configuration.Rope?.Scaling == RopeScaling.Dynamic;
        int[] read = isDynamic ? ids[..model.Configuration.MaximumPositions] : ids;
        foreach (int id in read)
        {
            session.Read(id);
            logits.AddRange(session.Logits);
        }

        if (isDynamic)
        {
            using InferenceSession whole = model.CreateSession();
            expected = whole.ReadAll(read);
        }

        // While it is short, a sequence is rotated in another way than the whole one, which the reference has computed.
        if (model.Configuration.Rope is { Scaling: RopeScaling.LongRope } rope && rope.OriginalPositions < ids.Length)
        {
            using InferenceSession whole = model.CreateSession();
            float[] first = whole.ReadAll(ids.AsSpan(0, rope.OriginalPositions));
            Assert.True(Cosine(first, expected[..first.Length]) < 0.9999);
            expected = [.. first, .. expected[first.Length..]];
        }

        AssertClose(expected.AsSpan(0, read.Length * vocabulary), [.. logits]);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_prompt_in_chunks_gives_the_same_logits_as_a_whole_one(string name)
    {
        (int[] ids, float[] expected) = Expected(name);
        foreach (int chunk in (int[])[1, 5, 16])
        {
            using CausalModel model = Load(name, new ModelOptions { ChunkLength = chunk, Threads = 2 });
            using InferenceSession session = model.CreateSession();

            session.Read(ids, TestContext.Current.CancellationToken);

            AssertClose(expected.AsSpan(expected.Length - session.Logits.Length), session.Logits);
        }
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen3")]
    [InlineData("gpt2")]
    [InlineData("gpt-neox")]
    [InlineData("gemma2")]
    [InlineData("olmo2")]
    public void Every_set_of_kernels_gives_the_same_logits(string name)
    {
        (int[] ids, float[] expected) = Expected(name);
        foreach (Kernels kernels in KernelSelection.All)
        {
            using CausalModel model = CausalModel.Load(Fixtures.Data(name), new ModelOptions(), kernels);
            using InferenceSession session = model.CreateSession();

            AssertClose(expected, session.ReadAll(ids));
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Weights_rounded_to_eight_bits_hardly_change_the_logits(string name)
    {
        (int[] ids, float[] expected) = Expected(name);
        using CausalModel model = Load(name, new ModelOptions { Format = WeightFormat.Q8, Threads = 2 });
        using InferenceSession session = model.CreateSession();

        float[] logits = session.ReadAll(ids);

        Assert.NotEqual(expected, logits);
        Assert.True(Cosine(expected, logits) > 0.999, $"The cosine is {Cosine(expected, logits)}.");
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt2")]
    public void Weights_rounded_to_four_bits_keep_the_direction_of_the_logits(string name)
    {
        (int[] ids, float[] expected) = Expected(name);
        using CausalModel model = Load(name, new ModelOptions { Format = WeightFormat.Q4 });
        using InferenceSession session = model.CreateSession();

        Assert.InRange(Cosine(expected, session.ReadAll(ids)), 0.9, 0.9999);
    }

    internal static double Cosine(float[] left, float[] right)
    {
        double product = 0;
        double lefts = 0;
        double rights = 0;
        for (int i = 0; i < left.Length; i++)
        {
            product += (double)left[i] * right[i];
            lefts += (double)left[i] * left[i];
            rights += (double)right[i] * right[i];
        }

        return product / Math.Sqrt(lefts * rights);
    }

    /// <summary>With room for more tokens than one model was trained with, which is what dynamic scaling is for.</summary>
    internal static CausalModel Load(string name, ModelOptions? options = null) =>
        CausalModel.Load(Fixtures.Data(name), (options ?? new ModelOptions()) with { ContextLength = 48 });

    internal static (int[] Ids, float[] Logits) Expected(string name) => ReadExpected(Path.Join(Fixtures.Data(name), "expected.safetensors"));

    internal static (int[] Ids, float[] Logits) ReadExpected(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        TensorInfo ids = file.Find("ids")!;
        int[] numbers = new int[ids.ElementCount];
        file.Read(ids, 0, System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers.AsSpan()));
        return (numbers, file.ReadSingles(file.Find("logits")!));
    }

    internal static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance = Tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double squares = 0;
        double deviation = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            squares += (double)expected[i] * expected[i];
            deviation = Math.Max(deviation, Math.Abs((double)expected[i] - actual[i]));
        }

        double relative = deviation / Math.Sqrt(squares / expected.Length);
        Assert.True(relative <= tolerance, $"The largest difference is {relative:E2} of the logits' root mean square.");
    }
}
