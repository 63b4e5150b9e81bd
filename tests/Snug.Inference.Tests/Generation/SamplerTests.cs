namespace Snug.Inference.Tests;

public sealed class SamplerTests
{
    private static readonly float[] Logits = [MathF.Log(0.4f), MathF.Log(0.3f), MathF.Log(0.15f), MathF.Log(0.1f), MathF.Log(0.05f)];

    [Fact]
    public void The_likeliest_token_is_taken_unless_sampling_was_asked_for()
    {
        float[] logits = [1, 5, 5, float.NaN, 4];

        Assert.Equal(1, Choose(new GenerationOptions { Temperature = 0.7f, TopK = 3 }, logits));
        Assert.Equal(1, Choose(new GenerationOptions { DoSample = true, Temperature = 0 }, logits));
        Assert.Equal(0, Sampler.ArgMax([float.NaN, float.NaN]));
        Assert.Equal(20, Sampler.ArgMax([.. Enumerable.Range(0, 41).Select(i => -MathF.Abs(i - 20))]));
    }

    [Fact]
    public void Drawn_tokens_have_the_frequencies_of_their_probabilities()
    {
        int[] counts = Draw(new GenerationOptions { DoSample = true, Seed = 1 }, 20_000);

        Assert.Equal([8000, 6000, 3000, 2000, 1000], counts.Select(count => (int)Math.Round(count / 500.0) * 500).ToArray());
    }

    [Fact]
    public void A_low_temperature_sharpens()
    {
        int[] counts = Draw(new GenerationOptions { DoSample = true, Temperature = 0.5f, Seed = 2 }, 10_000);

        // Squares of the probabilities, 0.16 of 0.285 together.
        Assert.InRange(counts[0] / 10_000.0, 0.54, 0.58);
    }

    [Theory]
    [InlineData(1, null, null, new[] { 0 })]
    [InlineData(3, null, null, new[] { 0, 1, 2 })]
    [InlineData(0, null, null, new[] { 0, 1, 2, 3, 4 })]
    [InlineData(99, null, null, new[] { 0, 1, 2, 3, 4 })]
    [InlineData(null, 0.39f, null, new[] { 0 })]
    [InlineData(null, 0.6f, null, new[] { 0, 1 })]
    [InlineData(null, 0.8f, null, new[] { 0, 1, 2 })]
    [InlineData(null, null, 0.3f, new[] { 0, 1, 2 })]
    [InlineData(null, null, 1f, new[] { 0 })]
    [InlineData(4, 0.7f, 0.4f, new[] { 0, 1 })]
    public void Filters_keep_the_likeliest_tokens_only(int? topK, float? topP, float? minP, int[] expected)
    {
        int[] counts = Draw(new GenerationOptions { DoSample = true, TopK = topK, TopP = topP, MinP = minP, Seed = 3 }, 3000);

        Assert.Equal(expected, Enumerable.Range(0, counts.Length).Where(token => counts[token] > 0));
    }

    [Fact]
    public void Filters_on_a_large_vocabulary_keep_what_sorting_everything_keeps()
    {
        Random random = new(5);
        float[] logits = [.. Enumerable.Range(0, 5000).Select(_ => (random.NextSingle() - 0.5f) * 12)];
        double[] weights = [.. logits.Select(logit => Math.Exp(logit))];
        double total = weights.Sum();
        HashSet<int> nucleus = [];
        double reached = 0;
        foreach (int token in Enumerable.Range(0, 5000).OrderByDescending(token => weights[token]))
        {
            if (reached >= 0.5 * total)
            {
                break;
            }

            nucleus.Add(token);
            reached += weights[token];
        }

        HashSet<int> best = [.. Enumerable.Range(0, 5000).OrderByDescending(token => logits[token]).Take(2000)];
        Sampler byProbability = new(new GenerationOptions { DoSample = true, TopP = 0.5f, Seed = 6 }, 5000);
        Sampler byCount = new(new GenerationOptions { DoSample = true, TopK = 2000, Temperature = 100, Seed = 6 }, 5000);
        for (int i = 0; i < 500; i++)
        {
            Assert.Contains(byProbability.Choose(logits), nucleus);
            Assert.Contains(byCount.Choose(logits), best);
        }
    }

