using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Snug.Hub;

namespace Snug.Server;

/// <summary>
/// Serves a folder of repositories: <c>models/namespace/name</c>, <c>datasets/…</c>, <c>spaces/…</c>, with <c>hub.json</c> for people
/// and tokens and a <c>repository.json</c> where a repository is more than one public commit. The layout is described in docs/mirror.md.
/// </summary>
public sealed partial class FolderRepositorySource : IRepositorySource
{
    private const string AccountsFileName = "hub.json";

    private readonly string _root;
    private readonly FolderRepositorySourceOptions _options;
    private readonly HashMemo _memo;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private volatile FrozenDictionary<string, FolderRepository> _index = FrozenDictionary<string, FolderRepository>.Empty;
    private volatile HubAccounts _accounts = HubAccounts.Unchecked;
    private DateTime _accountsModified;
    private long _scannedAt;

    /// <summary>Opens a folder of repositories.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="options">How it is read; defaults when missing.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException"><c>hub.json</c> is not valid.</exception>
    public FolderRepositorySource(string root, FolderRepositorySourceOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        _root = Path.GetFullPath(root);
        _options = options ?? new FolderRepositorySourceOptions();
        _memo = new HashMemo(_options.HashIndexFile);
        _logger = (_options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger<FolderRepositorySource>();
        if (!Directory.Exists(_root))
        {
            throw new DirectoryNotFoundException($"There is no folder '{_root}'.");
        }

        ReadAccounts();
        ReadIndex();
    }

    /// <inheritdoc/>
    public HubAccounts Accounts => _accounts;

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
        return new ValueTask<IReadOnlyList<HostedRepository>>([.. _index.Values.Where(repository => repository.Id.Type == type).Distinct()]);
    }

    /// <summary>
    /// Reads and hashes everything now, so that no client has to wait for it: some give up after ten seconds, in which a few gigabytes
    /// can be hashed.
    /// </summary>
    public async Task PreloadAsync(CancellationToken cancellationToken = default)
    {
        foreach (FolderRepository repository in _index.Values.Distinct())
        {
            try
            {
                await repository.ResolveAsync(Revisions.Default, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                LogUnreadable(_logger, repository.Id.UrlPath, exception);
            }
        }
    }

    private void Refresh()
    {
        if (_options.RescanInterval == Timeout.InfiniteTimeSpan
            || _options.TimeProvider.GetElapsedTime(Volatile.Read(ref _scannedAt)) < _options.RescanInterval)
        {
            return;
        }

        lock (_lock)
        {
            if (_options.TimeProvider.GetElapsedTime(_scannedAt) < _options.RescanInterval)
            {
                return;
            }

            try
            {
                ReadAccounts();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                LogAccountsUnreadable(_logger, exception);
            }

            ReadIndex();
        }
    }

    private void ReadAccounts()
    {
        string path = Path.Combine(_root, AccountsFileName);
        DateTime modified = File.GetLastWriteTimeUtc(path);
        if (modified == _accountsModified)
        {
            return;
        }

        try
        {
            _accounts = File.Exists(path) ? SettingsJson.ReadAccounts(path).ToAccounts() : HubAccounts.Unchecked;
            _accountsModified = modified;
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or ArgumentException)
        {
            throw new InvalidDataException($"'{path}' is not valid: {exception.Message}", exception);
        }
    }

    private void ReadIndex()
    {
        Dictionary<string, FolderRepository> index = new(StringComparer.OrdinalIgnoreCase);
        foreach (RepositoryType type in Enum.GetValues<RepositoryType>())
        {
            string folder = Path.Combine(_root, RepositoryId.Create(type, "name").TypePlural);
            if (!Directory.Exists(folder))
            {
                continue;
            }

            foreach (string first in Directory.EnumerateDirectories(folder))
            {
                string name = Path.GetFileName(first);
                if (IsRepository(first))
                {
                    Add(index, type, name, first);
                    continue;
                }

                foreach (string second in Directory.EnumerateDirectories(first))
                {
                    Add(index, type, $"{name}/{Path.GetFileName(second)}", second);
                }
            }
        }

        // Earlier names last, so that they never hide a repository that has the name now.
        foreach (FolderRepository repository in index.Values.ToArray())
        {
            foreach (string earlier in repository.Settings.RenamedFrom)
            {
                if (RepositoryId.TryCreate(repository.Id.Type, earlier, out RepositoryId? id, out _))
                {
                    index.TryAdd(id.UrlPath, repository);
                }
            }
        }

        _index = index.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        Volatile.Write(ref _scannedAt, _options.TimeProvider.GetTimestamp());
    }

    /// <summary>A folder right under a type is a repository with a one-part id when it holds files, else a namespace.</summary>
    private static bool IsRepository(string folder) =>
        Directory.EnumerateFiles(folder).Any(file => !Path.GetFileName(file.AsSpan()).StartsWith('.'));

    private void Add(Dictionary<string, FolderRepository> index, RepositoryType type, string fullName, string folder)
    {
        if (!RepositoryId.TryCreate(type, fullName, out RepositoryId? id, out string? problem))
        {
            LogIgnored(_logger, folder, problem);
            return;
        }

        string settingsPath = Path.Combine(folder, FolderScan.SettingsFileName);
        DateTime modified = File.GetLastWriteTimeUtc(settingsPath);
        if (_index.GetValueOrDefault(id.UrlPath) is { } known && known.Id == id && known.SettingsModified == modified)
        {
            index[id.UrlPath] = known;
            return;
        }

        try
        {
            FolderSettings settings = File.Exists(settingsPath) ? SettingsJson.ReadFolderSettings(settingsPath) : new FolderSettings();
            index[id.UrlPath] = new FolderRepository(id, folder, _root, settings, modified, _memo, _options);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or System.Text.Json.JsonException)
        {
            // Left out rather than served with default settings, which would publish what may be private.
            LogUnreadable(_logger, settingsPath, exception);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The repository cannot be served because it cannot be read: {Path}")]
    private static partial void LogUnreadable(ILogger logger, string path, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "The folder {Path} is left out: {Problem}")]
    private static partial void LogIgnored(ILogger logger, string path, string problem);

    [LoggerMessage(3, LogLevel.Error, "The accounts file cannot be read; the accounts read before stay in force")]
    private static partial void LogAccountsUnreadable(ILogger logger, Exception exception);
}
