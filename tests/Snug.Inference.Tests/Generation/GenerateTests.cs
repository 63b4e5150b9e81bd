namespace Snug.Inference.Tests;

public sealed class GenerateTests
{
    private static readonly int[] Prompt = [1, 5, 9, 2, 11];
    private static readonly GenerationOptions Open = new() { EndTokens = [] };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Greedy_generation_is_what_the_highest_logits_say()
    {
        using CausalModel model = Load();
        using InferenceSession session = model.CreateSession();
        using InferenceSession reference = model.CreateSession();
        List<int> expected = [];
        reference.Read(Prompt, Cancellation);
        for (int i = 0; i < 12; i++)
        {
            expected.Add(Sampler.ArgMax(reference.Logits));
            reference.Read(expected[^1]);
        }

        GeneratedToken[] tokens = [.. session.Generate(Prompt, Open with { MaxNewTokens = 12 }, Cancellation)];

        Assert.Equal(expected, tokens.Select(token => token.Id));
        Assert.Equal(FinishReason.Length, tokens[^1].Finish);
        Assert.All(tokens[..^1], token => Assert.Null(token.Finish));
        Assert.All(tokens, token => Assert.True(float.IsNaN(token.LogProbability)));
    }

    [Fact]
    public async Task Asynchronous_generation_gives_the_same_tokens()
    {
        using CausalModel model = Load();
        using InferenceSession session = model.CreateSession();
        using InferenceSession other = model.CreateSession();
        GenerationOptions options = Open with { MaxNewTokens = 8, DoSample = true, Seed = 7, LogProbabilities = true };

        List<GeneratedToken> tokens = [];
        await foreach (GeneratedToken token in session.GenerateAsync(Prompt, options, Cancellation))
        {
            tokens.Add(token);
        }

        Assert.Equal(other.Generate(Prompt, options, Cancellation), tokens);
        Assert.All(tokens, token => Assert.InRange(token.LogProbability, -20f, 0f));
    }

    [Fact]
    public void End_tokens_and_stop_tokens_end_it_and_say_so()
    {
        using CausalModel model = Load();
        using InferenceSession session = model.CreateSession();
        int[] free = [.. session.Generate(Prompt, Open with { MaxNewTokens = 6 }, Cancellation).Select(token => token.Id)];

        GeneratedToken ended = session.Generate(Prompt, new GenerationOptions { EndTokens = [free[2]] }, Cancellation).Last();
        GeneratedToken stopped = session.Generate(Prompt, Open with { StopTokens = [free[2]] }, Cancellation).Last();

        Assert.Equal((free[2], FinishReason.EndToken), (ended.Id, ended.Finish));
        Assert.Equal((free[2], FinishReason.StopToken), (stopped.Id, stopped.Finish));
    }

    [Fact]
    public void End_tokens_do_not_come_before_the_least_number_of_tokens()
    {
        using CausalModel model = Load();
        using InferenceSession session = model.CreateSession();
        int first = session.Generate(Prompt, Open with { MaxNewTokens = 1 }, Cancellation).Single().Id;

        GeneratedToken[] tokens = [.. session.Generate(Prompt, new GenerationOptions { EndTokens = [first], MinNewTokens = 4, MaxNewTokens = 5 }, Cancellation)];

        Assert.DoesNotContain(first, tokens.Take(4).Select(token => token.Id));
        Assert.True(tokens.Length >= 5);
    }

    [Fact]
    public void A_full_context_ends_it()
    {
        using CausalModel model = CausalModel.Load(Fixtures.Data("llama"), new ModelOptions { ContextLength = 8 });
        using InferenceSession session = model.CreateSession();

        GeneratedToken[] tokens = [.. session.Generate(Prompt, Open, Cancellation)];

        // Three tokens fit behind the prompt, and the logits after the last give a fourth.
        Assert.Equal(4, tokens.Length);
        Assert.Equal(FinishReason.ContextFull, tokens[^1].Finish);
        Assert.Throws<ArgumentException>(() => session.Generate(new int[9], Open, Cancellation));
        Assert.Throws<ArgumentException>(() => session.Generate([], Open, Cancellation));
        Assert.Throws<ArgumentException>(() => session.Generate([40], Open, Cancellation).First());
        Assert.Throws<ArgumentException>(() => session.Generate([-1], Open, Cancellation).First());
    }

