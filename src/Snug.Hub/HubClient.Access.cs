namespace Snug.Hub;

public sealed partial class HubClient
{
    /// <summary>
    /// Finds out whether a repository's files can be had with the token in force, before anything is downloaded: public, gated and
    /// granted or not, private, missing, disabled, renamed; and what to do next.
    /// </summary>
    /// <param name="repository">The repository.</param>
    /// <param name="revision">The revision; <see langword="null"/> for <c>main</c>.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <remarks>
    /// A refusal, a Hub that cannot be reached and offline mode are answers (<see cref="AccessReport.State"/>), not exceptions.
    /// <see cref="AccessReport.EnsureReadable"/> turns them into one.
    /// </remarks>
    /// <exception cref="HubException">The revision cannot exist, or a setting makes no sense (<see cref="HubErrorKind.InvalidRequest"/>).</exception>
    public async Task<AccessReport> CheckAccessAsync(RepositoryId repository, string? revision = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        IReadOnlyList<AccessReport> reports = await CheckAccessAsync(
            [new AccessQuery(repository) { Revision = revision, IncludeSizes = true }], cancellationToken).ConfigureAwait(false);
        return reports[0];
    }

    /// <summary>
    /// Checks many repositories at once, as <see cref="CheckAccessAsync(RepositoryId, string?, CancellationToken)"/> does for one:
    /// all questions leave at the same time, and no repository costs more than two round trips besides redirects and retries.
    /// </summary>
    /// <param name="queries">The repositories.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>A report for each, in the same order.</returns>
    /// <exception cref="HubException">A revision cannot exist, or a setting makes no sense (<see cref="HubErrorKind.InvalidRequest"/>).</exception>
    public Task<IReadOnlyList<AccessReport>> CheckAccessAsync(
        IEnumerable<AccessQuery> queries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        return _access.CheckAsync(ResolveSettings(), [.. queries], cancellationToken);
    }

    /// <summary>
    /// Asks the Hub one question that every Hub answers: whether it can be reached and how fast, how far the clocks differ, and
    /// whom the token stands for.
    /// </summary>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <remarks>A Hub that cannot be reached, a refused token and offline mode are answers, not exceptions.</remarks>
    /// <exception cref="HubException">A setting makes no sense (<see cref="HubErrorKind.InvalidRequest"/>).</exception>
    public Task<ConnectionReport> CheckConnectionAsync(CancellationToken cancellationToken = default) =>
        _connection.CheckAsync(ResolveSettings(), cancellationToken);
}
