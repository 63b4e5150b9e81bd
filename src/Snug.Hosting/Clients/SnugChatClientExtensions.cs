using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Snug.AI;

namespace Snug.Hosting;

/// <summary>Adds chat clients over models that the application makes ready.</summary>
public static class SnugChatClientExtensions
{
    /// <summary>
    /// Adds a model, and an <see cref="IChatClient"/> that runs it in this process. The model is made ready like all others, in its mode;
    /// a request that comes before waits, or fails with the reason. Weights are loaded at the first request.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="model">The name of the model, as <see cref="SnugBuilderExtensions.AddModel"/> takes it; one that was added before keeps its options.</param>
    /// <param name="configure">Repository, revision, patterns, mode. Without patterns the files that are needed to run it are had.</param>
    /// <param name="options">How the model is loaded and used.</param>
    public static ISnugBuilder AddSnugChatClient(
        this IServiceCollection services, string model, Action<SnugModelOptions>? configure = null, LocalChatClientOptions? options = null)
    {
        ISnugBuilder builder = services.AddClientModel(model, configure, ModelFiles.ForChatAsync);
        services.AddSingleton<IChatClient>(provider => Create(provider, model, options));
        return builder;
    }

    /// <summary>As <see cref="AddSnugChatClient(IServiceCollection, string, Action{SnugModelOptions}?, LocalChatClientOptions?)"/>, under a key.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="serviceKey">The key to ask for the client by.</param>
    /// <param name="model">The name of the model.</param>
    /// <param name="configure">Repository, revision, patterns, mode.</param>
    /// <param name="options">How the model is loaded and used.</param>
    public static ISnugBuilder AddKeyedSnugChatClient(
        this IServiceCollection services, object? serviceKey, string model, Action<SnugModelOptions>? configure = null, LocalChatClientOptions? options = null)
    {
        ISnugBuilder builder = services.AddClientModel(model, configure, ModelFiles.ForChatAsync);
        services.AddKeyedSingleton<IChatClient>(serviceKey, (provider, _) => Create(provider, model, options));
        return builder;
    }

    /// <summary>
    /// Adds the chat client of the provider that the environment names in <c>LLM_PROVIDER</c>, as <see cref="ChatClients.FromEnvironment"/>
    /// makes it: another model, or another server, without another program. An <see cref="LlmProviderFactory"/> among the services is used.
    /// A model that runs in this process is made ready like all others, in the mode of <see cref="SnugOptions.Mode"/>, under the name that
    /// the environment gives it. A provider that does not exist, or cannot be used as it is set up, stops the host when it starts.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configuration">What wins over the environment.</param>
    public static ISnugBuilder AddSnugChatClient(this IServiceCollection services, LlmConfiguration? configuration = null)
    {
        ISnugBuilder builder = services.AddEnvironmentModel(configuration, ModelFiles.ForChatAsync);
        services.AddSingleton(provider => GetProvider(provider, configuration).CreateChatClient());
        return builder;
    }

    internal static LlmProvider GetProvider(IServiceProvider provider, LlmConfiguration? configuration) =>
        provider.GetRequiredService<EnvironmentProviders>().Get(provider.GetRequiredService<IOptions<SnugOptions>>().Value, configuration);

    internal static ISnugBuilder AddEnvironmentModel(this IServiceCollection services, LlmConfiguration? configuration, ModelFetch fetch)
    {
        ISnugBuilder builder = services.AddSnug();
        services.TryAddSingleton<EnvironmentProviders>();

        // After everything else is known: where variables are read, the Hub, and models that were added by hand.
        services.AddOptions<SnugOptions>().PostConfigure<EnvironmentProviders>((options, providers) => providers.AddModel(options, configuration, fetch));
        return builder;
    }

    internal static ISnugBuilder AddClientModel(this IServiceCollection services, string model, Action<SnugModelOptions>? configure, ModelFetch fetch)
    {
        ISnugBuilder builder = services.AddSnug();
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        services.Configure<SnugOptions>(options =>
        {
            bool isNew = !options.Models.ContainsKey(model);
            SnugModelOptions entry = SnugBuilderExtensions.GetOrAdd(options, model);
            configure?.Invoke(entry);
            if (isNew && entry.Include.Count == 0 && entry.Exclude.Count == 0)
            {
                entry.FetchAs(entry.Repository ?? model, fetch);
            }
        });
        return builder;
    }

    private static HostedChatClient Create(IServiceProvider provider, string model, LocalChatClientOptions? options) =>
        new(
            provider.GetRequiredService<ModelDirectory>(), model,
            options ?? new LocalChatClientOptions { Time = provider.GetRequiredService<TimeProvider>() });
}
