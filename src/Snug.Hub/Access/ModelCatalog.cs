using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Snug.Hub;

/// <summary>The providers of a program, and which of them a model belongs to.</summary>
public sealed partial class ModelCatalog
{
    private const int MaxNameLength = 2048;

    private readonly List<ModelProvider> _providers;
    private readonly ILogger _log;

    /// <summary>Creates a catalogue.</summary>
    /// <param name="providers">The providers; the first one gets plain ids.</param>
    /// <exception cref="ArgumentException">There is none, an id is malformed, or two providers have one id.</exception>
    public ModelCatalog(params IEnumerable<ModelProvider> providers)
        : this(NullLogger<ModelCatalog>.Instance, providers)
    {
    }

    /// <summary>Creates a catalogue that logs where it sends models.</summary>
    /// <param name="logger">Where routes are logged, and whether their providers have authentication; tokens never are.</param>
    /// <param name="providers">The providers; the first one gets plain ids.</param>
    /// <exception cref="ArgumentException">There is none, an id is malformed, or two providers have one id.</exception>
    public ModelCatalog(ILogger<ModelCatalog> logger, params IEnumerable<ModelProvider> providers)
    {
        ArgumentNullException.ThrowIfNull(logger);
        ArgumentNullException.ThrowIfNull(providers);
        _log = logger;
        _providers = [.. providers];
        if (_providers.Count == 0)
        {
            throw new ArgumentException("A catalogue needs a provider.", nameof(providers));
        }

        HashSet<string> ids = new(StringComparer.Ordinal);
        foreach (ProviderDescriptor descriptor in Descriptors)
        {
            if (descriptor.Id.Length == 0 || !descriptor.Id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            {
                throw new ArgumentException($"'{descriptor.Id}' is not a provider's id: use lower-case letters, digits and '-'.", nameof(providers));
            }

            if (!ids.Add(descriptor.Id))
            {
                throw new ArgumentException($"Two providers have the id '{descriptor.Id}'.", nameof(providers));
            }
        }
    }

    /// <summary>What there is, in order.</summary>
    public IReadOnlyList<ProviderDescriptor> Descriptors => [.. _providers.Select(p => p.Descriptor)];

    /// <summary>The provider with an id.</summary>
    /// <exception cref="HubException">There is none (<see cref="HubErrorKind.InvalidRequest"/>); the message names those that are there.</exception>
    public ModelProvider Get(string id) =>
        _providers.FirstOrDefault(p => string.Equals(p.Descriptor.Id, id, StringComparison.OrdinalIgnoreCase))
        ?? throw new HubException(HubErrorKind.InvalidRequest, $"There is no provider '{Clean(id)}'.")
        {
            Advice = [$"Use one of: {string.Join(", ", Descriptors.Select(d => d.Id))}."],
        };

    /// <summary>
    /// Finds the provider of a model: by the prefix of <c>provider:model</c>, by the address, else the first provider.
    /// </summary>
    /// <param name="model">An id, <c>provider:id</c>, or an address.</param>
    /// <returns>The provider, and the model without the prefix.</returns>
    /// <exception cref="HubException">No provider handles it (<see cref="HubErrorKind.InvalidRequest"/>).</exception>
    public (ModelProvider Provider, string Model) Route(string model)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        string text = model.Trim();
        if (text.Length > MaxNameLength)
        {
            throw NoProvider(text);
        }

        if (text.Contains("://", StringComparison.Ordinal))
        {
            return Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && _providers.FirstOrDefault(p => p.Handles(address)) is { } owner
                ? (owner, text)
                : throw NoProvider(text);
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (_providers[0], text) : (Get(text[..colon]), text[(colon + 1)..]);
    }

    /// <summary>
    /// Routes a model and finds out whether it can be had. A provider that requires authentication and has none is not asked.
    /// </summary>
    /// <param name="model">An id, <c>provider:id</c>, or an address.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <exception cref="HubException">No provider handles it, or it cannot be named so (<see cref="HubErrorKind.InvalidRequest"/>).</exception>
    public async Task<ModelAccess> CheckAsync(string model, CancellationToken cancellationToken = default)
    {
        (ModelProvider provider, string name) = Route(model);
        return Refuse(provider, name) ?? await provider.CheckAsync(name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Routes a model and downloads it from its provider. A provider that requires authentication and has none is not asked.
    /// </summary>
    /// <param name="model">An id, <c>provider:id</c>, or an address, of a file in the repository too.</param>
    /// <param name="progress">Receives reports on the whole and on single files.</param>
    /// <param name="cancellationToken">Cancels the download; what has arrived stays for the next one.</param>
    /// <returns>The path of what was asked for: a folder or a file.</returns>
    /// <exception cref="HubException">No provider handles it, its provider lacks authentication (<see cref="HubErrorKind.TokenRequired"/>), or it cannot be had.</exception>
    public async Task<string> DownloadAsync(string model, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        (ModelProvider provider, string name) = Route(model);
        ProviderDescriptor descriptor = provider.Descriptor;
        LogRoute(_log, descriptor.Id, Clean(name));
        if (Refuse(provider, name) is { } refused)
        {
            throw new HubException(HubErrorKind.TokenRequired, refused.Message) { Advice = refused.Advice };
        }

        LogAuthentication(_log, descriptor.Id, descriptor.RequiresAuth ? "required" : "optional", provider.IsAuthenticated ? "configured" : "not configured");
        return await provider.DownloadAsync(name, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The answer for a provider that cannot be asked, or <see langword="null"/>.</summary>
    private static ModelAccess? Refuse(ModelProvider provider, string name)
    {
        ProviderDescriptor descriptor = provider.Descriptor;
        return !descriptor.RequiresAuth || provider.IsAuthenticated
            ? null
            : new ModelAccess(
                name,
                IsReadable: false,
                RequiresAuth: true,
                HubException.CodeOf(HubErrorKind.TokenRequired),
                $"{descriptor.Name} requires authentication, and none is configured for '{Clean(name)}'.",
                [
                    $"Give the provider '{descriptor.Id}' its {Describe(descriptor.Authentication)}.",
                    $"If the model is public, the provider is wrongly flagged: check requiresAuth of '{descriptor.Id}'.",
                    "Check that the address or the prefix names the provider that you mean.",
                ]);
    }

    private static string Describe(ProviderAuthentication authentication) => authentication switch
    {
        ProviderAuthentication.ApiKey => "API key",
        ProviderAuthentication.Basic => "name and password",
        _ => "token",
    };

    private HubException NoProvider(string text) => new(HubErrorKind.InvalidRequest, $"No provider handles '{Clean(text)}'.")
    {
        Advice =
        [
            "Check the address: scheme, host and path, as the browser shows it on the model's page.",
            $"Or write PROVIDER:MODEL with one of the providers {string.Join(", ", Descriptors.Select(d => d.Id))}.",
        ],
    };

    private static string Clean(string text)
    {
        string clean = string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
        return clean.Length <= 120 ? clean : clean[..117] + "...";
    }

    [LoggerMessage(1, LogLevel.Information, "{Provider}: {Model} is routed to this provider")]
    private static partial void LogRoute(ILogger logger, string provider, string model);

    [LoggerMessage(2, LogLevel.Information, "{Provider}: authentication is {Need} and {State}")]
    private static partial void LogAuthentication(ILogger logger, string provider, string need, string state);
}
