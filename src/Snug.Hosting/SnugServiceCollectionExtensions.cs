using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Snug.Hub;

namespace Snug.Hosting;

/// <summary>Adds the models of the Hugging Face Hub to an application.</summary>
public static class SnugServiceCollectionExtensions
{
    /// <summary>The name of the HTTP client of the Hub, as <see cref="IHttpClientFactory"/> knows it.</summary>
    public const string HttpClientName = "Snug.Hub";

    /// <summary>
    /// Adds a <see cref="HubClient"/>, an <see cref="IModelDirectory"/>, and the one service that makes models ready when the host starts.
    /// May be called more than once; what is registered already stays.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    public static ISnugBuilder AddSnug(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging();
        services.AddMetrics();
        services.AddOptions<SnugOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SnugOptions>, SnugOptionsValidator>());

        // The factory would log the addresses of every request, signed ones included; the client has a log of its own without them.
        // The handler renews its connections by itself, and the client keeps it for the life of the application.
        IHttpClientBuilder http = services.AddHttpClient(HttpClientName)
            .ConfigureHttpClient(client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(provider => HubClient.CreateHandler(provider.GetRequiredService<IOptions<SnugOptions>>().Value.Hub))
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();

        services.TryAddSingleton<HubClientFactory>(provider => options => new HubClient(
            options,
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(HttpClientName),
            provider.GetRequiredService<ILogger<HubClient>>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider =>
            provider.GetRequiredService<HubClientFactory>()(provider.GetRequiredService<IOptions<SnugOptions>>().Value.Hub));
        services.TryAddSingleton<ModelTelemetry>();
        services.TryAddSingleton<ModelDirectory>();
        services.TryAddSingleton<IModelDirectory>(provider => provider.GetRequiredService<ModelDirectory>());

        // One service for all models: hosted services are told apart by their type, so a second registration would vanish.
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ModelStartup>());
        return new SnugBuilder(services, http);
    }

    /// <summary>Adds the services of <see cref="AddSnug(IServiceCollection)"/>, with options.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Sets options; runs after what was set before.</param>
    public static ISnugBuilder AddSnug(this IServiceCollection services, Action<SnugOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        ISnugBuilder builder = services.AddSnug();
        services.Configure(configure);
        return builder;
    }

    /// <summary>Adds the services of <see cref="AddSnug(IServiceCollection)"/>, with options and models from a section of the configuration.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="section">The section, usually <see cref="SnugOptions.SectionName"/>. An unknown key stops the host when it starts.</param>
    public static ISnugBuilder AddSnug(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return services.AddSnug(options => SnugSection.Apply(section, options));
    }
}
