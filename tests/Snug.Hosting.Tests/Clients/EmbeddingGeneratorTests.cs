using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Snug.AI;
using Snug.Hub;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Hosting.Tests;

/// <summary>Generators of embeddings by dependency injection, and providers from the environment.</summary>
public sealed class EmbeddingGeneratorTests
{
    private const string Encoder = "org/encoder";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_generator_embeds_with_the_model_that_was_made_ready_and_sends_nothing_more()
    {
        await using ModelHub hub = await StartAsync();
        await using TestApplication application = TestApplication.Create(hub, snug => snug.Services.AddSnugEmbeddingGenerator(Encoder));
        await application.StartAsync();
        Assert.DoesNotContain(application.Models.GetStatus(Encoder).Snapshot!.Files, file => file.StartsWith("onnx/", StringComparison.Ordinal) || file.EndsWith(".bin", StringComparison.Ordinal));
        hub.Hub.Requests.Clear();
        hub.GoDown();
        IEmbeddingGenerator<string, Embedding<float>> generator = application.Application.Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();

        Assert.Equal(Encoder, generator.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelId);
        GeneratedEmbeddings<Embedding<float>>[] all = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => generator.GenerateAsync(["the cat", "the dog"], cancellationToken: Cancellation)));

        Assert.All(all, embeddings => Assert.Equal([TinyEncoder.Width, TinyEncoder.Width], embeddings.Select(embedding => embedding.Vector.Length)));
        Assert.Equal(Encoder, all[0][0].ModelId);
        Assert.NotNull(generator.GetService<LocalEmbeddingGenerator>());
        Assert.Equal(0, hub.Hub.Requests.Count);
    }

    [Fact]
    public async Task Generators_under_keys_have_models_of_their_own()
    {
        await using ModelHub hub = await StartAsync();
        await using TestApplication application = TestApplication.Create(hub, snug => snug.Services
            .AddKeyedSnugEmbeddingGenerator("here", Encoder, model => model.Mode = ModelStartMode.Lazy).Services
            .AddKeyedSnugEmbeddingGenerator("gated", ModelHub.Gated, model => model.Mode = ModelStartMode.Lazy));
        await application.StartAsync();
        IServiceProvider services = application.Application.Services;

        Assert.Single(await services.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>("here").GenerateAsync(["cat"], cancellationToken: Cancellation));
        HubException e = await Assert.ThrowsAsync<HubException>(
            () => services.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>("gated").GenerateAsync(["cat"], cancellationToken: Cancellation));

        Assert.Equal(HubErrorKind.Gated, e.Kind);
    }

    [Fact]
    public async Task The_environment_chooses_the_provider_and_the_application_s_logger_hears_of_it()
    {
        await using ModelHub hub = await StartAsync();
        Dictionary<string, string> variables = new() { ["LLM_PROVIDER"] = "vllm", ["OPENAI_BASE_URL"] = "http://127.0.0.1:9/v1", ["LLM_MODEL"] = "org/served" };
        await using TestApplication application = TestApplication.Create(
            hub,
            snug =>
            {
                snug.Services.AddSnugChatClient();
                snug.Services.AddSnugEmbeddingGenerator();
            },
            options => options.Hub.ReadVariable = variables.GetValueOrDefault);
        await application.StartAsync();

        ChatClientMetadata chat = application.Application.Services.GetRequiredService<IChatClient>().GetService<ChatClientMetadata>()!;
        EmbeddingGeneratorMetadata embeddings = application.Application.Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>().GetService<EmbeddingGeneratorMetadata>()!;

        Assert.Equal(("org/served", "http://127.0.0.1:9/v1"), (chat.DefaultModelId, chat.ProviderUri!.AbsoluteUri.TrimEnd('/')));
        Assert.Equal("org/served", embeddings.DefaultModelId);
        Assert.Contains("Initialized vllm provider", application.Log.Text, StringComparison.Ordinal);
    }

    private static async Task<ModelHub> StartAsync()
    {
        ModelHub hub = await ModelHub.StartAsync();
        await hub.Source.Add(Encoder).CommitAsync([.. TinyEncoder.Files().Select(file => (file.Key, RepositoryContent.FromBytes(file.Value)))]);
        return hub;
    }
}
