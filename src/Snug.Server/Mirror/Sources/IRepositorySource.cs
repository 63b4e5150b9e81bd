using Snug.Hub;

namespace Snug.Server;

/// <summary>Where the mirror finds repositories.</summary>
public interface IRepositorySource
{
    /// <summary>The people and tokens that the mirror knows.</summary>
    HubAccounts Accounts { get; }

    /// <summary>
    /// Finds a repository by its id, by an earlier id or by another spelling of the id; <see langword="null"/> when there is none.
    /// Called for every request, so the answer should come from memory.
    /// </summary>
    ValueTask<HostedRepository?> FindAsync(RepositoryId id, CancellationToken cancellationToken);

    /// <summary>Lists the repositories of a type, in any order, hidden ones included.</summary>
    ValueTask<IReadOnlyList<HostedRepository>> ListAsync(RepositoryType type, CancellationToken cancellationToken);

    /// <summary>Whether a repository that is not found is known not to exist; a cache cannot say.</summary>
    bool IsComplete => true;
}
