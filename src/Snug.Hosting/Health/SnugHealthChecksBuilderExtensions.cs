using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Snug.Hosting;

/// <summary>Adds the models to the health of an application.</summary>
public static class SnugHealthChecksBuilderExtensions
{
    /// <summary>The tag of the check: it tells readiness, not liveness.</summary>
    public const string ReadyTag = "ready";

    /// <summary>
    /// Adds a check of all models: healthy when they are ready, degraded with the percentage while one is downloaded, unhealthy with the
    /// stable code and the reason when one cannot be had. It never waits.
    /// </summary>
    /// <param name="builder">The health checks of the application.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">What a failed model means. Unset: unhealthy.</param>
    /// <param name="tags">The tags. Unset: <see cref="ReadyTag"/>.</param>
    public static IHealthChecksBuilder AddSnugModels(
        this IHealthChecksBuilder builder, string name = "snug", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name, provider => new SnugHealthCheck(provider.GetRequiredService<IModelDirectory>()), failureStatus, tags ?? [ReadyTag]));
    }
}
