namespace Snug.Hub;

/// <summary>Whether a repository's files can be had, why not, and what to do next.</summary>
public sealed record AccessReport
{
    /// <summary>The repository as it was asked for.</summary>
    public required RepositoryId Repository { get; init; }

    /// <summary>The revision asked for.</summary>
    public required string Revision { get; init; }

    /// <summary>The decision.</summary>
    public required AccessState State { get; init; }

    /// <summary>One sentence: the decision about this repository in words.</summary>
    public required string Message { get; init; }

    /// <summary>What to do next, in order, with the concrete addresses; empty where nothing is to do.</summary>
    public IReadOnlyList<string> Advice { get; init; } = [];

    /// <summary>Whether a download with the same settings gets the files.</summary>
    public bool IsReadable => State is AccessState.Public or AccessState.GatedGranted or AccessState.PrivateGranted or AccessState.Cached;

    /// <summary>The stable lower-case name of <see cref="State"/>.</summary>
    public string Cause => NameOf(State);

    /// <summary>The kind of error that a download would end with, or <see langword="null"/> when it would not.</summary>
    public HubErrorKind? ErrorKind { get; init; }

    /// <summary>The stable code of <see cref="ErrorKind"/>, <c>gated_repo_error</c> for example, or <see langword="null"/>.</summary>
    public string? Code => ErrorKind is { } kind ? HubException.CodeOf(kind) : null;

    /// <summary>The present name, when the repository answers under another one than asked for.</summary>
    public RepositoryId? RenamedTo { get; init; }

    /// <summary>Whether and how it is gated; <see langword="null"/> when that is not known.</summary>
    public GatedMode? Gate { get; init; }

    /// <summary>Whether it is private; <see langword="null"/> when that is not known.</summary>
    public bool? IsPrivate { get; init; }

    /// <summary>
    /// Whether it needs no token at all. Known also where a wrong token is refused: the Hub turns a wrong token away even from
    /// what is public.
    /// </summary>
    public bool? IsPublic => IsPrivate is { } hidden && Gate is { } gate ? !hidden && gate == GatedMode.None : null;

    /// <summary>The commit that the revision stands for, when known.</summary>
    public string? Commit { get; init; }

    /// <summary>How many files count (<see cref="AccessQuery.Include"/>), when sizes were asked for and are known.</summary>
    public int? Files { get; init; }

    /// <summary>Their size in bytes.</summary>
    public long? TotalBytes { get; init; }

    /// <summary>How much of it is not in the cache yet, in bytes.</summary>
    public long? MissingBytes { get; init; }

    /// <summary>What the cache has of the revision, or <see langword="null"/> for nothing.</summary>
    public CachedPresence? Cached { get; init; }

    /// <summary>The page where a person reads about it, accepts its terms or asks for access.</summary>
    public required Uri Page { get; init; }

    /// <summary>Where the token came from that was sent, or <see langword="null"/> when none was.</summary>
    public string? TokenSource { get; init; }

    /// <summary>The status of the answer that decided, if it was a refusal.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The Hub's id of the request that was refused.</summary>
    public string? RequestId { get; init; }

    /// <summary>How long to wait before asking again, when the Hub said so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The stable name of a state: <c>public</c>, <c>gated_no_token</c>, <c>token_expired</c>, …</summary>
    public static string NameOf(AccessState state) => state switch
    {
        AccessState.Public => "public",
        AccessState.GatedGranted => "gated_granted",
        AccessState.PrivateGranted => "private_granted",
        AccessState.Cached => "cached",
        AccessState.GatedNoToken => "gated_no_token",
        AccessState.GatedNotGranted => "gated_not_granted",
        AccessState.GatedAwaitingReview => "gated_awaiting_review",
        AccessState.GatedRejected => "gated_rejected",
        AccessState.TokenLacksGatedPermission => "token_lacks_gated_permission",
        AccessState.TokenForbidden => "token_forbidden",
        AccessState.TokenInvalid => "token_invalid",
        AccessState.TokenExpired => "token_expired",
        AccessState.NotFound => "not_found",
        AccessState.RevisionNotFound => "revision_not_found",
        AccessState.Disabled => "disabled",
        AccessState.RateLimited => "rate_limited",
        AccessState.NotCached => "not_cached",
        _ => "unreachable",
    };

    /// <summary>Throws what a download would end with; does nothing when the files can be had.</summary>
    /// <exception cref="HubException">They cannot, with the same message, advice and code as this report.</exception>
    public void EnsureReadable()
    {
        if (ErrorKind is { } kind)
        {
            throw new HubException(kind, Message)
            {
                Access = State,
                Repository = Repository,
                Revision = Revision,
                StatusCode = StatusCode,
                RequestId = RequestId,
                RetryAfter = RetryAfter,
                Advice = Advice,
            };
        }
    }
}
