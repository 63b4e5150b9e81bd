using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Snug.Hub;

/// <summary>
/// The cache of <c>huggingface_hub</c> on this machine: what is in it, whether it is sound, and how to make room. It never
/// sends a request. Other processes, the Python client's included, may use the cache at the same time. Thread-safe.
/// </summary>
public sealed partial class HubCache
{
    private readonly CacheLayout _layout;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;

    /// <summary>Opens a cache; nothing is created.</summary>
    /// <param name="directory">
    /// The cache root. <see langword="null"/>: <c>HF_HUB_CACHE</c>, <c>HUGGINGFACE_HUB_CACHE</c>, <c>TRANSFORMERS_CACHE</c>,
    /// <c>HF_HOME/hub</c>, as for <see cref="HubClient"/>.
    /// </param>
    /// <param name="logger">Where removals are logged.</param>
    /// <param name="timeProvider">The clock that tells how old things are.</param>
    public HubCache(string? directory = null, ILogger<HubCache>? logger = null, TimeProvider? timeProvider = null)
    {
        HubClientOptions options = new() { CacheDirectory = directory, UseImplicitToken = false };
        _layout = new CacheLayout(HubEnvironment.Process.Resolve(options).CacheDirectory);
        _logger = logger ?? (ILogger)NullLogger.Instance;
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>The cache root, an absolute path.</summary>
    public string Directory => _layout.Root;

    /// <summary>
    /// Reads the whole cache: repositories, revisions, files, blobs, exact sizes, and everything that is damaged. One damaged
    /// entry never hides anything but itself.
    /// </summary>
    /// <exception cref="HubException">The root is a file, or may not be read (<see cref="HubErrorKind.CacheAccess"/>).</exception>
    /// <exception cref="OperationCanceledException">The scan was cancelled.</exception>
    public CacheScan Scan(CancellationToken cancellationToken = default) => CacheScanner.Scan(_layout.Root, cancellationToken);

    /// <summary>The path of a cached file, or <see langword="null"/> when it is not there. Looks at the disk only.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="path">The path inside the repository.</param>
    /// <param name="revision">
    /// A branch or tag as it stood at its last download, a commit, or the beginning of one (7 digits at least) of which a snapshot
    /// is there; <see langword="null"/> for <c>main</c>.
    /// </param>
    /// <exception cref="HubException">The path or the revision cannot exist (<see cref="HubErrorKind.InvalidRequest"/>).</exception>
    public string? TryGetFile(RepositoryId repository, string path, string? revision = null)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(path);
        RepositoryPath.Validate(repository, path);
        CacheReader reader = new(_layout);
        return reader.FindCommit(repository, Revisions.Validate(revision)) is { } commit ? reader.FindFile(repository, commit, path) : null;
    }

    /// <summary>
    /// The cached snapshot of a revision with all of its files that are on the disk, or <see langword="null"/> when none is. An
    /// earlier download may have fetched a part of the repository only.
    /// </summary>
    /// <param name="repository">The repository.</param>
    /// <param name="revision">The revision, as for <see cref="TryGetFile"/>; <see langword="null"/> for <c>main</c>.</param>
    /// <exception cref="HubException">The revision cannot exist (<see cref="HubErrorKind.InvalidRequest"/>).</exception>
    public CachedSnapshot? TryGetSnapshot(RepositoryId repository, string? revision = null)
    {
        ArgumentNullException.ThrowIfNull(repository);
        string name = Revisions.Validate(revision);
        CacheReader reader = new(_layout);
        if (reader.FindCommit(repository, name) is not { } commit)
        {
            return null;
        }

        List<string> files = reader.ListFiles(repository, commit);
        return files.Count > 0 ? new CachedSnapshot(repository, name, commit, _layout.Snapshot(repository, commit), files) : null;
    }

    /// <summary>Plans the removal of whole repositories, or of the revisions that the references name.</summary>
    /// <param name="targets">
    /// Repositories; with a revision (a cached ref, a commit or the beginning of one) only that revision, all its refs included.
    /// A repository whose last revision goes is removed whole.
    /// </param>
    /// <param name="cancellationToken">Cancels the scan.</param>
    /// <remarks>A repository that is being downloaded is spared. What is not in the cache is listed in the plan.</remarks>
    /// <exception cref="HubException">The cache cannot be read (<see cref="HubErrorKind.CacheAccess"/>).</exception>
    public CacheRemovalPlan PlanRemoval(IEnumerable<RepositoryReference> targets, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(targets);
        CacheScan scan = Scan(cancellationToken);
        HashSet<CachedRepository> repositories = [];
        HashSet<CachedRevision> revisions = [];
        List<RepositoryReference> missing = [];
        foreach (RepositoryReference target in targets)
        {
            CachedRepository? repository = scan.Find(target.Repository);
            CachedRevision? revision = target.Revision is null ? null : repository?.FindRevision(target.Revision);
            if (repository is null || (target.Revision is not null && revision is null))
            {
                missing.Add(target);
            }
            else if (revision is null)
            {
                repositories.Add(repository);
            }
            else
            {
                revisions.Add(revision);
            }
        }

        return PlanRemoval(scan, repositories, revisions, missing);
    }

