using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Snug.AI;

/// <summary>Makes clients of the provider that the environment names: another model, or another server, without another program.</summary>
public static class ChatClients
{
    /// <summary>
    /// Makes a chat client of the provider in <c>LLM_PROVIDER</c>. Nothing is sent, and no model is loaded, until it is first used.
    /// </summary>
    /// <param name="configuration">What wins over the environment.</param>
    /// <param name="factory">Makes the provider. Unset: one that knows the providers of Snug.</param>
    /// <param name="services">Logging, clock, HTTP, variables; defaults where missing.</param>
    /// <exception cref="ChatProviderException">
    /// There is no such provider, the device cannot be used, or a variable makes no sense.
    /// </exception>
    public static IChatClient FromEnvironment(
        LlmConfiguration? configuration = null, LlmProviderFactory? factory = null, LlmProviderServices? services = null) =>
        ProviderFromEnvironment(configuration, factory, services).CreateChatClient();

    /// <summary>Makes the provider in <c>LLM_PROVIDER</c>, which tells what it is set to and makes clients.</summary>
    /// <param name="configuration">What wins over the environment.</param>
    /// <param name="factory">Makes the provider. Unset: one that knows the providers of Snug.</param>
    /// <param name="services">Logging, clock, HTTP, variables; defaults where missing.</param>
    /// <exception cref="ChatProviderException">
    /// There is no such provider, the device cannot be used, or a variable makes no sense.
    /// </exception>
    public static LlmProvider ProviderFromEnvironment(
        LlmConfiguration? configuration = null, LlmProviderFactory? factory = null, LlmProviderServices? services = null)
    {
        services ??= new LlmProviderServices();
        services = services with { ReadVariable = services.ReadVariable ?? Environment.GetEnvironmentVariable };
        LlmConfiguration complete = LlmEnvironment.Complete(configuration ?? new LlmConfiguration(), services.ReadVariable);
        LlmProvider provider = (factory ?? new LlmProviderFactory()).Create(complete.Provider!, complete, services);
        if (!provider.HasToken && complete.UseAuthToken is not false && LlmEnvironment.IsHub(provider.Name))
        {
            ProviderLog.TokenNotSet(services.LoggerFactory.CreateLogger<LlmProvider>());
        }

        return provider;
    }
}
