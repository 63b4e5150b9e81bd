namespace Snug.Hub;

/// <summary>
/// A failure while talking to the Hub or using its cache. The message says what happened to what;
/// <see cref="Advice"/> says what to do next, most promising step first. Cancellation is never wrapped in it.
/// </summary>
public sealed partial class HubException : Exception
{
    private const string HelpBase = "docs/errors/";

    /// <summary>Creates an exception of a kind.</summary>
    /// <param name="kind">What went wrong.</param>
    /// <param name="message">One sentence: what happened to what.</param>
    /// <param name="innerException">The lower layer's failure, if any.</param>
    public HubException(HubErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Kind = kind;
        HelpLink = HelpBase + PageOf(kind);
    }

    /// <summary>What went wrong.</summary>
    public HubErrorKind Kind { get; }

    /// <summary>
    /// Why the files cannot be had, finer than <see cref="Kind"/>: no token or terms not accepted, invalid or expired; if the failure
    /// is about access at all.
    /// </summary>
    public AccessState? Access { get; init; }

    /// <summary>The repository concerned, if one is.</summary>
    public RepositoryId? Repository { get; init; }

    /// <summary>The revision concerned, if one is.</summary>
    public string? Revision { get; init; }

    /// <summary>The path in the repository concerned, if one is.</summary>
    public string? File { get; init; }

    /// <summary>The HTTP status of the answer, or <see langword="null"/> when there was none.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The Hub's id of the failed request, to quote in a bug report.</summary>
    public string? RequestId { get; init; }

    /// <summary>How long to wait before trying again, when the Hub said so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How often it was tried before this failure was taken for final; 1 when there was no other try.</summary>
    public int Attempts { get; internal set; } = 1;

    /// <summary>What to do next, in order.</summary>
    public IReadOnlyList<string> Advice { get; init; } = [];

    /// <summary>The commit that the failed request was resolved to, if the Hub named it.</summary>
    internal string? Commit { get; init; }

    /// <summary>A stable lower-case code for scripts and JSON: <c>gated_repo_error</c>, <c>invalid_token</c>, …</summary>
    public string Code => CodeOf(Kind);

    /// <summary>The stable code of a kind.</summary>
    public static string CodeOf(HubErrorKind kind) => kind switch
    {
        HubErrorKind.TokenRequired => "token_required",
        HubErrorKind.InvalidToken => "invalid_token",
        HubErrorKind.Gated => "gated_repo_error",
        HubErrorKind.Forbidden => "forbidden",
        HubErrorKind.RepositoryNotFound => "repository_not_found",
        HubErrorKind.RevisionNotFound => "revision_not_found",
        HubErrorKind.EntryNotFound => "entry_not_found",
        HubErrorKind.RepositoryDisabled => "repository_disabled",
        HubErrorKind.RateLimited => "rate_limited",
        HubErrorKind.ServerError => "server_error",
        HubErrorKind.Network => "network_unreachable",
        HubErrorKind.Timeout => "timeout",
        HubErrorKind.Offline => "offline_not_cached",
        HubErrorKind.Corrupted => "corrupted",
        HubErrorKind.InsufficientStorage => "insufficient_storage",
        HubErrorKind.CacheAccess => "cache_access",
        HubErrorKind.TokenStorage => "token_storage",
        _ => "invalid_request",
    };

    /// <summary>The page in <c>docs/errors</c> that explains a kind.</summary>
    public static string PageOf(HubErrorKind kind) => CodeOf(kind).Replace('_', '-') + ".md";

    internal static HubException InvalidRepositoryId(string text, string problem) =>
        new(HubErrorKind.InvalidRequest, $"'{Shorten(text)}' is not a repository id: {problem}.")
        {
            Advice = ["Write 'name', 'namespace/name', 'datasets/namespace/name', or paste the address of the repository's page."],
        };

    internal static HubException InvalidRevision(string revision, string problem) =>
        new(HubErrorKind.InvalidRequest, $"'{Shorten(revision)}' is not a revision: {problem}.")
        {
            Revision = Shorten(revision),
            Advice = ["Name a branch, a tag, a commit id or refs/pr/NUMBER."],
        };

    internal static HubException InvalidPath(RepositoryId repository, string path, string problem) =>
        new(HubErrorKind.InvalidRequest, $"The path '{Shorten(path)}' of {repository} cannot be used here: {problem}.")
        {
            Repository = repository,
            File = Shorten(path),
            Advice = ["Leave the file out with an exclude pattern, or ask the repository's owner to rename it."],
        };

    private static string Shorten(string text)
    {
        string clean = string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
        return clean.Length <= 120 ? clean : clean[..117] + "...";
    }
}
