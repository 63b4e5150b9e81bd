namespace Snug.Hosting;

/// <summary>When a model is made ready, and what a failure means for the application.</summary>
public enum ModelStartMode
{
    /// <summary>Before the server listens. A model that cannot be had stops the host; the log says why and what to do.</summary>
    FailFast,

    /// <summary>
    /// While the application already runs. Failures that pass by themselves (network, time-out, server, rate limit) are tried again; the
    /// health check tells how far it is.
    /// </summary>
    Background,

    /// <summary>When it is first asked for. Nothing is sent before that.</summary>
    Lazy,
}
