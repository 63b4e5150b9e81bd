namespace Snug.Hub;

/// <summary>How a provider of models wants its callers to identify themselves.</summary>
public enum ProviderAuthentication
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By a token in an <c>Authorization: Bearer</c> header.</summary>
    BearerToken,

    /// <summary>By a key in a header or query of its own.</summary>
    ApiKey,

    /// <summary>By name and password.</summary>
    Basic,
}
