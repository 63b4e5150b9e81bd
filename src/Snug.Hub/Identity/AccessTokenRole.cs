namespace Snug.Hub;

/// <summary>What a token may do.</summary>
public enum AccessTokenRole
{
    /// <summary>The Hub does not say, or says something unknown.</summary>
    Other,

    /// <summary>Read all that its owner can read. Snug needs no more.</summary>
    Read,

    /// <summary>Read and write all that its owner can.</summary>
    Write,

    /// <summary>Only what its permissions and scopes say.</summary>
    FineGrained,
}