    /// <summary>Plans the removal of repositories and revisions picked from a scan of this cache.</summary>
    /// <param name="scan">The scan.</param>
    /// <param name="repositories">The repositories to remove whole.</param>
    /// <param name="revisions">The revisions to remove.</param>
    public CacheRemovalPlan PlanRemoval(
        CacheScan scan, IEnumerable<CachedRepository> repositories, IEnumerable<CachedRevision> revisions)
    {
        ArgumentNullException.ThrowIfNull(scan);
        ArgumentNullException.ThrowIfNull(repositories);
        ArgumentNullException.ThrowIfNull(revisions);
        return PlanRemoval(scan, repositories.ToHashSet(), revisions.ToHashSet(), []);
    }

    /// <summary>
    /// Plans the removal of what is not needed: revisions without a ref, blobs without a revision, abandoned downloads and
    /// temporary files. Running downloads are spared, and with them everything in their repository that they may be about to use.
    /// </summary>
    /// <param name="options">What to remove; <see langword="null"/> for all of it.</param>
    /// <param name="cancellationToken">Cancels the scan.</param>
    /// <exception cref="HubException">The cache cannot be read (<see cref="HubErrorKind.CacheAccess"/>).</exception>
    public CacheRemovalPlan PlanPrune(CachePruneOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new CachePruneOptions();
        CacheScan scan = Scan(cancellationToken);
        RemovalPlanner planner = Planner(scan);
        foreach (CachedRepository repository in scan.Repositories)
        {
            planner.Prune(repository, options);
        }

        if (options.UnreferencedBlobs)
        {
            planner.PruneShared();
        }

        return planner.Build();
    }

    /// <summary>Plans the removal of everything but running downloads and what no client of the Hub made.</summary>
    /// <param name="cancellationToken">Cancels the scan.</param>
    /// <exception cref="HubException">The cache cannot be read (<see cref="HubErrorKind.CacheAccess"/>).</exception>
    public CacheRemovalPlan PlanClear(CancellationToken cancellationToken = default)
    {
        RemovalPlanner planner = Planner(Scan(cancellationToken));
        planner.RemoveEverything();
        return planner.Build();
    }

    /// <summary>
    /// Reads every blob and copy once, in parallel, and compares it with the hash in its name or in the stored listing of its
    /// commit: SHA-256 for large files, git's blob id for others. Changes nothing.
    /// </summary>
    /// <param name="repositories">The repositories to verify; <see langword="null"/> for all.</param>
    /// <param name="progress">Receives reports; called from several threads, never at the same time.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="HubException">The cache cannot be read (<see cref="HubErrorKind.CacheAccess"/>).</exception>
    /// <exception cref="OperationCanceledException">The verification was stopped.</exception>
    public async Task<CacheVerification> VerifyAsync(
        IEnumerable<RepositoryId>? repositories = null, IProgress<CacheVerifyProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        CacheScan scan = await Task.Run(() => Scan(cancellationToken), cancellationToken).ConfigureAwait(false);
        return await new CacheVerifier(scan, _layout, repositories?.ToHashSet(), progress).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Plans the repair of what a verification found: wrong contents and the entries that lead to them are removed, and so are
    /// links that lead nowhere and refs that name nothing. Then download <see cref="CacheVerification.Gaps"/>.
    /// </summary>
    /// <param name="verification">A verification of this cache.</param>
    public CacheRemovalPlan PlanRepair(CacheVerification verification)
    {
        ArgumentNullException.ThrowIfNull(verification);
        RemovalPlanner planner = Planner(verification.Scan);
        planner.Repair(verification);
        return planner.Build();
    }

    /// <summary>
    /// Carries out a plan. What has changed since it was made, is in use again or is being downloaded stays. Whatever points goes
    /// before what it points at, so an interruption leaves unused blobs at worst.
    /// </summary>
    /// <param name="plan">A plan for this cache.</param>
    /// <param name="cancellationToken">Stops between two items.</param>
    /// <exception cref="ArgumentException">The plan is for another cache.</exception>
    /// <exception cref="OperationCanceledException">The removal was stopped.</exception>
    public Task<CacheRemovalResult> ExecuteAsync(CacheRemovalPlan plan, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Directory != _layout.Root)
        {
            throw new ArgumentException($"The plan is for the cache '{plan.Directory}'.", nameof(plan));
        }

        return Task.Run(() => new RemovalExecutor(_layout, _logger).Execute(plan, cancellationToken), cancellationToken);
    }

    private CacheRemovalPlan PlanRemoval(
        CacheScan scan, HashSet<CachedRepository> repositories, HashSet<CachedRevision> revisions, IReadOnlyList<RepositoryReference> missing)
    {
        RemovalPlanner planner = Planner(scan);
        foreach (CachedRepository repository in scan.Repositories)
        {
            List<CachedRevision> doomed = [.. repository.Revisions.Where(revisions.Contains)];
            if (repositories.Contains(repository))
            {
                planner.RemoveRepository(repository);
            }
            else if (doomed.Count > 0)
            {
                planner.RemoveRevisions(repository, doomed);
            }
        }

        return planner.Build(missing);
    }

    private RemovalPlanner Planner(CacheScan scan) => new(scan, _layout, new LiveDownloads(_layout, _time));
}
