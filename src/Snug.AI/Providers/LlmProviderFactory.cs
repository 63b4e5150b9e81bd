using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Snug.AI;

/// <summary>
/// Makes providers by name. It knows <c>openai</c>, <c>huggingface</c> (models that run here), <c>huggingface-router</c>,
/// <c>openai-compatible</c>, <c>vllm</c>, <c>tgi</c>, <c>llama.cpp</c>, <c>ollama</c> and <c>lm-studio</c>; others can be registered. Safe for concurrent use.
/// </summary>
public sealed class LlmProviderFactory
{
    private const int MaxNameLength = 64;

    private readonly ConcurrentDictionary<string, Func<LlmConfiguration, LlmProviderServices, LlmProvider>> _providers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Creates a factory that knows the providers of Snug.</summary>
    public LlmProviderFactory()
    {
        foreach (OpenAICompatibleServer server in OpenAICompatibleServer.All)
        {
            Register(server.Name, (configuration, services) => new OpenAICompatibleProvider(server, configuration, services));
        }

        Register(HuggingFaceLlmProvider.ProviderName, (configuration, services) => new HuggingFaceLlmProvider(configuration, services));
    }

    /// <summary>The names, in alphabetical order.</summary>
    public IReadOnlyList<string> Names => [.. _providers.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Adds a provider, or puts it in the place of the one with this name.</summary>
    /// <param name="name">The name; its case does not matter.</param>
    /// <param name="create">Makes the provider; must not send anything.</param>
    /// <returns>This factory.</returns>
    public LlmProviderFactory Register(string name, Func<LlmConfiguration, LlmProviderServices, LlmProvider> create)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(create);
        _providers[name] = create;
        return this;
    }

    /// <summary>Makes a provider.</summary>
    /// <param name="name">The name of the provider; its case does not matter.</param>
    /// <param name="configuration">The configuration, which is taken as it is: the environment is not asked for what is unset.</param>
    /// <param name="services">Logging, clock, HTTP; defaults where missing.</param>
    /// <exception cref="ChatProviderException">
    /// There is no such provider (<see cref="ChatProviderErrorKind.UnknownProvider"/>; the advice names those that are there), or it
    /// cannot be made with this configuration.
    /// </exception>
    public LlmProvider Create(string name, LlmConfiguration configuration, LlmProviderServices? services = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(configuration);
        services ??= new LlmProviderServices();
        if (!_providers.TryGetValue(name.Trim(), out Func<LlmConfiguration, LlmProviderServices, LlmProvider>? create))
        {
            throw Unknown(name);
        }

        LlmProvider provider = create(configuration, services);
        ProviderLog.Initialized(services.LoggerFactory.CreateLogger<LlmProvider>(), provider.Name);
        return provider;
    }

    private ChatProviderException Unknown(string name)
    {
        string clean = string.Concat(name.Take(MaxNameLength).Select(c => char.IsControl(c) ? '?' : c));
        return new ChatProviderException(ChatProviderErrorKind.UnknownProvider, $"There is no provider '{clean}'.")
        {
            Advice = [$"Set LLM_PROVIDER to one of: {string.Join(", ", Names)}.", "A provider of your own is added with LlmProviderFactory.Register."],
        };
    }
}
