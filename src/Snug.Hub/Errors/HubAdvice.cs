namespace Snug.Hub;

/// <summary>What to do about a failure, most promising step first, naming the repository's own page.</summary>
internal static class HubAdvice
{
    public static IReadOnlyList<string> For(
        HubErrorKind kind, AccessState? access, RequestContext context, HubSettings settings, bool hasToken, TimeSpan? retryAfter, GatedMode? gate = null)
    {
        string page = context.Repository is null ? settings.Endpoint.AbsoluteUri : HubUrls.Page(settings.Endpoint, context.Repository);
        string tokens = HubErrors.TokensPageOf(settings.Endpoint);
        string source = settings.TokenSource is null ? "" : $" (from {settings.TokenSource})";
        string getToken = $"Get a token with read permission at {tokens}, then run 'snug login' or set HF_TOKEN to it.";
        return kind switch
        {
            HubErrorKind.TokenRequired => [getToken],
            HubErrorKind.InvalidToken => ForToken(access, settings, tokens, source),
            HubErrorKind.Gated => ForGate(access, gate, page, tokens, source, getToken),
            HubErrorKind.Forbidden when access == AccessState.TokenLacksGatedPermission =>
            [
                $"Open {tokens}, edit the token{source}, and allow it to read the contents of all public gated repositories you can access.",
                $"Or make a token of the kind 'read' there, and set HF_TOKEN to it.",
                "Run the same command again.",
            ],
            HubErrorKind.Forbidden =>
            [
                $"Give the token{source} read access to this repository at {tokens}; for gated repositories a fine-grained token needs the permission to read public gated repositories.",
                $"Check at {page} that the account of the token may read the repository, and accept its terms if it has any.",
                "Wait some minutes after a change, then run the same command again.",
            ],
            HubErrorKind.RepositoryNotFound =>
            [
                "Check the spelling and the form 'namespace/name'; datasets begin with 'datasets/', spaces with 'spaces/'.",
                $"Open {page}: if you see it there when logged in, it is private; if nobody does, it does not exist.",
                hasToken
                    ? $"If it is private, the account of your token{source} must be a member, and a fine-grained token needs read access to it: {tokens}."
                    : $"If it is private: {getToken}",
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

    private static List<string> ForToken(AccessState? access, HubSettings settings, string tokens, string source)
    {
        string why = access == AccessState.TokenExpired ? "has expired" : "is mistyped or revoked";
        List<string> advice =
        [
            $"Get a new token with read permission at {tokens}: the present one{source} {why}.",
            "Run 'snug logout'.",
            "Run 'snug login'.",
            "Paste the new token and press Enter.",
        ];
        if (settings.TokenSource is { } variable && variable.All(c => char.IsAsciiLetterUpper(c) || c == '_'))
        {
            advice.Add($"{variable} beats what 'snug login' stores: set it to the new token, or unset it.");
        }

        advice.Add("Public repositories can be read without any token.");
        return advice;
    }

    private static string[] ForGate(AccessState? access, GatedMode? gate, string page, string tokens, string source, string getToken)
    {
        string open = gate switch
        {
            GatedMode.Auto => "accept the terms; access is granted at once",
            GatedMode.Manual => "accept the terms and ask for access; its authors decide on each request",
            _ => "accept the terms (or ask for access)",
        };
        return access switch
        {
            AccessState.GatedNoToken =>
            [
                $"Open {page}, log in and {open}.",
                getToken,
                "Run the same command again.",
            ],
            AccessState.GatedAwaitingReview =>
            [
                $"Wait for the authors' decision; {page} shows it, and the Hub sends an e-mail to the account of your token{source}.",
                "Run the same command again when access is granted, or choose another repository meanwhile.",
            ],
            AccessState.GatedRejected =>
            [
                $"Open {page}: its discussions are the place to ask the authors why, or to ask them to look again.",
                "Choose another repository, or use a token of an account that has been let in.",
            ],
            _ =>
            [
                $"Open {page} with the account of your token{source} and {open}.",
                $"If that account has accepted them already, set HF_TOKEN to one of its tokens with read permission ({tokens}).",
                "Wait some minutes after acceptance, then run the same command again.",
            ],
        };
    }

    private static List<string> RateLimit(bool hasToken, TimeSpan? retryAfter, string getToken)
    {
        string when = retryAfter is { } delay ? $"in {HubErrors.Seconds(delay)} s" : "in some minutes, and wait longer after each failure";
        List<string> advice = [$"Run the same command again {when}; what is downloaded stays."];
        if (!hasToken)
        {
            advice.Add($"A token raises the limit. {getToken}");
        }

        advice.Add("Spread requests over time; cached files need none (--offline).");
        return advice;
    }
}
