namespace Snug.Hub;

/// <summary>Puts together what is known about one repository.</summary>
internal sealed class AccessReportBuilder(HubSettings settings, AccessQuery query)
{
    private readonly FilePatterns _patterns = new(query.Include, query.Exclude);
    private RepositoryInfo? _info;
    private IReadOnlyList<Sibling> _files = [];

    public string Revision { get; } = Revisions.Validate(query.Revision);

    /// <summary>Takes in what the Hub says about the repository and its files.</summary>
    public void Learn(RepositoryInfo info, IReadOnlyList<Sibling> files)
    {
        _info = info;
        _files = files;
    }

    /// <summary>The report on a repository whose files can be had.</summary>
    public AccessReport Granted()
    {
        AccessState state = _info switch
        {
            { Disabled: true } => AccessState.Disabled,
            { Private: true } => AccessState.PrivateGranted,
            { Gated: not GatedMode.None } => AccessState.GatedGranted,
            _ => AccessState.Public,
        };
        if (state == AccessState.Disabled)
        {
            RequestContext context = new("checking access to", query.Repository, Revision);
            return Build(state, AccessStates.Describe(state, context) + ".") with
            {
                ErrorKind = HubErrorKind.RepositoryDisabled,
                Advice = AdviceFor(HubErrorKind.RepositoryDisabled, state, null),
            };
        }

        AccessReport report = Build(state, AccessStates.DescribeReadable(state, query.Repository));
        return report.RenamedTo is { } present ? report with { Advice = [RenameAdvice(present)] } : report;
    }

    /// <summary>The report on a repository whose files cannot be had, or about which nothing could be learnt.</summary>
    public AccessReport Refused(HubException error)
    {
        AccessState state = error.Access ?? (error.Kind == HubErrorKind.RateLimited ? AccessState.RateLimited : AccessState.Unreachable);
        AccessReport report = Build(state, error.Message) with
        {
            ErrorKind = error.Kind,
            StatusCode = error.StatusCode,
            RequestId = error.RequestId,
            RetryAfter = error.RetryAfter,
        };
        List<string> advice = [.. error.Access is null ? error.Advice : AdviceFor(error.Kind, state, error.RetryAfter)];
        if (error.Kind == HubErrorKind.InvalidToken && report.IsPublic == true)
        {
            advice[^1] = $"{query.Repository} is public: without any token it can be read as it is.";
        }

        if (RetryPolicy.IsTransient(error.Kind) && report.Cached is { IsWhole: not false })
        {
            advice.Add("It is in the cache: with --offline (or HF_HUB_OFFLINE=1) it is used from there.");
        }

        if (report.RenamedTo is { } present)
        {
            advice.Add(RenameAdvice(present));
        }

        return report with { Advice = advice };
    }

    /// <summary>The report that the disk alone can give.</summary>
    public AccessReport Offline()
    {
        AccessReport report = Build(AccessState.NotCached, "");
        if (report.Cached is { IsWhole: not false })
        {
            return report with { State = AccessState.Cached, Message = AccessStates.DescribeReadable(AccessState.Cached, query.Repository) };
        }

        string what = report.Cached is null ? "is not in the cache" : "is only partly in the cache";
        return report with
        {
            ErrorKind = HubErrorKind.Offline,
            Message = $"Offline mode is on, and {query.Repository} at revision '{Revision}' {what} '{settings.CacheDirectory}'.",
            Advice =
            [
                "Unset HF_HUB_OFFLINE (or drop --offline) and run the same command with a connection.",
                "Run 'snug cache list' to see what is cached.",
            ],
        };
    }

    private static string RenameAdvice(RepositoryId present) => $"Use its present name, {present}: the old one works only as long as nobody takes it.";

    private IReadOnlyList<string> AdviceFor(HubErrorKind kind, AccessState state, TimeSpan? retryAfter) => HubAdvice.For(
        kind, state, new RequestContext("checking access to", query.Repository, Revision), settings, settings.Token is not null, retryAfter, _info?.Gated);

    private AccessReport Build(AccessState state, string message)
    {
        long? total = null;
        long? missing = null;
        int? count = null;
        if (query.IncludeSizes && _info is not null && _files.All(f => f.Size is >= 0))
        {
            CacheLayout layout = new(settings.CacheDirectory);
            (total, missing, count) = (0, 0, 0);
            foreach (Sibling file in _files.Where(f => _patterns.Selects(f.Path)))
            {
                count++;
                total += file.Size;
                bool isThere = RepositoryPath.FindProblem(file.Path) is null
                    && RealFile.LengthOf(layout.SnapshotFile(query.Repository, _info.Commit, file.Path)) == file.Size;
                missing += isThere ? 0 : file.Size;
            }
        }

        return new AccessReport
        {
            Repository = query.Repository,
            Revision = Revision,
            State = state,
            Message = message,
            RenamedTo = _info?.Repository is { } present && present != query.Repository ? present : null,
            Gate = _info?.Gated,
            IsPrivate = _info?.Private,
            Commit = _info?.Commit,
            Files = count,
            TotalBytes = total,
            MissingBytes = missing,
            Cached = LookInCache(),
            Page = new Uri(HubUrls.Page(settings.Endpoint, _info?.Repository ?? query.Repository)),
            TokenSource = settings.TokenSource,
        };
    }

    private CachedPresence? LookInCache()
    {
        CacheLayout layout = new(settings.CacheDirectory);
        CacheReader reader = new(layout);
        string? commit = _info is { } info && Directory.Exists(layout.Snapshot(query.Repository, info.Commit))
            ? info.Commit
            : reader.FindCommit(query.Repository, Revision);
        if (commit is null)
        {
            return null;
        }

        try
        {
            Dictionary<string, long> lengths = reader.ListFiles(query.Repository, commit).Where(_patterns.Selects).ToDictionary(
                path => path, path => RealFile.LengthOf(layout.SnapshotFile(query.Repository, commit, path)) ?? 0, StringComparer.Ordinal);
            bool? isWhole = Listed(layout, commit) is { } listed ? RemoveDamaged(lengths, listed) : null;
            return lengths.Count > 0 ? new CachedPresence(commit, lengths.Count, lengths.Values.Sum(), isWhole) : null;
        }
        catch (Exception e) when (StorageErrors.IsStorage(e))
        {
            // A cache that cannot be read has nothing for this caller; whether it can is another question.
            return null;
        }
    }

    /// <summary>The files of a commit and their sizes, as far as they are told; <see langword="null"/> where nobody has listed them.</summary>
    private IEnumerable<(string Path, long? Size)>? Listed(CacheLayout layout, string commit) => commit == _info?.Commit
        ? _files.Select(f => (f.Path, f.Size))
        : TreeCache.TryRead(layout.Tree(query.Repository, commit))?.Select(f => (f.Path, (long?)f.Size));

    /// <summary>Takes away what has another length than it was listed with: it was damaged after it had been verified.</summary>
    /// <returns>Whether all that was listed is left.</returns>
    private bool RemoveDamaged(Dictionary<string, long> lengths, IEnumerable<(string Path, long? Size)> listed)
    {
        bool isWhole = true;
        foreach ((string path, long? size) in listed.Where(f => _patterns.Selects(f.Path)))
        {
            if (lengths.TryGetValue(path, out long length) && size is not null && size != length)
            {
                lengths.Remove(path);
            }

            isWhole &= lengths.ContainsKey(path);
        }

        return isWhole;
    }
}
