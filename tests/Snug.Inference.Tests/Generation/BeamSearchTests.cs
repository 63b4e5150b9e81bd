using System.Text.Json;

namespace Snug.Inference.Tests;

/// <summary>Beam search against a search written plainly over PyTorch forward passes; <c>Data/make_beams.py</c> wrote what it finds.</summary>
public sealed class BeamSearchTests
{
    private static readonly int[] Prompt = [1, 5, 9, 2, 11];
    private static readonly GenerationOptions Open = new() { EndTokens = [], MaxNewTokens = 6 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Read().GetArrayLength())];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_hypotheses_are_those_of_the_reference(int number)
    {
        JsonElement expected = Read()[number];
        GenerationOptions options = new()
        {
            EndTokens = [.. Numbers(expected.GetProperty("end_tokens"))],
            MaxNewTokens = expected.GetProperty("max_new_tokens").GetInt32(),
            MinNewTokens = expected.GetProperty("min_new_tokens").GetInt32(),
            RepetitionPenalty = expected.GetProperty("repetition_penalty").GetSingle(),
        };
        int count = expected.GetProperty("num_beams").GetInt32();
        BeamSearchOptions beams = new()
        {
            Beams = count,
            Results = count,
            LengthPenalty = expected.GetProperty("length_penalty").GetSingle(),
            Stopping = expected.GetProperty("early_stopping").ValueKind switch
            {
                JsonValueKind.True => BeamStopping.WhenEnough,
                JsonValueKind.False => BeamStopping.Heuristic,
                _ => BeamStopping.Exhaustive,
            },
        };
        using CausalModel model = ArchitectureTests.Load(expected.GetProperty("model").GetString()!, new ModelOptions { Threads = 2 });

        IReadOnlyList<BeamHypothesis> found = model.SearchBeams(Numbers(expected.GetProperty("prompt")), options, beams, Cancellation);

        Assert.Equal(expected.GetProperty("expected").GetArrayLength(), found.Count);
        foreach ((JsonElement item, BeamHypothesis hypothesis) in expected.GetProperty("expected").EnumerateArray().Zip(found))
        {
            double score = item.GetProperty("score").GetDouble();
            Assert.Equal(Numbers(item.GetProperty("tokens")), hypothesis.Tokens.ToArray());
            Assert.Equal(score, hypothesis.Score, 1e-4 * (1 + Math.Abs(score)));
            Assert.Equal(options.EndTokens!.Value.Contains(hypothesis.Tokens[^1]) ? FinishReason.EndToken : FinishReason.Length, hypothesis.Finish);
        }
    }

    [Fact]
    public void One_beam_is_greedy_generation()
    {
        using CausalModel model = ArchitectureTests.Load("llama");
        using InferenceSession session = model.CreateSession();
        int[] greedy = [.. session.Generate(Prompt, Open, Cancellation).Select(token => token.Id)];

        BeamHypothesis found = Assert.Single(model.SearchBeams(Prompt, Open, new BeamSearchOptions { Beams = 1 }, Cancellation));

        Assert.Equal(greedy, found.Tokens.ToArray());
    }

    [Fact]
    public void More_beams_than_a_pass_has_room_for_and_a_prompt_longer_than_a_chunk_change_nothing()
    {
        BeamSearchOptions beams = new() { Beams = 7, Results = 7 };
        using CausalModel roomy = ArchitectureTests.Load("qwen3");
        using CausalModel narrow = ArchitectureTests.Load("qwen3", new ModelOptions { ChunkLength = 3 });

        IReadOnlyList<BeamHypothesis> expected = roomy.SearchBeams(Prompt, Open, beams, Cancellation);
        IReadOnlyList<BeamHypothesis> found = narrow.SearchBeams(Prompt, Open, beams, Cancellation);

        Assert.Equal(expected.Select(item => string.Join(' ', item.Tokens)), found.Select(item => string.Join(' ', item.Tokens)));
    }

    [Fact]
    public void A_context_that_gets_full_ends_the_search_and_says_so()
    {
        using CausalModel model = CausalModel.Load(Fixtures.Data("llama"), new ModelOptions { ContextLength = 8 });

        BeamHypothesis found = model.SearchBeams(Prompt, Open with { MaxNewTokens = 100 }, new BeamSearchOptions(), Cancellation)[0];

        Assert.Equal((4, FinishReason.ContextFull), (found.Tokens.Length, found.Finish));
    }

    [Fact]
    public void Options_that_make_no_sense_and_tokens_that_are_none_are_refused()
    {
        using CausalModel model = ArchitectureTests.Load("llama");
        foreach (BeamSearchOptions options in (BeamSearchOptions[])
            [new() { Beams = 0 }, new() { Beams = 257 }, new() { Results = 5 }, new() { Results = 0 }, new() { LengthPenalty = float.NaN }, new() { Stopping = (BeamStopping)9 }])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => model.SearchBeams(Prompt, Open, options, Cancellation));
        }

        Assert.Throws<ArgumentException>(() => model.SearchBeams([], Open, new BeamSearchOptions(), Cancellation));
        Assert.Throws<ArgumentException>(() => model.SearchBeams([40], Open, new BeamSearchOptions(), Cancellation));
        Assert.Throws<OperationCanceledException>(() => model.SearchBeams(Prompt, Open, new BeamSearchOptions(), new CancellationToken(canceled: true)));
    }

    private static JsonElement Read() => JsonDocument.Parse(File.ReadAllBytes(Fixtures.Data("beams.json"))).RootElement;

    private static int[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetInt32())];
}
