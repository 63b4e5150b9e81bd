using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Snug.Hub;

namespace Snug.Server;

/// <summary>A repository of a <see cref="MemoryRepositorySource"/>.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A semaphore without a wait handle holds nothing to release.")]
public sealed class MemoryRepository : HostedRepository
{
    private readonly ConcurrentDictionary<(RepositoryContent Content, bool IsLfs), Task<ContentHashes>> _hashes = new();
    private readonly SemaphoreSlim _committing = new(1, 1);
    private readonly List<PlannedCommit> _plan = [];
    private volatile CommitGraph? _graph;

    internal MemoryRepository(RepositoryId id, RepositorySettings settings)
        : base(id, settings)
    {
    }

    /// <summary>Decides by path and size which files are in large file storage; by default, the Hub's own rules.</summary>
    public Func<string, long, bool> IsLfs { get; set; } = LfsRule.Default.Covers;

    /// <summary>Adds a commit; contents that were hashed before are not read again.</summary>
    /// <returns>The commit.</returns>
    public async Task<HostedCommit> CommitAsync(MemoryCommit commit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(commit);
        PlannedCommit planned = new(commit.Title, commit.Message, commit.Author, commit.Date, [.. commit.Files.Select(Plan)])
        {
            Branch = commit.Branch,
            Tags = commit.Tags,
        };
        await _committing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            CommitGraph graph = await CommitGraph.BuildAsync([.. _plan, planned], HashAsync, cancellationToken).ConfigureAwait(false);
            _plan.Add(planned);
            _graph = graph;
            return graph.Resolve(commit.Branch)!;
        }
        finally
        {
            _committing.Release();
        }
    }

    /// <summary>Adds a commit on the default branch with the given files.</summary>
    /// <returns>The commit.</returns>
    public Task<HostedCommit> CommitAsync(params (string Path, RepositoryContent Content)[] files) =>
        CommitAsync(new MemoryCommit { Files = files.ToDictionary(file => file.Path, file => file.Content, StringComparer.Ordinal) });

    /// <inheritdoc/>
    public override ValueTask<HostedCommit?> ResolveAsync(string revision, CancellationToken cancellationToken) => new(_graph?.Resolve(revision));

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<HostedReference>> GetReferencesAsync(CancellationToken cancellationToken) => new(_graph?.References ?? []);

    private PlannedFile Plan(KeyValuePair<string, RepositoryContent> file) => new(file.Key, file.Value, IsLfs(file.Key, file.Value.Length));

    private Task<ContentHashes> HashAsync(PlannedFile file, CancellationToken cancellationToken) =>
        _hashes.GetOrAdd((file.Content, file.IsLfs), key => GitObjects.HashAsync(key.Content, key.IsLfs, CancellationToken.None));
}
