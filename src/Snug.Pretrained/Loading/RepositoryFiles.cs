using Snug.Hub;

namespace Snug.Pretrained;

/// <summary>
/// A repository at one commit, of which only what is needed is fetched: first small files that decide what else is, and the names of all
/// others; then those that were chosen. A second load costs the one request that tells the commit, an offline one none.
/// </summary>
internal sealed class RepositoryFiles : IDisposable
{
    private readonly HubClient _client;
    private readonly PretrainedOptions _options;
    private CachedSnapshot _small = null!;
    private readonly SortedSet<string> _present = new(StringComparer.Ordinal);
    private int _files;
    private long _bytes;

    private RepositoryFiles(HubClient client, PretrainedOptions options) => (_client, _options) = (client, options);

    public ModelReference Reference { get; private set; } = null!;

    public RepositoryId Repository => _small.Repository;

    public string Commit => _small.Commit;

    public string Directory => _small.Directory;

    /// <summary>The files of the commit; offline without a listing, those that are in the cache.</summary>
    public IReadOnlyList<string> Names { get; private set; } = [];

    public bool IsOffline { get; private set; }

    public PretrainedSource Source => new(Directory)
    {
        Repository = Repository,
        Revision = _small.Revision,
        Commit = Commit,
        Files = [.. _present],
        TransferredFiles = _files,
        TransferredBytes = _bytes,
    };

    /// <summary>Fetches small files and learns which others there are.</summary>
    /// <param name="text">The name of the repository.</param>
    /// <param name="small">Patterns of the files.</param>
    /// <param name="options">Where it comes from.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<RepositoryFiles> OpenAsync(
        string text, IReadOnlyList<string> small, PretrainedOptions options, CancellationToken cancellationToken)
    {
        RepositoryFiles files = new(options.Client ?? new HubClient(options.Hub), options);
        try
        {
            HubSettings settings = files._client.ResolveSettings();
            files.IsOffline = options.Offline ?? settings.Offline;
            files.Reference = ModelReference.Parse(text, settings.Endpoint);
            await files.OpenAsync(small, cancellationToken).ConfigureAwait(false);
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Fetches files by their names.</summary>
    public async Task FetchAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (names.Count == 0)
        {
            return;
        }

        DownloadOptions options = new() { Revision = Commit, Offline = _options.Offline, Include = [.. names.Select(Escape)] };
        Count(await _client.DownloadSnapshotAsync(Repository, options, _options.Progress, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The path of a file that was fetched.</summary>
    public string PathOf(string name) => _small.GetFile(name);

    public void Dispose()
    {
        if (_options.Client is null)
        {
            _client.Dispose();
        }
    }

    private async Task OpenAsync(IReadOnlyList<string> small, CancellationToken cancellationToken)
    {
        DownloadOptions options = new()
        {
            Revision = _options.Revision ?? Reference.Repository.Revision,
            Offline = _options.Offline,
            Include = small,
            Exclude = ["*/*/*"],
        };
        RepositoryId id = Reference.Repository.Repository;
        try
        {
            Count(_small = await _client.DownloadSnapshotAsync(id, options, null, cancellationToken).ConfigureAwait(false));
        }
        catch (HubException e) when (e.Kind == HubErrorKind.Offline)
        {
            // Other clients keep no listing, and a repository need not have any of the small files: then what is there must do.
            _small = await PresentAsync(id, options.Revision, cancellationToken).ConfigureAwait(false) ?? throw Rethrown(e);
        }

        try
        {
            DownloadOptions all = new() { Revision = Commit, Offline = _options.Offline };
            DownloadPlan plan = await _client.PlanDownloadAsync(id, all, cancellationToken).ConfigureAwait(false);
            Names = [.. plan.Files.Select(file => file.Path)];
        }
        catch (HubException e) when (e.Kind == HubErrorKind.Offline)
        {
            Names = (await PresentAsync(id, Commit, cancellationToken).ConfigureAwait(false))?.Files ?? [];
        }
    }

    private static HubException Rethrown(HubException e)
    {
        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e);
        return e;
    }

    private async Task<CachedSnapshot?> PresentAsync(RepositoryId id, string? revision, CancellationToken cancellationToken)
    {
        try
        {
            DownloadOptions options = new() { Revision = revision, Offline = true };
            return await _client.DownloadSnapshotAsync(id, options, null, cancellationToken).ConfigureAwait(false);
        }
        catch (HubException e) when (e.Kind == HubErrorKind.Offline)
        {
            return null;
        }
    }

    private void Count(CachedSnapshot snapshot)
    {
        _present.UnionWith(snapshot.Files);
        _files += snapshot.TransferredFiles;
        _bytes += snapshot.TransferredBytes;
    }

    /// <summary>A pattern that matches a name and nothing else.</summary>
    private static string Escape(string name) =>
        string.Concat(name.Select(c => c is '[' or '*' or '?' ? $"[{c}]" : c.ToString()));
}
