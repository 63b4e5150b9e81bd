using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Snug.Hosting;

/// <summary>Tells from the models whether the application can do its work. It only looks, and answers at once.</summary>
internal sealed class SnugHealthCheck(IModelDirectory directory) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<ModelStatus> models = directory.Models;
        ModelStatus[] failed = [.. models.Where(model => model.State == ModelState.Failed)];

        // A lazy model that nobody has asked for is as it should be.
        ModelStatus[] missing =
        [
            .. models.Where(model => model.State == ModelState.Downloading || (model.State == ModelState.Pending && model.Mode != ModelStartMode.Lazy)),
        ];
        (HealthStatus status, string description) = (failed.Length, missing.Length) switch
        {
            ( > 0, _) => (context.Registration.FailureStatus, string.Join("; ", failed.Select(Describe))),
            (_, > 0) => (HealthStatus.Degraded, string.Join("; ", missing.Select(Describe))),
            _ => (HealthStatus.Healthy, $"ready: {models.Count(model => model.State == ModelState.Ready)} of {models.Count}"),
        };
        return Task.FromResult(new HealthCheckResult(status, description, data: Data(models)));
    }

    private static string Describe(ModelStatus model) => model.State switch
    {
        ModelState.Failed => $"{model.Name}: {model.FailureCode}: {model.Failure!.Message}",
        _ => $"{model.Name}: {model.Percentage} %",
    };

    private static Dictionary<string, object> Data(IReadOnlyList<ModelStatus> models) =>
        models.ToDictionary(
            model => model.Name,
            model => (object)(model.State switch
            {
                ModelState.Failed => model.FailureCode!,
                ModelState.Downloading => $"{model.Percentage} %",
                _ => model.State.ToString(),
            }),
            StringComparer.Ordinal);
}
