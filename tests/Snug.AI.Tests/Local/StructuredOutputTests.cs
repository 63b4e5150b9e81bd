using System.Text.Json;
using Microsoft.Extensions.AI;
using Snug.Inference;
using Snug.Inference.Tests;
using Snug.Tests;

namespace Snug.AI.Tests;

public sealed class StructuredOutputTests(RandomModelFixture fixture) : IClassFixture<RandomModelFixture>
{
    private static readonly string[] Questions = ["Hi", "What is the capital of France?", "Describe a model as JSON.", "Tell me a story.", "How do I download a model?"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thousand_answers_of_the_demonstration_model_satisfy_their_schemas()
    {
        const int Answers = 1000;
        const int AtOnce = 4;
        string folder = Path.Join(TestPaths.RepositoryRoot, "samples", "repositories", "models", "snug", "demonstration-model");
        using LocalChatClient client = new(folder, new LocalChatClientOptions { MaxSessions = AtOnce, Model = new() { Model = new ModelOptions { Threads = 1 } } });

        // Every fourth is greedy, as the model's own settings have it; the others are sampled.
        int[] seeds = [.. Enumerable.Range(0, Answers)];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, AtOnce), Cancellation, async (lane, _) => await CheckAsync(client, seeds.Where(seed => seed % AtOnce == lane), seed => seed % 16 < 4 ? 0 : 1));
    }

    [Fact]
    public async Task Answers_of_a_model_with_random_weights_satisfy_their_schemas()
    {
        using LocalChatClient client = new(fixture.Model);

        await CheckAsync(client, Enumerable.Range(0, 100), _ => 1);
    }

    [Fact]
    public async Task Answers_of_a_trained_model_with_a_sentencepiece_vocabulary_satisfy_their_schemas()
    {
        string? fixtures = SharedFixtures.Find(TestPaths.RepositoryRoot);
        Assert.SkipWhen(fixtures is null, SharedFixtures.Missing);
        using LocalChatClient client = new(Path.Join(fixtures, "models", "stories260K-hf"), new LocalChatClientOptions
        {
            ChatTemplate = "{{ bos_token }}{{ messages[0].content }}",
            Model = new() { Model = new ModelOptions { Threads = 1, ContextLength = 512 } },
        });

        await CheckAsync(client, Enumerable.Range(5000, 60), _ => 1);
    }

    [Fact]
    public async Task Json_without_a_schema_is_an_object()
    {
        using LocalChatClient client = new(fixture.Model);
        for (int seed = 0; seed < 20; seed++)
        {
            ChatOptions options = new() { ResponseFormat = ChatResponseFormat.Json, Temperature = 1, Seed = seed, MaxOutputTokens = 80 };

            ChatResponse response = await client.GetResponseAsync("Hi", options, Cancellation);

            Assert.Equal(JsonValueKind.Object, JsonElement.Parse(response.Text).ValueKind);
            Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        }
    }

    [Fact]
    public async Task An_answer_that_cannot_be_whole_within_its_tokens_ends_with_length()
    {
        using LocalChatClient client = new(fixture.Model);
        ChatOptions options = new()
        {
            ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse("""{"type":"string","minLength":50}""")),
            MaxOutputTokens = 8,
        };

        Assert.Equal(ChatFinishReason.Length, (await client.GetResponseAsync("Hi", options, Cancellation)).FinishReason);
    }

    [Fact]
    public async Task A_schema_that_cannot_be_had_is_refused_before_anything_is_generated()
    {
        using LocalChatClient client = new(fixture.Model);
        ChatOptions options = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse("""{"type":"object","minProperties":2}""")) };

        ConstraintException error = await Assert.ThrowsAsync<ConstraintException>(() => client.GetResponseAsync("Hi", options, Cancellation));

        Assert.Equal("minProperties", error.Keyword);
    }

    [Fact]
    public async Task Schemas_that_the_abstractions_make_of_types_are_supported()
    {
        using LocalChatClient client = new(fixture.Model);
        ChatOptions options = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema<Order>(), Temperature = 1, Seed = 3, MaxOutputTokens = 400 };

        ChatResponse response = await client.GetResponseAsync("Hi", options, Cancellation);

        Order order = JsonSerializer.Deserialize<Order>(response.Text, AIJsonUtilities.DefaultOptions)!;
        Assert.NotNull(order.Lines);
    }

    [Fact]
    public async Task A_model_that_would_reason_first_answers_at_once()
    {
        using LocalChatClient client = new(fixture.Model, new LocalChatClientOptions { ChatTemplate = "{{ messages[0].content }}<think>\n" });
        ChatOptions options = new() { ResponseFormat = ChatResponseFormat.Json, MaxOutputTokens = 40 };

        ChatResponse response = await client.GetResponseAsync("Hi", options, Cancellation);

        Assert.Equal(JsonValueKind.Object, JsonElement.Parse(response.Text).ValueKind);
    }

    private static async Task CheckAsync(LocalChatClient client, IEnumerable<int> seeds, Func<int, float> temperature)
    {
        foreach (int seed in seeds)
        {
            JsonElement schema = new SchemaGenerator(seed).Next();
            ChatOptions options = new()
            {
                ResponseFormat = ChatResponseFormat.ForJsonSchema(schema), Temperature = temperature(seed), Seed = seed, MaxOutputTokens = 80,
            };
            string question = Questions[seed % Questions.Length];
            ChatResponse response = await client.GetResponseAsync(question, options, Cancellation);
            if (response.FinishReason == ChatFinishReason.Length)
            {
                // Even the shortest answer to a few of the schemas is longer than that.
                options.MaxOutputTokens = 400;
                response = await client.GetResponseAsync(question, options, Cancellation);
            }

            Assert.True(response.FinishReason == ChatFinishReason.Stop, $"Seed {seed}: {response.FinishReason} {response.Text} under {schema}");
            Assert.True(response.Usage!.OutputTokenCount <= options.MaxOutputTokens, $"Seed {seed}: {response.Usage.OutputTokenCount} tokens");
            Assert.True(SchemaValidator.Check(JsonElement.Parse(response.Text), schema) is null, $"Seed {seed}: {response.Text} under {schema}");
        }
    }

    private enum Size
    {
        Small,
        Large,
    }

    private sealed record Order(long Number, string? Name, Size Size, DateTimeOffset At, List<Line> Lines, double? Price, Dictionary<string, long> Tags, Guid Id, Order? Parent);

    private sealed record Line(string Text, bool IsDone);
}
