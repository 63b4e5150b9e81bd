namespace Snug.Server;

/// <summary>Whether people must ask before they may download a repository's files.</summary>
public enum RepositoryGate
{
    /// <summary>No gate.</summary>
    None,

    /// <summary>Access is given at once to whoever accepts the terms.</summary>
    Automatic,

    /// <summary>The authors decide on each request.</summary>
    Manual,
}
