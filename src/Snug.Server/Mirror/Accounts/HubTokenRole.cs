namespace Snug.Server;

/// <summary>What a token may do.</summary>
public enum HubTokenRole
{
    /// <summary>Read all that its owner can read.</summary>
    Read,

    /// <summary>Read and write all that its owner can.</summary>
    Write,

    /// <summary>Only what its scopes say.</summary>
    FineGrained,
}
