using Snug.Hub;

namespace Snug.Hosting;

/// <summary>The models of an application, and how they are had. Whatever is left unset comes from the environment, then from defaults.</summary>
public sealed class SnugOptions
{
    /// <summary>The section that applications usually bind: <c>Snug</c>.</summary>
    public const string SectionName = "Snug";

    /// <summary>Token, endpoint, cache, offline mode, time-outs and all else of the client of the Hub.</summary>
    public HubClientOptions Hub { get; } = new();

    /// <summary>The mode of models that say nothing else. Default: <see cref="ModelStartMode.FailFast"/>.</summary>
    public ModelStartMode Mode { get; set; } = ModelStartMode.FailFast;

    /// <summary>How many models are downloaded at the same time. Default: 4.</summary>
    public int MaxConcurrentModels { get; set; } = 4;

    /// <summary>
    /// How long a failure of a model stands before it is tried again: by itself in <see cref="ModelStartMode.Background"/>, where the delay
    /// doubles up to <see cref="MaxRetryDelay"/>, and by the next use in all modes. Default: 15 s.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest delay between two tries, unless the Hub asks for a longer one. Default: 5 min.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The models by the names under which the application asks for them.</summary>
    public IDictionary<string, SnugModelOptions> Models { get; } = new Dictionary<string, SnugModelOptions>(StringComparer.Ordinal);
}
