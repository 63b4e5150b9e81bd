namespace Snug.Hub;

/// <summary>What to do about a failure, most promising step first, naming the repository's own page.</summary>
internal static class HubAdvice
{
    public static IReadOnlyList<string> For(
        HubErrorKind kind, RequestContext context, HubSettings settings, bool hasToken, TimeSpan? retryAfter)
    {
        string page = context.Repository is null ? settings.Endpoint.AbsoluteUri : HubUrls.Page(settings.Endpoint, context.Repository);
        string tokens = HubErrors.TokensPageOf(settings.Endpoint);
        string source = settings.TokenSource is null ? "" : $" (from {settings.TokenSource})";
        string getToken = $"Get a token with read permission at {tokens} and set HF_TOKEN to it.";
        return kind switch
        {
            HubErrorKind.TokenRequired => [getToken],
            HubErrorKind.InvalidToken =>
            [
                $"The token{source} is mistyped, expired or revoked; check it at {tokens}.",
                "Put a new one in its place, or set HF_TOKEN to it.",
                "Public repositories can be read without any token.",
            ],
            HubErrorKind.Gated when hasToken =>
            [
                $"Open {page} with the account of your token{source} and accept the terms (or ask for access).",
                "Wait some minutes after acceptance, then run the same command again.",
            ],
            HubErrorKind.Gated =>
            [
                $"Open {page}, log in and accept the terms (or ask for access).",
                getToken,
                "Run the same command again.",
            ],
            HubErrorKind.Forbidden =>
            [
                $"Give the token{source} read access to this repository at {tokens}; for gated repositories a fine-grained token needs the permission to read public gated repositories.",
                $"Check at {page} that the account of the token may read the repository.",
            ],
            HubErrorKind.RepositoryNotFound =>
            [
                "Check the spelling and the form 'namespace/name'; datasets begin with 'datasets/', spaces with 'spaces/'.",
                hasToken ? $"If it is private, the account of your token{source} must be allowed to read it." : $"If it is private: {getToken}",
            ],
            HubErrorKind.RevisionNotFound => [$"See the branches and tags at {page}/tree/main; without --revision the branch 'main' is used."],
            HubErrorKind.EntryNotFound =>
            [
                $"Run 'snug files {context.Repository}' or open {page}/tree/{Uri.EscapeDataString(context.Revision ?? Revisions.Default)} to see the files.",
                "If the path is a folder (a .mlpackage, for example), name it with a trailing '/'.",
            ],
            HubErrorKind.RepositoryDisabled => [$"Nothing can be done from here; {page} may say why. Choose another repository."],
            HubErrorKind.RateLimited => RateLimit(hasToken, retryAfter, getToken),
            HubErrorKind.ServerError => ["Try again in a few minutes; what is downloaded stays.", "See https://status.huggingface.co for known trouble."],
            HubErrorKind.Timeout => ForNetwork(),
            _ => [$"Open {page} to see whether the repository is there.", "Check that HF_ENDPOINT names a Hub or a mirror of it."],
        };
    }

    public static IReadOnlyList<string> ForNetwork() =>
    [
        "Check the network connection, and HTTPS_PROXY if you are behind a proxy.",
        "On a slow line raise HF_HUB_ETAG_TIMEOUT and HF_HUB_DOWNLOAD_TIMEOUT (seconds).",
        "Run the same command again; what is downloaded stays.",
    ];

    public static IReadOnlyList<string> ForCorruption() =>
    [
        "Run the same command again; nothing wrong was put into the cache.",
        "If it happens again, a proxy or mirror between here and the Hub changes the content: try without it.",
    ];

    private static List<string> RateLimit(bool hasToken, TimeSpan? retryAfter, string getToken)
    {
        string when = retryAfter is { } delay ? $"in {HubErrors.Seconds(delay)} s" : "in some minutes";
        List<string> advice = [$"Run the same command again {when}; what is downloaded stays."];
        if (!hasToken)
        {
            advice.Add($"A token raises the limit. {getToken}");
        }

        advice.Add("Spread requests over time; cached files need none (--offline).");
        return advice;
    }
}
