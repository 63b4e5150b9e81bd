using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Snug.AI;

namespace Snug.Hosting;

/// <summary>The provider that the environment names, with the logger and the clock of the application.</summary>
internal static class EnvironmentProvider
{
    public static LlmProvider Create(IServiceProvider provider, LlmConfiguration? configuration) =>
        ChatClients.ProviderFromEnvironment(
            configuration,
            provider.GetService<LlmProviderFactory>(),
            new LlmProviderServices
            {
                LoggerFactory = provider.GetRequiredService<ILoggerFactory>(),
                TimeProvider = provider.GetRequiredService<TimeProvider>(),
                ReadVariable = provider.GetRequiredService<IOptions<SnugOptions>>().Value.Hub.ReadVariable,
            });
}
