using Microsoft.Extensions.Configuration;
using Snug.Hub;

namespace Snug.Hosting;

/// <summary>What a section of the configuration may say. All is optional, so that what is absent changes nothing.</summary>
internal sealed class SnugSection
{
    public string? Token { get; set; }

    public bool? UseImplicitToken { get; set; }

    public bool? UseDotEnv { get; set; }

    public Uri? Endpoint { get; set; }

    public string? CacheDirectory { get; set; }

    public bool? Offline { get; set; }

    public bool? DisableSymlinks { get; set; }

    public TimeSpan? ConnectTimeout { get; set; }

    public TimeSpan? HeaderTimeout { get; set; }

    public TimeSpan? IdleTimeout { get; set; }

    public int? MaxRetries { get; set; }

    public int? MaxConnections { get; set; }

    public long? BandwidthLimit { get; set; }

    public ModelStartMode? Mode { get; set; }

    public int? MaxConcurrentModels { get; set; }

    public TimeSpan? RetryDelay { get; set; }

    public TimeSpan? MaxRetryDelay { get; set; }

    private const string ModelsKey = "Models";

    private static readonly string[] Keys =
    [
        nameof(Token), nameof(UseImplicitToken), nameof(UseDotEnv), nameof(Endpoint), nameof(CacheDirectory), nameof(Offline),
        nameof(DisableSymlinks), nameof(ConnectTimeout), nameof(HeaderTimeout), nameof(IdleTimeout), nameof(MaxRetries), nameof(MaxConnections),
        nameof(BandwidthLimit), nameof(Mode), nameof(MaxConcurrentModels), nameof(RetryDelay), nameof(MaxRetryDelay), ModelsKey,
    ];

    /// <summary>Takes over what a section says.</summary>
    /// <exception cref="SettingsException">A key is unknown, or a value is not of its kind.</exception>
    public static void Apply(IConfiguration configuration, SnugOptions options)
    {
        try
        {
            CheckKeys(configuration, Keys);
            SnugSection section = new();
            configuration.Bind(section);
            section.Apply(options);
            foreach (IConfigurationSection child in configuration.GetSection(ModelsKey).GetChildren())
            {
                SnugModelSection.Apply(child, options);
            }
        }
        catch (InvalidOperationException e)
        {
            // The binder names the path and the value; the token is text and cannot be of a wrong kind.
            throw Problem(e.Message);
        }
    }

    public static void CheckKeys(IConfiguration configuration, string[] known)
    {
        if (configuration.GetChildren().FirstOrDefault(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw Problem($"'{unknown.Path}' is not a setting of Snug. Allowed there: {string.Join(", ", known)}.");
        }
    }

    private static SettingsException Problem(string problem) => new(problem);

    private void Apply(SnugOptions options)
    {
        HubClientOptions hub = options.Hub;
        if (!string.IsNullOrWhiteSpace(Token))
        {
            hub.Token = AccessToken.TryParse(Token, out AccessToken? token) ? token : throw Problem("The token of the configuration has characters that no token has.");
        }

        hub.UseImplicitToken = UseImplicitToken ?? hub.UseImplicitToken;
        hub.UseDotEnv = UseDotEnv ?? hub.UseDotEnv;
        hub.Endpoint = Endpoint ?? hub.Endpoint;
        hub.CacheDirectory = string.IsNullOrWhiteSpace(CacheDirectory) ? hub.CacheDirectory : CacheDirectory;
        hub.Offline = Offline ?? hub.Offline;
        hub.DisableSymlinks = DisableSymlinks ?? hub.DisableSymlinks;
        hub.ConnectTimeout = ConnectTimeout ?? hub.ConnectTimeout;
        hub.HeaderTimeout = HeaderTimeout ?? hub.HeaderTimeout;
        hub.IdleTimeout = IdleTimeout ?? hub.IdleTimeout;
        hub.MaxRetries = MaxRetries ?? hub.MaxRetries;
        hub.MaxConnections = MaxConnections ?? hub.MaxConnections;
        hub.BandwidthLimit = BandwidthLimit ?? hub.BandwidthLimit;
        options.Mode = Mode ?? options.Mode;
        options.MaxConcurrentModels = MaxConcurrentModels ?? options.MaxConcurrentModels;
        options.RetryDelay = RetryDelay ?? options.RetryDelay;
        options.MaxRetryDelay = MaxRetryDelay ?? options.MaxRetryDelay;
    }
}
