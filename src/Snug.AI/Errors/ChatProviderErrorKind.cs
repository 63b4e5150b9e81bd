namespace Snug.AI;

/// <summary>What went wrong between a program and a provider of language models.</summary>
public enum ChatProviderErrorKind
{
    /// <summary>Something is missing or makes no sense before anything is sent: no model, no key, an address that is none.</summary>
    Configuration,

    /// <summary>There is no provider of that name.</summary>
    UnknownProvider,

    /// <summary>The device that was asked for cannot be used.</summary>
    UnsupportedDevice,

    /// <summary>No key, or one that the server does not accept (401).</summary>
    Authentication,

    /// <summary>The key is known, and not allowed to do this (403); for a model of the Hub, its terms may not be accepted.</summary>
    Forbidden,

    /// <summary>The account has no credit left (402, or a quota that waiting does not refill).</summary>
    QuotaExceeded,

    /// <summary>There is no such model or path (404).</summary>
    NotFound,

    /// <summary>Too many requests or tokens for now (429); <see cref="ChatProviderException.RetryAfter"/> may say until when.</summary>
    RateLimited,

    /// <summary>The server does not accept the request as it is (400, 413, 422 and the like).</summary>
    InvalidRequest,

    /// <summary>The conversation is longer than the model's context.</summary>
    ContextLengthExceeded,

    /// <summary>The server failed (5xx), or said so in the middle of a stream.</summary>
    ServerError,

    /// <summary>The server is there and cannot answer now: overloaded, or still loading the model (503, 529).</summary>
    Unavailable,

    /// <summary>The server cannot be reached: name, connection, certificate, proxy.</summary>
    Network,

    /// <summary>A limit of time ran out; <see cref="ChatProviderException.Timeout"/> says which.</summary>
    Timeout,

    /// <summary>The answer ended before it was whole. What arrived until then was delivered.</summary>
    Interrupted,

    /// <summary>The answer is not one of this protocol.</summary>
    Protocol,

    /// <summary>A model that is to run here cannot be loaded; the inner exception has the cause.</summary>
    ModelLoading,
}