    [Fact]
    public void A_seed_repeats_the_choices_and_another_one_does_not()
    {
        GenerationOptions options = new() { DoSample = true, Seed = 42 };

        Assert.Equal(Sequence(options), Sequence(options));
        Assert.NotEqual(Sequence(options), Sequence(options with { Seed = 43 }));
    }

    [Fact]
    public void Forbidden_tokens_never_come()
    {
        float[] logits = [float.NegativeInfinity, 0, float.NegativeInfinity, float.NaN];

        Assert.All(Enumerable.Range(0, 100), seed => Assert.Equal(1, Choose(new GenerationOptions { DoSample = true, Seed = (ulong)seed }, logits)));
    }

    [Fact]
    public void The_log_probability_is_that_of_the_softmax() =>
        Assert.Equal(MathF.Log(0.15f), Sampler.LogProbability(Logits, 2), 1e-5f);

    [Fact]
    public void The_repetition_penalty_touches_each_token_of_the_sequence_once()
    {
        float[] logits = [2, -2, 3, 1];
        int[] counts = new int[4];

        Penalties.Apply(new GenerationOptions { RepetitionPenalty = 2 }, [0, 1, 0, 0], 1, logits, counts);

        Assert.Equal([1, -4, 3, 1], logits);
        Assert.All(counts, count => Assert.Equal(0, count));
    }

    [Fact]
    public void Frequency_and_presence_penalties_look_at_generated_tokens()
    {
        float[] logits = [10, 10, 10];
        int[] counts = new int[3];

        Penalties.Apply(new GenerationOptions { FrequencyPenalty = 1, PresencePenalty = 0.5f }, [0, 0, 1, 1, 1, 2], 2, logits, counts);

        Assert.Equal([10, 6.5f, 8.5f], logits);
        Assert.All(counts, count => Assert.Equal(0, count));
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_by_name()
    {
        Assert.Equal("TopP", Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationOptions { TopP = 0 }.Validate()).ParamName);
        Assert.Equal("Temperature", Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationOptions { Temperature = float.NaN }.Validate()).ParamName);
        Assert.Equal("MinP", Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationOptions { MinP = 2 }.Validate()).ParamName);
        Assert.Equal("RepetitionPenalty", Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationOptions { RepetitionPenalty = 0 }.Validate()).ParamName);
    }

    [Fact]
    public void Explicit_options_win_over_the_models_defaults()
    {
        GenerationOptions defaults = new() { DoSample = true, Temperature = 0.6f, TopK = 20, EndTokens = [7] };

        Assert.Equal((true, 0.6f, 20), Sampling(new GenerationOptions().Over(defaults)));
        Assert.Equal((true, 0.6f, 5), Sampling(new GenerationOptions { TopK = 5 }.Over(defaults)));
        Assert.Equal((false, 0f, 20), Sampling(new GenerationOptions { Temperature = 0 }.Over(defaults)));
        Assert.Equal((true, 0.2f, null), Sampling(new GenerationOptions { Temperature = 0.2f }.Over(new GenerationOptions())));
        Assert.Equal([7], new GenerationOptions().Over(defaults).EndTokens!.Value.ToArray());

        static (bool?, float?, int?) Sampling(GenerationOptions options) => (options.DoSample, options.Temperature, options.TopK);
    }

    private static int Choose(GenerationOptions options, float[] logits) => new Sampler(options, logits.Length).Choose(logits);

    private static int[] Draw(GenerationOptions options, int count)
    {
        Sampler sampler = new(options, Logits.Length);
        int[] counts = new int[Logits.Length];
        for (int i = 0; i < count; i++)
        {
            counts[sampler.Choose(Logits)]++;
        }

        return counts;
    }

    private static int[] Sequence(GenerationOptions options)
    {
        Sampler sampler = new(options, Logits.Length);
        return [.. Enumerable.Range(0, 50).Select(_ => sampler.Choose(Logits))];
    }
}
