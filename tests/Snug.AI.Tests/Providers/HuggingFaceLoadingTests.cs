using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Snug.TestKit;

namespace Snug.AI.Tests;

/// <summary>How models of the Hub get into this process: when they are fetched, how often, from where.</summary>
public sealed class HuggingFaceLoadingTests
{
    private static readonly ChatOptions Short = new() { MaxOutputTokens = 3, Seed = 1 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "S1-08")]
    public async Task Tokenizer_and_weights_are_both_fetched_with_the_token_into_the_model_path_and_nowhere_else()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();

        using IChatClient client = fixture.Create().CreateChatClient();
        await client.GetResponseAsync("Hi", Short, Cancellation);

        RequestRecord[] requests = fixture.Hub.Requests.Snapshot();
        Assert.Contains(requests, request => request.Path.EndsWith("/tokenizer.json", StringComparison.Ordinal));
        Assert.Contains(requests, request => request.Path.EndsWith("/model.safetensors", StringComparison.Ordinal));
        Assert.All(requests.Where(request => request.Listener == HubListener.Endpoint), request => Assert.True(request.HasAuthorization, request.ToString()));
        Assert.All(requests.Where(request => request.Listener == HubListener.Storage), request => Assert.False(request.HasToken, request.ToString()));
        string[] elsewhere = [.. Directory.GetFiles(fixture.Root, "*", SearchOption.AllDirectories).Where(file => !file.StartsWith(fixture.ModelPath, StringComparison.Ordinal))];
        Assert.Empty(elsewhere);
        Assert.NotEmpty(Directory.GetFiles(fixture.ModelPath, "*", SearchOption.AllDirectories));
    }

    [Fact]
    [Trait("Requirement", "S1-06")]
    public async Task Making_a_provider_and_a_client_sends_nothing()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();

        using IChatClient client = fixture.Create().CreateChatClient();
        Assert.Equal("huggingface", client.GetService<ChatClientMetadata>()!.ProviderName);

        Assert.Empty(fixture.Hub.Requests.Snapshot());
    }

    [Fact]
    [Trait("Requirement", "S1-21")]
    public async Task A_gated_model_is_used_like_a_public_one()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();
        foreach (string model in new[] { ProviderFixture.Model, ProviderFixture.Gated })
        {
            using IChatClient client = fixture.Create(new() { Model = model }).CreateChatClient();
            Assert.NotNull((await client.GetResponseAsync("Hi", Short, Cancellation)).FinishReason);
        }
    }

    [Fact]
    public async Task A_load_that_failed_is_tried_again_by_the_next_call()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();
        FaultPlan faults = fixture.Hub.Faults;
        faults.Add("*", Fault.TooManyRequests(retryAfterSeconds: 3600));
        using IChatClient client = fixture.Create().CreateChatClient();
        await Assert.ThrowsAsync<ChatProviderException>(() => client.GetResponseAsync("Hi", Short, Cancellation));

        faults.Clear();

        Assert.NotNull((await client.GetResponseAsync("Hi", Short, Cancellation)).FinishReason);
    }

    [Fact]
    public async Task Callers_that_come_at_once_share_one_load()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();
        int loads = 0;
        LlmProviderServices services = fixture.Services with
        {
            LoadLocalModel = async (_, cancellationToken) =>
            {
                Interlocked.Increment(ref loads);
                await Task.Yield();
                return new LocalModel(new CannedChatClient("x"));
            },
        };
        using IChatClient client = ChatClients.FromEnvironment(services: services);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.GetResponseAsync("Hi", null, Cancellation)));

        Assert.Equal(1, loads);
    }

    [Fact]
    [Trait("Requirement", "S1-22")]
    public async Task A_model_costs_few_requests_and_none_once_it_is_loaded()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();
        using IChatClient client = fixture.Create().CreateChatClient();
        await client.GetResponseAsync("Hi", Short, Cancellation);
        RequestRecord[] requests = fixture.Hub.Requests.Snapshot();

        Assert.True(fixture.Hub.Requests.ApiCount <= 2, fixture.Hub.Requests.ToString());
        Assert.All(requests.Where(request => request.IsResolve).GroupBy(request => request.Path), file => Assert.Single(file));

        await client.GetResponseAsync("Hi again", Short, Cancellation);
        Assert.Equal(requests.Length, fixture.Hub.Requests.Count);
    }

    [Fact]
    [Trait("Requirement", "S1-25")]
    public async Task A_model_in_the_cache_is_loaded_without_a_network()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();
        using (IChatClient first = fixture.Create().CreateChatClient())
        {
            await first.GetResponseAsync("Hi", Short, Cancellation);
        }

        fixture.Hub.Requests.Clear();
        fixture.Variables["HF_HUB_OFFLINE"] = "1";
        using IChatClient second = fixture.Create().CreateChatClient();
        await second.GetResponseAsync("Hi", Short, Cancellation);

        Assert.Empty(fixture.Hub.Requests.Snapshot());
        Assert.True(fixture.Log.Has(LogLevel.Information, "nothing was downloaded"), fixture.Log.All);
    }

    [Fact]
    public async Task A_model_may_be_a_folder()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync(token: null);
        using TemporaryFolder folder = new();
        using IChatClient client = fixture.Create(new() { Model = RandomModel.Write(folder) }).CreateChatClient();

        Assert.NotNull((await client.GetResponseAsync("Hi", Short, Cancellation)).FinishReason);
        Assert.Empty(fixture.Hub.Requests.Snapshot());
    }

    [Fact]
    public async Task Embeddings_are_made_here_too_by_a_model_that_is_loaded_when_it_is_first_used()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();
        using IEmbeddingGenerator<string, Embedding<float>> generator = fixture.Create(new() { Model = ProviderFixture.Encoder }).CreateEmbeddingGenerator();
        Assert.Equal("huggingface", generator.GetService<EmbeddingGeneratorMetadata>()!.ProviderName);
        Assert.Empty(fixture.Hub.Requests.Snapshot());

        GeneratedEmbeddings<Embedding<float>> results = await generator.GenerateAsync(["the cat", "the law", "the cat"], null, Cancellation);

        Assert.All(results, result => Assert.Equal(TinyEncoder.Width, result.Dimensions));
        Assert.Equal(results[0].Vector.ToArray(), results[2].Vector.ToArray());
        Assert.NotEqual(results[0].Vector.ToArray(), results[1].Vector.ToArray());
        Assert.All(fixture.Hub.Requests.Snapshot().Where(request => request.Listener == HubListener.Endpoint), request => Assert.True(request.HasAuthorization));
        Assert.True(fixture.Log.Has(LogLevel.Information, "is downloaded"), fixture.Log.All);
    }

    [Fact]
    public async Task A_client_that_was_disposed_does_not_load_anything()
    {
        await using ProviderFixture fixture = await ProviderFixture.StartAsync();
        IChatClient client = fixture.Create().CreateChatClient();
        client.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.GetResponseAsync("Hi", Short, Cancellation));
        Assert.Empty(fixture.Hub.Requests.Snapshot());
    }
}
