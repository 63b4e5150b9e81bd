using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Snug.Hub;
using Snug.Pretrained;

namespace Snug.Hosting;

/// <summary>Downloads the models of the application, each once however many ask for it.</summary>
internal sealed partial class ModelDirectory : IModelDirectory, IDisposable, IAsyncDisposable
{
    private readonly SnugOptions _options;
    private readonly ModelTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ModelEntry[] _entries;
    private readonly List<HubClient> _ownHubs = [];
    private readonly SemaphoreSlim _turn;
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Creates the directory; nothing is sent.</summary>
    /// <param name="hub">The client of the Hub.</param>
    /// <param name="createHub">Makes clients for models that have settings of their own.</param>
    /// <param name="options">The models.</param>
    /// <param name="telemetry">Metrics and activities.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where outcomes are logged.</param>
    public ModelDirectory(
        HubClient hub, HubClientFactory createHub, IOptions<SnugOptions> options, ModelTelemetry telemetry, TimeProvider time,
        ILogger<ModelDirectory> log)
    {
        _options = options.Value;
        _telemetry = telemetry;
        _time = time;
        _log = log;
        _entries = [.. _options.Models.Select(model => new ModelEntry(model.Key, model.Value, _options, model.Value.Hub is { } own ? Own(createHub(own)) : hub))];
        _turn = new SemaphoreSlim(_options.MaxConcurrentModels);
        _telemetry.Observe(() => Models);
    }

    public IReadOnlyList<ModelStatus> Models => [.. _entries.Select(entry => entry.Status)];

    /// <summary>The models with what the start-up needs to know of them.</summary>
    public IReadOnlyList<ModelEntry> Entries => _entries;

    public ModelStatus GetStatus(string model) => Find(model).Status;

    public string GetPath(string model)
    {
        ModelStatus status = GetStatus(model);
        return status.Snapshot?.Directory
            ?? throw new InvalidOperationException(
                $"The model '{status.Name}' is not ready ({status.State}). Await {nameof(IModelDirectory)}.{nameof(GetAsync)} to wait for it.", status.Failure);
    }

    public Task<CachedSnapshot> GetAsync(string model, CancellationToken cancellationToken = default) => EnsureAsync(Find(model), cancellationToken);

    /// <summary>Finds a model by its name, or its repository.</summary>
    /// <exception cref="ArgumentException">No such model was added.</exception>
    public ModelEntry Find(string model)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        return Array.Find(_entries, entry => entry.Name == model)
            ?? Array.Find(_entries, entry => RepositoryId.TryParse(model, out RepositoryId? id) && entry.Repository == id)
            ?? throw new ArgumentException(
                $"The application has no model '{model}'. It has: {string.Join(", ", _entries.Select(entry => entry.Name))}. Others are added with AddModel.", nameof(model));
    }

    public Task<CachedSnapshot> EnsureAsync(ModelEntry entry, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);

        // The attempt is everybody's: it ends with the application, not with one who waits for it.
        return entry.Join(_time.GetUtcNow(), () => Task.Run(() => DownloadAsync(entry), CancellationToken.None)).WaitAsync(cancellationToken);
    }

    /// <summary>How long to wait after a failure before the next try.</summary>
    public TimeSpan DelayAfter(ModelEntry entry, Exception failure)
    {
        double doubled = _options.RetryDelay.TotalSeconds * Math.Pow(2, Math.Min(entry.Failures, 30));
        TimeSpan delay = TimeSpan.FromSeconds(Math.Min(doubled, _options.MaxRetryDelay.TotalSeconds));
        return failure is HubException { RetryAfter: { } asked } && asked > delay ? asked : delay;
    }

    /// <summary>Ends what is under way; what has arrived stays for the next start.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (Task running in _entries.Select(entry => entry.Running).OfType<Task>())
        {
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        if (!_stopping.IsCancellationRequested)
        {
            _stopping.Cancel();
        }

        _telemetry.Observe(() => []);
        _ownHubs.ForEach(hub => hub.Dispose());
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        Dispose();
    }

    private async Task<CachedSnapshot> DownloadAsync(ModelEntry entry)
    {
        long start = 0;
        Activity? activity = null;
        try
        {
            await _turn.WaitAsync(_stopping.Token).ConfigureAwait(false);
            try
            {
                start = _time.GetTimestamp();
                activity = _telemetry.Start(entry);
                LogChecking(_log, entry.Name, entry.Repository, entry.Revision);
                ModelProgress progress = new(entry, _log, _time);
                CachedSnapshot snapshot = entry.Fetches.Count == 0
                    ? await entry.Client.DownloadSnapshotAsync(entry.Repository, entry.Download, progress, _stopping.Token).ConfigureAwait(false)
                    : await FetchAsync(entry, progress, _stopping.Token).ConfigureAwait(false);
                entry.Succeed(snapshot);
                TimeSpan elapsed = _time.GetElapsedTime(start);
                _telemetry.Succeeded(activity, entry, snapshot, elapsed);
                LogReady(entry, snapshot, elapsed);
                return snapshot;
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            entry.Abandon();
            throw;
        }
        catch (Exception failure)
        {
            entry.Fail(failure, _time.GetUtcNow() + DelayAfter(entry, failure));
            _telemetry.Failed(activity, entry, _time.GetElapsedTime(start));
            LogFailure(entry, failure);
            throw;
        }
        finally
        {
            activity?.Dispose();
        }
    }

    /// <summary>Has what the clients of a model need, which their loaders know.</summary>
    private static async Task<CachedSnapshot> FetchAsync(ModelEntry entry, ModelProgress progress, CancellationToken cancellationToken)
    {
        List<PretrainedSource> sources = [];
        foreach (ModelFetch fetch in entry.Fetches)
        {
            // All of one commit, should the branch move meanwhile.
            PretrainedOptions options = new() { Client = entry.Client, Progress = progress, Revision = sources.Count > 0 ? sources[0].Commit : entry.Revision };
            sources.Add(await fetch(entry.LoaderName, options, cancellationToken).ConfigureAwait(false));
        }

        string[] files = [.. sources.SelectMany(source => source.Files).Distinct().Order(StringComparer.Ordinal)];
        return new CachedSnapshot(entry.Repository, entry.Revision, sources[0].Commit!, sources[0].Path, files)
        {
            TransferredFiles = sources.Sum(source => source.TransferredFiles),
            TransferredBytes = sources.Sum(source => source.TransferredBytes),
        };
    }

    private HubClient Own(HubClient hub)
    {
        _ownHubs.Add(hub);
        return hub;
    }
}
