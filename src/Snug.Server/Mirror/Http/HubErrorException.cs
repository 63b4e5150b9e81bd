namespace Snug.Server;

/// <summary>Ends the handling of a request with a refusal.</summary>
internal sealed class HubErrorException(HubError error) : Exception(error.Message)
{
    public HubError Error { get; } = error;

    /// <summary>The commit that was looked into, which clients need to remember that a file does not exist.</summary>
    public string? CommitId { get; init; }
}
