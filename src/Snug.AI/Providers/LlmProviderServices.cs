using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Snug.Hub;
using Snug.Pretrained;

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

    /// <summary>
    /// Settings of the Hub's client for models that run in this process; what the configuration says of token and cache comes before them.
    /// Unset: those of the environment.
    /// </summary>
    public HubClientOptions? Hub { get; init; }

    /// <summary>
    /// Makes the files of a model ready before it is loaded, and says how they are had then: a program that downloads models by itself
    /// puts its client, the commit and <see cref="PretrainedOptions.Offline"/> into the options. Unset: loading downloads them.
    /// </summary>
    public Func<LocalModelRequest, CancellationToken, Task<LocalModelRequest>>? PrepareLocalModel { get; init; }

    /// <summary>Loads models that run in this process. Unset: the engine of Snug.</summary>
    public LocalModelLoader? LoadLocalModel { get; init; }
}
