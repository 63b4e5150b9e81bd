using Snug.Hub;

namespace Snug.Server;

/// <summary>A repository kept as a folder. Its commits are made when first asked for, and again when the folder has changed.</summary>
internal sealed class FolderRepository : HostedRepository
{
    private readonly string _folder;
    private readonly string _root;
    private readonly HashMemo _memo;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly FolderSettings _folderSettings;
    private readonly Lock _lock = new();
    private Task<CommitGraph>? _graph;
    private string? _fingerprint;
    private long _scannedAt;

    public FolderRepository(
        RepositoryId id, string folder, string root, FolderSettings settings, DateTime settingsModified, HashMemo memo, FolderRepositorySourceOptions options)
        : base(id, settings.ToSettings())
    {
        _folder = folder;
        _root = root;
        _folderSettings = settings;
        SettingsModified = settingsModified;
        _memo = memo;
        _interval = options.RescanInterval;
        _time = options.TimeProvider;
    }

    /// <summary>The time of the settings file that this was made from.</summary>
    public DateTime SettingsModified { get; }

    public override async ValueTask<HostedCommit?> ResolveAsync(string revision, CancellationToken cancellationToken) =>
        (await GetGraphAsync(cancellationToken).ConfigureAwait(false)).Resolve(revision);

    public override async ValueTask<IReadOnlyList<HostedReference>> GetReferencesAsync(CancellationToken cancellationToken) =>
        (await GetGraphAsync(cancellationToken).ConfigureAwait(false)).References;

    private ValueTask<CommitGraph> GetGraphAsync(CancellationToken cancellationToken)
    {
        Task<CommitGraph> graph;
        lock (_lock)
        {
            bool recent = _graph is not null && (_interval == Timeout.InfiniteTimeSpan || _time.GetElapsedTime(_scannedAt) < _interval);
            if (!recent)
            {
                FolderScan scan = FolderScan.Of(_folder, _root, _folderSettings);
                _scannedAt = _time.GetTimestamp();
                if (_graph is null || _graph.IsFaulted || scan.Fingerprint != _fingerprint)
                {
                    _fingerprint = scan.Fingerprint;

                    // Shared by all who wait: one caller going away must not stop it for the others.
                    _graph = Task.Run(() => CommitGraph.BuildAsync(scan.Plan, _memo.GetAsync, CancellationToken.None), CancellationToken.None);
                }
            }

            graph = _graph!;
        }

        return graph.IsCompletedSuccessfully ? new ValueTask<CommitGraph>(graph) : new ValueTask<CommitGraph>(graph.WaitAsync(cancellationToken));
    }
}
