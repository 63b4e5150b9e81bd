using Snug.Hub;

namespace Snug.Hosting;

/// <summary>A model with its state. All members are safe for concurrent use; the gate is the entry's own.</summary>
internal sealed class ModelEntry
{
    private readonly Lock _gate = new();
    private ModelState _state;
    private long _bytesDone;
    private long _bytesTotal;
    private CachedSnapshot? _snapshot;
    private Exception? _failure;
    private DateTimeOffset? _retryAt;
    private Task<CachedSnapshot>? _attempt;
    private int _failures;

    public ModelEntry(string name, SnugModelOptions model, SnugOptions options, HubClient client)
    {
        Client = client;
        LoaderName = model.LoaderName ?? name;
        Fetches = model.Fetches;
        RepositoryReference reference = RepositoryReference.Parse(model.Repository ?? name, options.Hub.Endpoint);
        Name = name;
        Repository = reference.Repository;
        Revision = model.Revision ?? reference.Revision ?? Revisions.Default;
        Mode = model.Mode ?? options.Mode;
        Variable = model.Variable;
        IsFallback = model.IsFallback;

        // A path in the name is a file, or a folder with all beneath it.
        IEnumerable<string> path = reference.Path is { } inside ? [Escape(inside), Escape(inside.TrimEnd('/')) + "/*"] : [];
        Download = new DownloadOptions { Revision = Revision, Include = [.. path, .. model.Include], Exclude = [.. model.Exclude] };
    }

    public string Name { get; }

    public RepositoryId Repository { get; }

    public string Revision { get; }

    public ModelStartMode Mode { get; }

    public string? Variable { get; }

    public bool IsFallback { get; }

    public DownloadOptions Download { get; }

    /// <summary>The client of the Hub for it.</summary>
    public HubClient Client { get; }

    /// <summary>The model as the loaders of its clients take it.</summary>
    public string LoaderName { get; }

    /// <summary>What has the files that its clients need. Empty: <see cref="Download"/> says which files are wanted.</summary>
    public IReadOnlyList<ModelFetch> Fetches { get; }

    public ModelStatus Status
    {
        get
        {
            lock (_gate)
            {
                return new ModelStatus
                {
                    Name = Name,
                    Repository = Repository,
                    Revision = Revision,
                    Mode = Mode,
                    State = _state,
                    BytesDone = _bytesDone,
                    BytesTotal = _bytesTotal,
                    Snapshot = _snapshot,
                    Failure = _failure,
                    RetryAt = _retryAt,
                };
            }
        }
    }

    /// <summary>How often it has failed since it was last ready.</summary>
    public int Failures
    {
        get
        {
            lock (_gate)
            {
                return _failures;
            }
        }
    }

    /// <summary>The attempt under way, or the last one while its result stands; else a new one.</summary>
    /// <param name="now">The time.</param>
    /// <param name="start">Starts an attempt; must return without waiting.</param>
    public Task<CachedSnapshot> Join(DateTimeOffset now, Func<Task<CachedSnapshot>> start)
    {
        lock (_gate)
        {
            bool stands = _attempt is { IsCompleted: false } || _state == ModelState.Ready || (_state == ModelState.Failed && now < _retryAt);
            if (_attempt is null || !stands)
            {
                _state = ModelState.Downloading;
                _bytesDone = _bytesTotal = 0;
                _failure = null;
                _retryAt = null;
                _attempt = start();
            }

            return _attempt;
        }
    }

    /// <summary>The attempt under way, if there is one.</summary>
    public Task? Running
    {
        get
        {
            lock (_gate)
            {
                return _attempt is { IsCompleted: false } ? _attempt : null;
            }
        }
    }

    public void Report(long done, long total)
    {
        lock (_gate)
        {
            (_bytesDone, _bytesTotal) = (done, total);
        }
    }

    public void Succeed(CachedSnapshot snapshot)
    {
        lock (_gate)
        {
            _snapshot = snapshot;
            _bytesDone = _bytesTotal;
            _failures = 0;
            _state = ModelState.Ready;
        }
    }

    public void Fail(Exception failure, DateTimeOffset retryAt)
    {
        lock (_gate)
        {
            _failure = failure;
            _retryAt = retryAt;
            _failures++;
            _state = ModelState.Failed;
        }
    }

    /// <summary>An attempt was cancelled, because the host stops.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _state = ModelState.Pending;
            _attempt = null;
        }
    }

    private static string Escape(string path) => string.Concat(path.Select(c => c is '[' or '*' or '?' ? $"[{c}]" : c.ToString()));
}