    [Fact]
    public void A_processor_decides_last_among_the_penalties()
    {
        using CausalModel model = Load();
        using InferenceSession session = model.CreateSession();

        GeneratedToken[] tokens = [.. session.Generate(Prompt, Open with { MaxNewTokens = 4, Processors = [new Only(17)] }, Cancellation)];

        Assert.All(tokens, token => Assert.Equal(17, token.Id));
    }

    [Fact]
    public void A_longer_conversation_reads_only_what_is_new_and_gives_the_same()
    {
        using CausalModel model = Load();
        using InferenceSession session = model.CreateSession();
        int[] answer = [.. session.Generate(Prompt, Open with { MaxNewTokens = 5 }, Cancellation).Select(token => token.Id)];
        int[] next = [.. Prompt, .. answer, 3, 4];

        int kept = session.ReadFromStart(next, Cancellation);
        using InferenceSession fresh = model.CreateSession();
        fresh.Read(next, Cancellation);

        // The last token of the answer was chosen, not read.
        Assert.Equal(Prompt.Length + answer.Length - 1, kept);
        ArchitectureTests.AssertClose(fresh.Logits, session.Logits);

        int[] branch = [.. Prompt, 20, 21];
        Assert.Equal(Prompt.Length, session.ReadFromStart(branch, Cancellation));
        fresh.Rewind(0);
        fresh.Read(branch, Cancellation);
        ArchitectureTests.AssertClose(fresh.Logits, session.Logits);
    }

    [Fact]
    public void Cancellation_stops_between_tokens_and_the_session_goes_on()
    {
        using CausalModel model = Load();
        using InferenceSession session = model.CreateSession();
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        List<int> tokens = [];

        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (GeneratedToken token in session.Generate(Prompt, Open, source.Token))
            {
                tokens.Add(token.Id);
                if (tokens.Count == 3)
                {
                    source.Cancel();
                }
            }
        });

        Assert.Equal(3, tokens.Count);
        Assert.Equal(tokens, session.Generate(Prompt, Open with { MaxNewTokens = 3 }, Cancellation).Select(token => token.Id));
    }

    [Fact]
    public void Sessions_share_a_model_from_several_threads()
    {
        using CausalModel model = Load();
        int[] expected = Run(model);

        int[][] results = new int[4][];
        Parallel.For(0, results.Length, i => results[i] = Run(model));

        Assert.All(results, tokens => Assert.Equal(expected, tokens));

        static int[] Run(CausalModel model)
        {
            using InferenceSession session = model.CreateSession();
            return [.. session.Generate(Prompt, Open with { MaxNewTokens = 20 }).Select(token => token.Id)];
        }
    }

    [Fact]
    public void A_generated_token_costs_no_managed_memory()
    {
        using CausalModel model = CausalModel.Load(Fixtures.Data("llama"), new ModelOptions { Threads = 1 });
        using InferenceSession session = model.CreateSession();
        GenerationOptions options = Open with { MaxNewTokens = 50, DoSample = true, TopK = 10, TopP = 0.9f, RepetitionPenalty = 1.1f, Seed = 1 };
        _ = session.Generate(Prompt, options, Cancellation).Count();
        session.Rewind(0);
        using IEnumerator<GeneratedToken> tokens = session.Generate(Prompt, options, Cancellation).GetEnumerator();
        tokens.MoveNext();

        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (int token = 0; token < 9; token++)
            {
                Assert.True(tokens.MoveNext());
            }
        }));
    }

    [Fact]
    public void A_disposed_model_is_not_used()
    {
        CausalModel model = Load();
        using InferenceSession session = model.CreateSession();
        model.Dispose();
        model.Dispose();

        Assert.Throws<ObjectDisposedException>(() => session.Read(1));
        Assert.Throws<ObjectDisposedException>(model.CreateSession);
    }

    [Fact]
    public void A_disposed_session_is_not_used()
    {
        using CausalModel model = Load();
        InferenceSession session = model.CreateSession();
        session.Read(1);
        session.Dispose();
        session.Dispose();

        Assert.Throws<ObjectDisposedException>(() => session.Read(1));
        Assert.Throws<ObjectDisposedException>(() => session.Generate(Prompt, Open, Cancellation).First());
    }

    private static CausalModel Load() => CausalModel.Load(Fixtures.Data("llama"), new ModelOptions { Threads = 2 });

    private sealed class Only(int token) : ILogitsProcessor
    {
        public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> logits)
        {
            Assert.Equal(Prompt.Length, promptLength);
            Assert.Equal(Prompt, tokens[..promptLength]);
            logits.Fill(float.NegativeInfinity);
            logits[token] = 0;
        }
    }
}
