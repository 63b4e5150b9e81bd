using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Snug.AI;

/// <summary>What providers use of their surroundings; every part can be replaced.</summary>
public sealed record LlmProviderServices
{
    /// <summary>Makes the loggers. Default: none are kept.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Sends the requests of remote providers; is neither changed nor disposed. Unset: each client has one of its own.</summary>
    public HttpClient? HttpClient { get; init; }

    /// <summary>The clock for limits of time.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where environment variables are read. Unset: this process.</summary>
    public Func<string, string?>? ReadVariable { get; init; }

    /// <summary>Loads models that run in this process. Unset: the engine of Snug.</summary>
    public LocalModelLoader? LoadLocalModel { get; init; }
}
