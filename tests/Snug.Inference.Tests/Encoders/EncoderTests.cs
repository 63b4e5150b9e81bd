namespace Snug.Inference.Tests;

/// <summary>Tiny random encoders of every architecture, and one of a real shape, against a plain PyTorch forward pass in double precision.</summary>
public sealed class EncoderTests
{
    private const PoolingModes AllModes =
        PoolingModes.FirstToken | PoolingModes.Max | PoolingModes.Mean | PoolingModes.MeanRootLength | PoolingModes.WeightedMean | PoolingModes.LastToken;

    /// <summary>Largest difference of a number that is allowed, in units of the root mean square.</summary>
    private const double Tolerance = 2e-5;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Models => [.. EncoderFixture.Names];

    [Fact]
    public void Every_kind_of_encoder_but_the_renamed_one_has_a_model_here()
    {
        string[] types = [.. EncoderFixture.Names.Select(name => EncoderFixture.Load(name).Configuration.ModelType).Distinct().Order(StringComparer.Ordinal)];

        // CamemBERT is RoBERTa under another name.
        Assert.Equal(EncoderConfigurationReader.ModelTypes.Where(type => type != "camembert"), types);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_vectors_of_all_tokens_are_those_of_the_reference(string name)
    {
        (EncoderInput[] inputs, float[] expected, _) = EncoderFixture.Expected(name);
        foreach (int threads in (int[])[1, 3])
        {
            using EncoderModel model = EncoderFixture.Load(name, new EncoderOptions { Threads = threads });
            float[] states = [.. inputs.SelectMany(model.HiddenStates)];

            ArchitectureTests.AssertClose(expected, states, Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_pooling_is_that_of_the_reference_whatever_is_computed_together(string name)
    {
        (EncoderInput[] inputs, _, float[] expected) = EncoderFixture.Expected(name);
        foreach ((int threads, int tokens) in ((int, int)[])[(1, 1), (1, 1000), (2, 30), (4, 20), (5, 1000)])
        {
            using EncoderModel model = EncoderFixture.Load(name, new EncoderOptions { Threads = threads, BatchTokens = tokens });

            float[][] pooled = model.Embed(inputs, AllModes, Cancellation);

            ArchitectureTests.AssertClose(expected, [.. pooled.SelectMany(vector => vector)], Tolerance);
        }
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("bert-odd")]
    [InlineData("bert-bf16")]
    [InlineData("bert-f16")]
    [InlineData("mpnet")]
    public void Every_set_of_kernels_gives_the_same_vectors(string name)
    {
        (EncoderInput[] inputs, _, float[] expected) = EncoderFixture.Expected(name);
        foreach (Kernels kernels in KernelSelection.All)
        {
            using EncoderModel model = EncoderModel.Load(EncoderFixture.Folder(name), new EncoderOptions { Threads = 2 }, kernels);

            ArchitectureTests.AssertClose(expected, [.. model.Embed(inputs, AllModes, Cancellation).SelectMany(vector => vector)], Tolerance);
        }
    }

    [Fact]
    public void The_shape_of_MiniLM_gives_what_double_precision_gives()
    {
        using TempFolder folder = new();
        (EncoderInput[] inputs, _, float[] expected) = EncoderFixture.Expected("minilm-shape");
        using EncoderModel model = EncoderModel.Load(EncoderFixture.WriteByFormula("minilm-shape", folder), new EncoderOptions { Threads = 2 });

        float[][] pooled = model.Embed(inputs, AllModes, Cancellation);

        ArchitectureTests.AssertClose(expected, [.. pooled.SelectMany(vector => vector)], Tolerance);
        Assert.Equal(6 * ((4 * 384 * 384) + (2 * 384 * 1536)) * sizeof(float), model.WeightBytes);
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("bert-odd")]
    [InlineData("bert-bf16")]
    [InlineData("distilbert")]
    public void Weights_rounded_to_eight_bits_hardly_change_the_vectors(string name)
    {
        (EncoderInput[] inputs, float[] expected, _) = EncoderFixture.Expected(name);
        foreach (int threads in (int[])[1, 3])
        {
            using EncoderModel model = EncoderFixture.Load(name, new EncoderOptions { Format = WeightFormat.Q8, Threads = threads });
            float[] states = [.. inputs.SelectMany(model.HiddenStates)];

            Assert.NotEqual(expected, states);
            Assert.True(ArchitectureTests.Cosine(expected, states) > 0.998, $"The cosine is {ArchitectureTests.Cosine(expected, states)}.");
        }
    }

    [Fact]
    public void A_sequence_has_exactly_the_same_vector_alone_and_among_others()
    {
        (EncoderInput[] inputs, _, _) = EncoderFixture.Expected("bert");
        using EncoderModel model = EncoderFixture.Load("bert", new EncoderOptions { Threads = 2 });

        float[][] together = model.Embed(inputs, PoolingModes.Mean, Cancellation);

        Assert.Equal(inputs.Select(input => model.Embed([input], PoolingModes.Mean, Cancellation)[0]), together);
    }

    [Fact]
    public void Means_and_maxima_pass_over_the_tokens_of_a_prompt()
    {
        (EncoderInput[] inputs, _, _) = EncoderFixture.Expected("bert");
        EncoderInput input = inputs[2];
        using EncoderModel model = EncoderFixture.Load("bert", new EncoderOptions { Threads = 1 });
        float[] states = model.HiddenStates(input);

        float[] pooled = model.Embed([input with { Unpooled = 3 }], PoolingModes.Max | PoolingModes.Mean, Cancellation)[0];

        for (int i = 0; i < 32; i++)
        {
            float[] column = [.. Enumerable.Range(3, input.Tokens.Length - 3).Select(token => states[(token * 32) + i])];
            Assert.Equal(column.Max(), pooled[i]);
            Assert.Equal(column.Average(), pooled[32 + i], 1e-5f);
        }
    }

    [Fact]
    public void What_cannot_be_encoded_is_refused()
    {
        using EncoderModel model = EncoderFixture.Load("bert");
        using EncoderModel roberta = EncoderFixture.Load("roberta");

        Assert.Equal((40, 40), (model.Configuration.MaximumTokens, roberta.Configuration.MaximumTokens));
        Assert.Throws<ArgumentException>(() => model.HiddenStates(new EncoderInput(Array.Empty<int>())));
        Assert.Throws<ArgumentException>(() => model.HiddenStates(new EncoderInput(new int[41])));
        Assert.Throws<ArgumentException>(() => model.HiddenStates(new EncoderInput(new[] { 48 })));
        Assert.Throws<ArgumentException>(() => model.HiddenStates(new EncoderInput(new[] { -1 })));
        Assert.Throws<ArgumentException>(() => model.HiddenStates(new EncoderInput(new[] { 1 }) { TypeIds = new[] { 2 } }));
        Assert.Throws<ArgumentException>(() => model.HiddenStates(new EncoderInput(new[] { 1 }) { TypeIds = new[] { 0, 0 } }));
        Assert.Throws<ArgumentException>(() => model.HiddenStates(new EncoderInput(new[] { 1 }) { Unpooled = 2 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Embed([], PoolingModes.None, Cancellation));
        Assert.Throws<ArgumentOutOfRangeException>(() => EncoderFixture.Load("bert", new EncoderOptions { BatchTokens = 0 }));
        Assert.Empty(model.Embed([], PoolingModes.Mean, Cancellation));
    }

    [Fact]
    public void A_cancelled_call_ends_and_the_model_can_be_used_on()
    {
        (EncoderInput[] inputs, _, _) = EncoderFixture.Expected("bert");
        using EncoderModel model = EncoderFixture.Load("bert", new EncoderOptions { Threads = 3, BatchTokens = 1 });

        Assert.Throws<OperationCanceledException>(() => model.Embed(inputs, PoolingModes.Mean, new CancellationToken(canceled: true)));

        Assert.Equal(inputs.Length, model.Embed(inputs, PoolingModes.Mean, Cancellation).Length);
    }

    [Fact]
    public async Task Calls_of_several_threads_take_turns()
    {
        (EncoderInput[] inputs, _, _) = EncoderFixture.Expected("bert");
        using EncoderModel model = EncoderFixture.Load("bert", new EncoderOptions { Threads = 2 });
        float[][] expected = model.Embed(inputs, PoolingModes.Mean, Cancellation);

        float[][][] all = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => model.Embed(inputs, PoolingModes.Mean, Cancellation), Cancellation)));

        Assert.All(all, vectors => Assert.Equal(expected, vectors));
    }

    [Fact]
    public void A_disposed_model_says_so()
    {
        EncoderModel model = EncoderFixture.Load("bert");
        model.Dispose();
        model.Dispose();

        Assert.Throws<ObjectDisposedException>(() => model.HiddenStates(new EncoderInput(new[] { 1 })));
    }

    [Fact]
    public void Only_what_a_call_returns_is_allocated()
    {
        (EncoderInput[] inputs, _, _) = EncoderFixture.Expected("bert");
        EncoderInput[] many = [.. Enumerable.Range(0, 200).SelectMany(_ => inputs)];
        using EncoderModel model = EncoderFixture.Load("bert", new EncoderOptions { Threads = 1 });
        model.Embed(many, PoolingModes.Mean, Cancellation);

        long allocated = Allocation.LeastOf(() => model.Embed(many, PoolingModes.Mean, Cancellation));

        long results = many.Length * (24L + (32 * sizeof(float)) + IntPtr.Size);
        Assert.InRange(allocated, results, results + 1000);
    }
}
