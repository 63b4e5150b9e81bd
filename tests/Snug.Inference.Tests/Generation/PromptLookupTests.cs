namespace Snug.Inference.Tests;

public sealed class PromptLookupTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, 3, new[] { 7, 8, 9, 1, 7, 8 }, new[] { 9, 1, 7 })]
    [InlineData(2, 9, new[] { 1, 2, 3, 1, 2, 4, 1, 2 }, new[] { 3, 1, 2, 4, 1, 2 })]
    [InlineData(2, 2, new[] { 1, 2, 3, 1, 2, 4, 1, 2 }, new[] { 4, 1 })]
    [InlineData(1, 2, new[] { 9, 4, 4, 4, 4 }, new[] { 4, 4 })]
    [InlineData(2, 2, new[] { 5, 6, 9, 6 }, new[] { 9, 6 })]
    [InlineData(3, 4, new[] { 4, 4, 4, 4 }, new[] { 4 })]
    [InlineData(2, 4, new[] { 1, 2, 3 }, new int[0])]
    [InlineData(2, 4, new[] { 1 }, new int[0])]
    public void A_guess_is_what_followed_the_same_end_before(int ngram, int most, int[] tokens, int[] expected) =>
        Assert.Equal(expected, PromptLookup.Find(tokens, ngram, most).ToArray());

    [Theory]
    [MemberData(nameof(ArchitectureTests.Models), MemberType = typeof(ArchitectureTests))]
    public void Generated_tokens_are_the_same_as_without_it(string name)
    {
        int[] prompt = [.. ArchitectureTests.Expected(name).Ids.Take(9)];
        GenerationOptions greedy = new() { EndTokens = [], MaxNewTokens = 36 };
        GenerationOptions drawn = greedy with { DoSample = true, Temperature = 0.7f, TopK = 5, Seed = 3, RepetitionPenalty = 1.05f };
        using CausalModel model = ArchitectureTests.Load(name, new ModelOptions { Threads = 2 });
        foreach (GenerationOptions options in (GenerationOptions[])[greedy, drawn])
        {
            using InferenceSession session = model.CreateSession();
            using InferenceSession other = model.CreateSession();

            GeneratedToken[] expected = [.. session.Generate(prompt, options, Cancellation)];
            GeneratedToken[] tokens = [.. other.Generate(prompt, options with { PromptLookupTokens = 5, PromptLookupNgram = 2 }, Cancellation)];

            Assert.Equal(expected.Select(token => (token.Id, token.Finish)), tokens.Select(token => (token.Id, token.Finish)));
            Assert.Equal(session.Tokens, other.Tokens);
            ArchitectureTests.AssertClose(session.Logits, other.Logits, 1e-3);
        }
    }

    [Fact]
    public void A_text_that_repeats_itself_takes_fewer_passes()
    {
        // This model falls into repeating one token.
        using CausalModel model = ArchitectureTests.Load("gpt2");
        using InferenceSession session = model.CreateSession();
        Counting counting = new(session);
        GenerationOptions options = new() { EndTokens = [], MaxNewTokens = 30, PromptLookupTokens = 5, Processors = [counting] };

        int tokens = session.Generate([1, 5, 9, 2, 11], options, Cancellation).Count();

        Assert.Equal(30, tokens);
        Assert.InRange(counting.Passes, 2, 15);
    }

    [Fact]
    public void An_end_token_within_a_guess_ends_the_text_and_the_session_has_read_no_further()
    {
        using CausalModel model = ArchitectureTests.Load("gpt2");
        using InferenceSession session = model.CreateSession();
        GenerationOptions options = new() { EndTokens = [], MaxNewTokens = 20, PromptLookupTokens = 8 };
        int[] free = [.. session.Generate([1, 5, 9, 2, 11], options, Cancellation).Select(token => token.Id)];
        int end = free[^1];
        int at = Array.IndexOf(free, end);
        session.Rewind(0);

        GeneratedToken[] tokens = [.. session.Generate([1, 5, 9, 2, 11], options with { EndTokens = [end] }, Cancellation)];

        Assert.Equal(free[..(at + 1)], tokens.Select(token => token.Id));
        Assert.Equal(FinishReason.EndToken, tokens[^1].Finish);
        Assert.Equal(5 + at, session.Tokens.Count);
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(65, 2)]
    [InlineData(4, 0)]
    public void Numbers_that_make_no_sense_are_refused(int tokens, int ngram)
    {
        using CausalModel model = ArchitectureTests.Load("llama");
        using InferenceSession session = model.CreateSession();

        Assert.Throws<ArgumentOutOfRangeException>(
            () => session.Generate([1], new GenerationOptions { PromptLookupTokens = tokens, PromptLookupNgram = ngram }, Cancellation).First());
    }

    /// <summary>Counts how often the session has read something since it was last asked.</summary>
    private sealed class Counting(InferenceSession session) : ILogitsProcessor
    {
        private int _seen;

        public int Passes { get; private set; }

        public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> logits)
        {
            Passes += session.Tokens.Count == _seen ? 0 : 1;
            _seen = session.Tokens.Count;
        }
    }
}
