using System.Collections.Frozen;
using Snug.Hub;

namespace Snug.Server;

/// <summary>
/// Serves what is in a Hugging Face cache: folders <c>models--namespace--name</c> with <c>blobs</c>, <c>refs</c> and <c>snapshots</c>.
/// Nothing is written there. What is not cached is neither there nor missing: it is answered with 503, never with 404.
/// </summary>
/// <remarks>
/// The cache does not say which repositories are gated or private, so that everything in it is served to whoever can reach the server.
/// </remarks>
public sealed class CacheRepositorySource : IRepositorySource
{
    private readonly string _root;
    private readonly FolderRepositorySourceOptions _options;
    private readonly HashMemo _memo;
    private readonly Lock _lock = new();
    private volatile FrozenDictionary<string, CacheRepository> _index = FrozenDictionary<string, CacheRepository>.Empty;
    private long _scannedAt;

    /// <summary>Opens a cache.</summary>
    /// <param name="root">The cache folder, such as <c>~/.cache/huggingface/hub</c>.</param>
    /// <param name="options">How it is read; defaults when missing.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public CacheRepositorySource(string root, FolderRepositorySourceOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        _root = Path.GetFullPath(root);
        _options = options ?? new FolderRepositorySourceOptions();
        _memo = new HashMemo(_options.HashIndexFile);
        if (!Directory.Exists(_root))
        {
            throw new DirectoryNotFoundException($"There is no folder '{_root}'.");
        }

        ReadIndex();
    }

    /// <inheritdoc/>
    public HubAccounts Accounts { get; init; } = HubAccounts.Unchecked;

    /// <inheritdoc/>
    public bool IsComplete => false;

    /// <inheritdoc/>
    public ValueTask<HostedRepository?> FindAsync(RepositoryId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        Refresh();
        return new ValueTask<HostedRepository?>(_index.GetValueOrDefault(id.UrlPath));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<HostedRepository>> ListAsync(RepositoryType type, CancellationToken cancellationToken)
    {
        Refresh();
        return new ValueTask<IReadOnlyList<HostedRepository>>([.. _index.Values.Where(repository => repository.Id.Type == type)]);
    }

    private void Refresh()
    {
        if (IsRecent())
        {
            return;
        }

        lock (_lock)
        {
            if (!IsRecent())
            {
                ReadIndex();
            }
        }
    }

    private bool IsRecent() =>
        _options.RescanInterval == Timeout.InfiniteTimeSpan
        || _options.TimeProvider.GetElapsedTime(Volatile.Read(ref _scannedAt)) < _options.RescanInterval;

    private void ReadIndex()
    {
        // Spellings differ in the cache when callers' did: each is a folder of its own and stays one here.
        Dictionary<string, CacheRepository> index = new(StringComparer.Ordinal);
        foreach (string folder in Directory.EnumerateDirectories(_root))
        {
            if (ParseFolderName(Path.GetFileName(folder)) is { } id)
            {
                index[id.UrlPath] = _index.GetValueOrDefault(id.UrlPath) ?? new CacheRepository(id, folder, _root, _memo, _options);
            }
        }

        _index = index.ToFrozenDictionary(StringComparer.Ordinal);
        Volatile.Write(ref _scannedAt, _options.TimeProvider.GetTimestamp());
    }

    private static RepositoryId? ParseFolderName(string name)
    {
        string[] parts = name.Split("--");
        RepositoryType type = parts[0] switch
        {
            "datasets" => RepositoryType.Dataset,
            "spaces" => RepositoryType.Space,
            _ => RepositoryType.Model,
        };
        return parts.Length is 2 or 3
            && parts[0] is "models" or "datasets" or "spaces"
            && RepositoryId.TryCreate(type, string.Join('/', parts[1..]), out RepositoryId? id, out _)
            ? id
            : null;
    }
}
