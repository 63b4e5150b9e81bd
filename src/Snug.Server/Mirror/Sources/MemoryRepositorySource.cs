using System.Collections.Concurrent;
using Snug.Hub;

namespace Snug.Server;

/// <summary>Serves repositories that a program makes: held in memory, or generated as they are read.</summary>
public sealed class MemoryRepositorySource : IRepositorySource
{
    private readonly ConcurrentDictionary<string, MemoryRepository> _repositories = new(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public HubAccounts Accounts { get; set; } = HubAccounts.Unchecked;

    /// <summary>Adds a repository without commits, in place of one with the same id.</summary>
    public MemoryRepository Add(RepositoryId id, RepositorySettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(id);
        MemoryRepository repository = new(id, settings ?? RepositorySettings.Default);
        _repositories[id.UrlPath] = repository;
        return repository;
    }

    /// <summary>Takes a repository away; says whether it was there.</summary>
    public bool Remove(RepositoryId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return _repositories.TryRemove(id.UrlPath, out _);
    }

    /// <inheritdoc/>
    public ValueTask<HostedRepository?> FindAsync(RepositoryId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        return new ValueTask<HostedRepository?>(_repositories.GetValueOrDefault(id.UrlPath) ?? FindByEarlierName(id));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<HostedRepository>> ListAsync(RepositoryType type, CancellationToken cancellationToken) =>
        new([.. _repositories.Values.Where(repository => repository.Id.Type == type)]);

    private MemoryRepository? FindByEarlierName(RepositoryId id)
    {
        foreach ((string _, MemoryRepository repository) in _repositories)
        {
            if (repository.Id.Type == id.Type && repository.Settings.RenamedFrom.Contains(id.FullName, StringComparer.OrdinalIgnoreCase))
            {
                return repository;
            }
        }

        return null;
    }
}
