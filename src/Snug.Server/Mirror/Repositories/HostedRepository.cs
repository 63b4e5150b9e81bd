using Snug.Hub;

namespace Snug.Server;

/// <summary>A repository that the mirror serves.</summary>
public abstract class HostedRepository
{
    /// <summary>Describes a repository.</summary>
    /// <param name="id">Its id, in its true spelling.</param>
    /// <param name="settings">Everything that is not in its files.</param>
    protected HostedRepository(RepositoryId id, RepositorySettings settings)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(settings);
        Id = id;
        Settings = settings;
    }

    /// <summary>The id in its true spelling; requests for another spelling or an earlier name are redirected to it.</summary>
    public RepositoryId Id { get; }

    /// <summary>Everything that is not in the files.</summary>
    public RepositorySettings Settings { get; }

    /// <summary>
    /// Finds the commit that a revision stands for: a branch, a tag, a full reference, a commit id or an unambiguous beginning of
    /// one, or <c>HEAD</c>. Gives <see langword="null"/> when there is none.
    /// </summary>
    public abstract ValueTask<HostedCommit?> ResolveAsync(string revision, CancellationToken cancellationToken);

    /// <summary>Branches, tags, pull requests and conversions.</summary>
    public abstract ValueTask<IReadOnlyList<HostedReference>> GetReferencesAsync(CancellationToken cancellationToken);

    /// <summary>Whether a revision that cannot be resolved is known not to exist; a cache cannot say.</summary>
    public virtual bool KnowsAllRevisions => true;

    /// <summary>Says whether a path that is not in a commit's tree is known not to exist.</summary>
    public virtual FileAbsence GetAbsence(HostedCommit commit, string path) => FileAbsence.Missing;
}
