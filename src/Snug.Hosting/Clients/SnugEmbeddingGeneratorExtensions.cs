using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Snug.AI;
using Snug.Pretrained;

namespace Snug.Hosting;

/// <summary>Adds generators of embeddings.</summary>
public static class SnugEmbeddingGeneratorExtensions
{
    /// <summary>
    /// Adds a model, and a generator of embeddings that runs it in this process. The model is made ready like all others, in its mode; a
    /// request that comes before waits, or fails with the reason. Weights are loaded at the first request.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="model">The name of the model, as <see cref="SnugBuilderExtensions.AddModel"/> takes it; one that was added before keeps its options.</param>
    /// <param name="configure">Repository, revision, patterns, mode. Without patterns the files that are needed to run it are had.</param>
    /// <param name="options">How the model is loaded.</param>
    public static ISnugBuilder AddSnugEmbeddingGenerator(
        this IServiceCollection services, string model, Action<SnugModelOptions>? configure = null, SentenceEncoderOptions? options = null)
    {
        ISnugBuilder builder = services.AddClientModel(model, configure, ModelFiles.ForEmbeddingsAsync);
        services.AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(provider => Create(provider, model, options));
        return builder;
    }

    /// <summary>As <see cref="AddSnugEmbeddingGenerator(IServiceCollection, string, Action{SnugModelOptions}?, SentenceEncoderOptions?)"/>, under a key.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="serviceKey">The key to ask for the generator by.</param>
    /// <param name="model">The name of the model.</param>
    /// <param name="configure">Repository, revision, patterns, mode.</param>
    /// <param name="options">How the model is loaded.</param>
    public static ISnugBuilder AddKeyedSnugEmbeddingGenerator(
        this IServiceCollection services, object? serviceKey, string model, Action<SnugModelOptions>? configure = null, SentenceEncoderOptions? options = null)
    {
        ISnugBuilder builder = services.AddClientModel(model, configure, ModelFiles.ForEmbeddingsAsync);
        services.AddKeyedSingleton<IEmbeddingGenerator<string, Embedding<float>>>(serviceKey, (provider, _) => Create(provider, model, options));
        return builder;
    }

    /// <summary>
    /// Adds the generator of embeddings of the provider that the environment names in <c>LLM_PROVIDER</c>, as
    /// <see cref="ChatClients.ProviderFromEnvironment"/> makes it. A model that runs in this process is made ready like all others, in the mode
    /// of <see cref="SnugOptions.Mode"/>.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configuration">What wins over the environment.</param>
    /// <exception cref="NotSupportedException">When it is asked for: the provider has no embeddings.</exception>
    public static ISnugBuilder AddSnugEmbeddingGenerator(this IServiceCollection services, LlmConfiguration? configuration = null)
    {
        ISnugBuilder builder = services.AddEnvironmentModel(configuration, ModelFiles.ForEmbeddingsAsync);
        services.AddSingleton(provider => SnugChatClientExtensions.GetProvider(provider, configuration).CreateEmbeddingGenerator());
        return builder;
    }

    private static HostedEmbeddingGenerator Create(IServiceProvider provider, string model, SentenceEncoderOptions? options) =>
        new(
            provider.GetRequiredService<ModelDirectory>(), provider.GetRequiredService<TimeProvider>(), model, options ?? new SentenceEncoderOptions());
}
