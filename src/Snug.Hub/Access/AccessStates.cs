namespace Snug.Hub;

/// <summary>Tells states apart by what the Hub says: kind of error first, then the words that it is the only one to tell them apart by.</summary>
internal static class AccessStates
{
    /// <summary>The state that an error stands for, or <see langword="null"/> when it is about something other than access.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="text">The Hub's message.</param>
    /// <param name="hasToken">Whether a token was sent.</param>
    public static AccessState? From(HubErrorKind kind, string text, bool hasToken) => kind switch
    {
        HubErrorKind.Gated => !hasToken ? AccessState.GatedNoToken
            : Says(text, "awaiting") ? AccessState.GatedAwaitingReview
            : Says(text, "rejected") ? AccessState.GatedRejected
            : AccessState.GatedNotGranted,
        HubErrorKind.Forbidden => Says(text, "gated") ? AccessState.TokenLacksGatedPermission : AccessState.TokenForbidden,
        HubErrorKind.InvalidToken => Says(text, "expired") ? AccessState.TokenExpired : AccessState.TokenInvalid,
        HubErrorKind.RepositoryNotFound => AccessState.NotFound,
        HubErrorKind.RevisionNotFound => AccessState.RevisionNotFound,
        HubErrorKind.RepositoryDisabled => AccessState.Disabled,
        _ => null,
    };

    /// <summary>The first sentence of a refusal, without its full stop: what happened to what.</summary>
    public static string? Describe(AccessState? state, RequestContext context)
    {
        string repository = context.Repository?.ToString() ?? "the Hub";
        string gated = $"{repository} is gated and you have no access to it";
        return state switch
        {
            AccessState.GatedNoToken => $"{gated}: no token was sent",
            AccessState.GatedNotGranted => $"{gated}: the account of your token has not accepted its terms or asked for access",
            AccessState.GatedAwaitingReview => $"{gated}: your request awaits the review of its authors",
            AccessState.GatedRejected => $"{gated}: its authors rejected your request",
            AccessState.TokenLacksGatedPermission => $"{repository} is gated and your fine-grained token lacks the permission to read gated repositories",
            AccessState.TokenForbidden => $"The token is valid but may not read {context.Subject}",
            AccessState.TokenInvalid => $"The token was not accepted while {context.Action} {context.Subject}: it is not valid",
            AccessState.TokenExpired => $"The token was not accepted while {context.Action} {context.Subject}: it has expired",
            AccessState.NotFound => $"{repository} does not exist, or it is private and hidden from you",
            AccessState.RevisionNotFound => $"{repository} has no revision '{context.Revision}'",
            AccessState.Disabled => $"{repository} has been disabled",
            _ => null,
        };
    }

    /// <summary>The sentence about a repository that can be read.</summary>
    public static string DescribeReadable(AccessState state, RepositoryId repository) => state switch
    {
        AccessState.GatedGranted => $"{repository} is gated, and you have access to it.",
        AccessState.PrivateGranted => $"{repository} is private, and you may read it.",
        AccessState.Cached => $"{repository} is in the cache; offline mode is on, so the Hub was not asked.",
        _ => $"{repository} is public: no authentication required.",
    };

    private static bool Says(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
}
