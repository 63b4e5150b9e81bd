namespace Snug.AI;

/// <summary>The limits of time of a request, by name.</summary>
public enum ChatProviderTimeout
{
    /// <summary>Until the connection stands.</summary>
    Connect,

    /// <summary>From the request to the beginning of the answer.</summary>
    Headers,

    /// <summary>Nothing arrived for so long in the middle of an answer.</summary>
    Idle,

    /// <summary>The <see cref="HttpClient.Timeout"/> of a client that the caller passed in.</summary>
    HttpClient,
}
