namespace Snug.Inference.Tests;

/// <summary>Sequences that go through the model together against the same sequences alone.</summary>
public sealed class GenerationBatchTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(ArchitectureTests.Models), MemberType = typeof(ArchitectureTests))]
    public void Sequences_that_come_and_go_get_what_they_get_alone(string name)
    {
        int[] ids = ArchitectureTests.Expected(name).Ids;
        using CausalModel model = ArchitectureTests.Load(name, new ModelOptions { Threads = 2, ChunkLength = 8 });
        GenerationOptions options = new() { EndTokens = [], MaxNewTokens = 12 };
        (int[] Prompt, GenerationOptions Options)[] wanted =
        [
            (ids[..3], options),
            (ids[..20], options with { MaxNewTokens = 5 }),
            (ids[5..6], options with { DoSample = true, Temperature = 0.8f, Seed = 5 }),
            (ids[2..13], options with { RepetitionPenalty = 1.2f, MaxNewTokens = 20 }),
            (ids[9..14], options with { EndTokens = [.. ids[..8]] }),
        ];
        int[][] expected = [.. wanted.Select(item => Alone(model, item.Prompt, item.Options))];
        using GenerationBatch batch = new(model, maxSequences: 3);
        Dictionary<BatchSequence, List<GeneratedToken>> tokens = [];
        List<BatchSequence> sequences = [];

        // One more joins at every second step; there is room for three at a time.
        for (int step = 0; step < 200 && (batch.Count > 0 || sequences.Count < wanted.Length); step++)
        {
            if (step % 2 == 0 && sequences.Count < wanted.Length)
            {
                (int[] prompt, GenerationOptions own) = wanted[sequences.Count];
                sequences.Add(batch.Add(prompt, own));
                tokens[sequences[^1]] = [];
            }

            foreach (BatchToken token in batch.Step(Cancellation))
            {
                tokens[token.Sequence].Add(token.Token);
            }
        }

        Assert.Equal(0, batch.Count);
        for (int i = 0; i < wanted.Length; i++)
        {
            Assert.Equal(expected[i], tokens[sequences[i]].Select(token => token.Id));
            Assert.Equal([.. wanted[i].Prompt, .. expected[i]], sequences[i].Tokens.ToArray());
            Assert.Equal(tokens[sequences[i]][^1].Finish, sequences[i].Finish);
            Assert.NotNull(sequences[i].Finish);
        }
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("gemma2")]
    [InlineData("gpt-neox")]
    public void Logits_of_a_pass_that_several_sequences_share_are_those_of_the_reference(string name)
    {
        (int[] ids, float[] expected) = ArchitectureTests.Expected(name);
        using CausalModel model = ArchitectureTests.Load(name, new ModelOptions { Threads = 3 });
        int vocabulary = model.Configuration.VocabularySize;
        KeyValueCache[] caches = [.. Enumerable.Range(0, 3).Select(_ => new KeyValueCache(model.Configuration, model.ContextLength))];
        float[][] logits = [new float[vocabulary], new float[ids.Length * vocabulary], new float[2 * vocabulary]];

        // A beginning, the whole, and the second part of a sequence whose first part is read before; each wants other logits.
        model.Forward(ids.AsSpan(0, 7), 0, 7, caches[2], []);
        model.Forward([
            new PassPart(ids.AsMemory(0, 5), 0, 5, caches[0], logits[0]),
            new PassPart(ids, 0, ids.Length, caches[1], logits[1]),
            new PassPart(ids.AsMemory(7, 6), 7, 13, caches[2], logits[2]),
        ]);

        ArchitectureTests.AssertClose(expected.AsSpan(4 * vocabulary, vocabulary), logits[0]);
        ArchitectureTests.AssertClose(expected, logits[1]);
        ArchitectureTests.AssertClose(expected.AsSpan(11 * vocabulary, 2 * vocabulary), logits[2]);
        Array.ForEach(caches, model.Release);
    }

    [Fact]
    public void A_sequence_that_is_removed_makes_room_and_keeps_its_tokens()
    {
        using CausalModel model = ArchitectureTests.Load("llama");
        using GenerationBatch batch = new(model, maxSequences: 1);
        GenerationOptions options = new() { EndTokens = [], MaxNewTokens = 30 };
        BatchSequence first = batch.Add([1, 2, 3], options);
        BatchSequence second = batch.Add([4, 5], options with { MaxNewTokens = 2 });
        BatchSequence third = batch.Add([6], options);
        Assert.Same(first, Assert.Single(batch.Step(Cancellation)).Sequence);

        first.Remove();
        third.Remove();

        Assert.Same(second, Assert.Single(batch.Step(Cancellation)).Sequence);
        Assert.Equal(FinishReason.Length, Assert.Single(batch.Step(Cancellation)).Token.Finish);
        Assert.Empty(batch.Step(Cancellation));
        Assert.Equal(0, batch.Count);
        Assert.Equal((4, null), (first.Tokens.Length, first.Finish));
        Assert.Equal((1, null), (third.Tokens.Length, third.Finish));
    }

    [Fact]
    public void A_processor_that_fails_takes_only_its_own_sequence_out()
    {
        using CausalModel model = ArchitectureTests.Load("llama");
        using GenerationBatch batch = new(model);
        GenerationOptions options = new() { EndTokens = [], MaxNewTokens = 3 };
        BatchSequence bad = batch.Add([1], options with { Processors = [new Failing()] });
        BatchSequence good = batch.Add([1], options);

        Assert.Throws<NotSupportedException>(() => batch.Step(Cancellation));
        Assert.Single(batch.Step(Cancellation));
        Assert.Single(batch.Step(Cancellation));

        Assert.Equal(0, batch.Count);
        Assert.Equal((1, 4), (bad.Tokens.Length, good.Tokens.Length));
        Assert.Equal(Alone(model, [1], options), good.Tokens[1..].ToArray());
    }

    [Fact]
    public void What_makes_no_sense_is_refused_before_it_joins()
    {
        using CausalModel model = ArchitectureTests.Load("llama", new ModelOptions { ChunkLength = 4 });
        using GenerationBatch batch = new(model, maxSequences: 4);

        Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationBatch(model, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationBatch(model, 0));
        Assert.Throws<ArgumentException>(() => batch.Add([], new GenerationOptions()));
        Assert.Throws<ArgumentException>(() => batch.Add([40], new GenerationOptions()));
        Assert.Throws<ArgumentException>(() => batch.Add(new int[49], new GenerationOptions()));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Add([1], new GenerationOptions { TopP = 2 }));
        Assert.Throws<OperationCanceledException>(() => batch.Step(new CancellationToken(canceled: true)));
        Assert.Equal(0, batch.Count);
        batch.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batch.Add([1], new GenerationOptions()));
        Assert.Throws<ObjectDisposedException>(() => batch.Step(Cancellation));
    }

    [Fact]
    public void A_step_costs_no_managed_memory()
    {
        using CausalModel model = CausalModel.Load(Fixtures.Data("llama"), new ModelOptions { Threads = 1 });
        using GenerationBatch batch = new(model);
        for (int i = 0; i < 5; i++)
        {
            batch.Add([1, 2, 3 + i], new GenerationOptions { EndTokens = [], MaxNewTokens = 50 });
        }

        for (int step = 0; step < 20; step++)
        {
            batch.Step(Cancellation);
        }

        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (int step = 0; step < 5; step++)
            {
                batch.Step(Cancellation);
            }
        }));
    }

    private static int[] Alone(CausalModel model, int[] prompt, GenerationOptions options)
    {
        using InferenceSession session = model.CreateSession();
        return [.. session.Generate(prompt, options).Select(token => token.Id)];
    }

    private sealed class Failing : ILogitsProcessor
    {
        public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> logits) => throw new NotSupportedException();
    }
}
