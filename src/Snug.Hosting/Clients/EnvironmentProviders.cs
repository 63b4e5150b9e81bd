using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Snug.AI;
using Snug.Hub;
using Snug.Pretrained;

namespace Snug.Hosting;

/// <summary>
/// The providers that the environment names, with the logger, the clock and the Hub of the application: one for each configuration, however
/// many clients are made of it. A model that a provider runs in this process is one of the application's, made ready like all others.
/// </summary>
internal sealed class EnvironmentProviders(IServiceProvider services)
{
    private readonly Lock _gate = new();
    private readonly List<(LlmConfiguration? Configuration, LlmProvider Provider)> _providers = [];

    /// <summary>Adds the model of a provider, if it has one, to those of the application.</summary>
    /// <param name="options">The options of the application as far as they are known.</param>
    /// <param name="configuration">What wins over the environment.</param>
    /// <param name="fetch">Has the files that are needed.</param>
    /// <exception cref="SettingsException">There is no such provider, or it cannot be used as it is set up.</exception>
    public void AddModel(SnugOptions options, LlmConfiguration? configuration, ModelFetch fetch)
    {
        try
        {
            if (Get(options, configuration).FindLocalModel() is not { } request)
            {
                return;
            }

            RepositoryReference name = PretrainedModel.ParseName(request.Model, HubSettings.Resolve(options.Hub).Endpoint);
            bool isNew = !options.Models.TryGetValue(request.Model, out SnugModelOptions? model);
            model ??= SnugBuilderExtensions.GetOrAdd(options, request.Model);
            if (isNew)
            {
                model.Repository = name.Repository.ToString();
                model.Revision = name.Revision;
                model.Hub = IsSame(request.Options.Hub, options.Hub) ? null : request.Options.Hub;
            }

            // What was added by hand keeps its files.
            if (isNew || model.Fetches.Count > 0)
            {
                model.FetchAs(request.Model, fetch);
            }
        }
        catch (ChatProviderException e)
        {
            throw new SettingsException(e.Explain());
        }
        catch (HubException e)
        {
            throw new SettingsException(FailureText.Of(e));
        }
    }

    /// <summary>The provider, made when it is first asked for.</summary>
    /// <exception cref="ChatProviderException">There is no such provider, or it cannot be used as it is set up.</exception>
    public LlmProvider Get(SnugOptions options, LlmConfiguration? configuration)
    {
        lock (_gate)
        {
            LlmProvider? provider = _providers.Find(known => known.Configuration == configuration).Provider;
            if (provider is null)
            {
                provider = ChatClients.ProviderFromEnvironment(configuration, services.GetService<LlmProviderFactory>(), new LlmProviderServices
                {
                    LoggerFactory = services.GetRequiredService<ILoggerFactory>(),
                    TimeProvider = services.GetRequiredService<TimeProvider>(),
                    ReadVariable = options.Hub.ReadVariable,
                    Hub = options.Hub,
                    PrepareLocalModel = PrepareAsync,
                });
                _providers.Add((configuration, provider));
            }

            return provider;
        }
    }

    private static bool IsSame(HubClientOptions one, HubClientOptions other)
    {
        (HubSettings a, HubSettings b) = (HubSettings.Resolve(one), HubSettings.Resolve(other));
        return Equals(a.Token, b.Token) && a.CacheDirectory == b.CacheDirectory;
    }

    /// <summary>Waits until the model is ready; loading it sends nothing then.</summary>
    private async Task<LocalModelRequest> PrepareAsync(LocalModelRequest request, CancellationToken cancellationToken)
    {
        ModelDirectory directory = services.GetRequiredService<ModelDirectory>();
        ModelEntry entry = directory.Find(request.Model);
        CachedSnapshot snapshot = await directory.EnsureAsync(entry, cancellationToken).ConfigureAwait(false);
        return request with { Options = request.Options with { Client = entry.Client, Offline = true, Revision = snapshot.Commit } };
    }
}
