namespace Snug.Hub;

/// <summary>
/// Finds out whether files can be had. Information and the right to the content are asked for at the same time, for all
/// repositories at once: one round trip decides, a second one only where the first answers leave something open.
/// </summary>
internal sealed class AccessChecker(RepositoryApi api)
{
    /// <summary>How many repositories are asked about at the same time.</summary>
    private const int MaxParallel = 64;

    public async Task<IReadOnlyList<AccessReport>> CheckAsync(
        HubSettings settings, IReadOnlyList<AccessQuery> queries, CancellationToken cancellationToken)
    {
        using SemaphoreSlim slots = new(MaxParallel);
        return await Task.WhenAll(queries.Select(async query =>
        {
            await slots.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await CheckAsync(settings, query, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                slots.Release();
            }
        })).ConfigureAwait(false);
    }

    private async Task<AccessReport> CheckAsync(HubSettings settings, AccessQuery query, CancellationToken cancellationToken)
    {
        HubSettings asking = query.Anonymous ? settings with { Token = null, TokenSource = null } : settings;
        AccessReportBuilder builder = new(asking, query);
        if (settings.Offline)
        {
            return builder.Offline();
        }

        Task<Outcome<(RepositoryInfo, IReadOnlyList<Sibling>)>> informing = TryAsync(() => InfoAsync(asking));
        Task<Outcome<bool>> probing = TryAsync(async () =>
        {
            await api.CheckContentAsync(asking, query.Repository, builder.Revision, cancellationToken).ConfigureAwait(false);
            return true;
        });
        Outcome<(RepositoryInfo Info, IReadOnlyList<Sibling> Files)> info = await informing.ConfigureAwait(false);
        HubException? refusal = (await probing.ConfigureAwait(false)).Error;
        if (info.Error is null)
        {
            builder.Learn(info.Value.Info, info.Value.Files);
            if (refusal?.StatusCode is 400 or 404 or 405 or 501)
            {
                // A mirror that does not know the route. What is not gated is decided; else the content itself has to tell.
                refusal = info.Value.Info is { Gated: GatedMode.None, Private: false }
                    ? null
                    : await ProbeFileAsync(asking, info.Value.Info, info.Value.Files, cancellationToken).ConfigureAwait(false);
            }
        }
        else if (info.Error.Kind == HubErrorKind.InvalidToken)
        {
            // The Hub turns a wrong token away even from what is public; whether one is needed at all is worth a second question.
            HubSettings nobody = asking with { Token = null, TokenSource = null };
            Outcome<(RepositoryInfo Info, IReadOnlyList<Sibling> Files)> open = await TryAsync(() => InfoAsync(nobody)).ConfigureAwait(false);
            if (open.Error is null)
            {
                builder.Learn(open.Value.Info, open.Value.Files);
            }
        }

        return Worst(refusal, info.Error) is { } error ? builder.Refused(error) : builder.Granted();

        Task<(RepositoryInfo, IReadOnlyList<Sibling>)> InfoAsync(HubSettings caller) =>
            api.GetInfoWithFilesAsync(caller, query.Repository, builder.Revision, query.IncludeSizes, cancellationToken);
    }

    /// <summary>The refusal that says most: one that will not pass by itself rather than one that may.</summary>
    private static HubException? Worst(HubException? content, HubException? info) =>
        content is null || (info is not null && RetryPolicy.IsTransient(content.Kind)) ? info : content;

    private async Task<HubException?> ProbeFileAsync(
        HubSettings settings, RepositoryInfo info, IReadOnlyList<Sibling> files, CancellationToken cancellationToken)
    {
        // The card and git's own file may be open where the rest is not.
        string? path = files.Select(f => f.Path)
            .Where(p => RepositoryPath.FindProblem(p) is null)
            .OrderBy(p => p is "README.md" or ".gitattributes" ? 1 : 0)
            .FirstOrDefault();
        if (path is null)
        {
            return null;
        }

        return (await TryAsync(() => api.GetFileMetadataAsync(settings, info.Repository, path, info.Commit, cancellationToken))
            .ConfigureAwait(false)).Error;
    }

    private static async Task<Outcome<T>> TryAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return new Outcome<T>(await action().ConfigureAwait(false), null);
        }
        catch (HubException e)
        {
            return new Outcome<T>(default!, e);
        }
    }

    private readonly record struct Outcome<T>(T Value, HubException? Error);
}
