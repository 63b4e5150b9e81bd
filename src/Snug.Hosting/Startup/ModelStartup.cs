using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Snug.Hub;

namespace Snug.Hosting;

/// <summary>Makes models ready when the host starts: the one service for all of them.</summary>
internal sealed partial class ModelStartup(
    ModelDirectory directory, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ModelStartup> log)
    : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _background = Task.CompletedTask;

    /// <summary>Runs before any service starts, the server included.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (ModelEntry entry in directory.Entries.Where(entry => entry.Variable is not null))
        {
            if (entry.IsFallback)
            {
                LogFallback(log, entry.Variable!, entry.Repository);
            }
            else
            {
                LogVariable(log, entry.Variable!, entry.Repository);
            }
        }

        using CancellationTokenSource stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        ModelEntry[] awaited = [.. directory.Entries.Where(entry => entry.Mode == ModelStartMode.FailFast)];

        // All are tried to the end, so that one start tells everything that is wrong.
        Task[] attempts = [.. awaited.Select(entry => directory.EnsureAsync(entry, stopped.Token))];
        await Task.WhenAll(attempts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopped.Token.ThrowIfCancellationRequested();
        ModelStatus[] failures = [.. awaited.Select(entry => entry.Status).Where(status => status.State == ModelState.Failed)];
        if (failures.Length > 0)
        {
            LogNoStart(log, string.Join(", ", failures.Select(status => status.Name)), failures.Length);
            throw new ModelStartupException(failures, directory.Entries.Count);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _background = Task.WhenAll(directory.Entries.Where(entry => entry.Mode == ModelStartMode.Background).Select(KeepTryingAsync));
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Downloads end when the shutdown begins: requests that wait for a model would hold it up.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => StopAsync(cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await directory.StopAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _background.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stopping.Dispose();

    private static bool PassesByItself(Exception failure) =>
        failure is HubException { Kind: HubErrorKind.Network or HubErrorKind.Timeout or HubErrorKind.ServerError or HubErrorKind.RateLimited };

    private async Task KeepTryingAsync(ModelEntry entry)
    {
        try
        {
            while (true)
            {
                try
                {
                    await directory.EnsureAsync(entry, _stopping.Token).ConfigureAwait(false);
                    return;
                }
                catch (HubException e) when (PassesByItself(e))
                {
                    TimeSpan delay = (entry.Status.RetryAt ?? time.GetUtcNow()) - time.GetUtcNow();
                    if (delay > TimeSpan.Zero)
                    {
                        LogRetry(log, entry.Name, delay.TotalSeconds);
                        await Task.Delay(delay, time, _stopping.Token).ConfigureAwait(false);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The application ends.
        }
        catch (Exception)
        {
            // The directory has logged it and keeps it for the health check; the next use tries again.
        }
    }

    [LoggerMessage(20, LogLevel.Information, "huggingface: {Variable} names the model {Repository}", EventName = "ModelFromVariable")]
    private static partial void LogVariable(ILogger logger, string variable, RepositoryId repository);

    [LoggerMessage(21, LogLevel.Information, "huggingface: {Variable} is unset; the model is the default, {Repository}", EventName = "ModelFromFallback")]
    private static partial void LogFallback(ILogger logger, string variable, RepositoryId repository);

    [LoggerMessage(
        22, LogLevel.Critical, "huggingface: the application does not start: {Count} models could not be made ready: {Models}", EventName = "ModelsNotReady")]
    private static partial void LogNoStart(ILogger logger, string models, int count);

    [LoggerMessage(23, LogLevel.Warning, "huggingface: model {Model}: the next try follows in {Seconds:0.0} s", EventName = "ModelRetry")]
    private static partial void LogRetry(ILogger logger, string model, double seconds);
}
