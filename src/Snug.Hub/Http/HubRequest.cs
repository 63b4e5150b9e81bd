namespace Snug.Hub;

/// <summary>One logical request: redirects and retries included, it ends in one answer or one <see cref="HubException"/>.</summary>
internal sealed record HubRequest
{
    public required HttpMethod Method { get; init; }

    public required Uri Uri { get; init; }

    public required RequestContext Context { get; init; }

    public required HubSettings Settings { get; init; }

    public RedirectPolicy Redirects { get; init; } = RedirectPolicy.WithinEndpoint;

    /// <summary>First and last byte wanted, both inclusive; a last byte of <see langword="null"/> means to the end.</summary>
    public (long First, long? Last)? Range { get; init; }

    /// <summary>Makes the body anew for every attempt.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>Whether transient failures are retried here; body transfers have their own loop, which keeps the bytes it has.</summary>
    public bool Retry { get; init; } = true;

    /// <summary>How much longer answers may fail to come. Unset: the settings' stall time-out.</summary>
    public TimeSpan? Patience { get; init; }

    /// <summary>Shown every answer of the endpoint, refusals included: for what stands in headers only.</summary>
    public Action<HttpResponseMessage>? Observe { get; init; }

    /// <summary>Told where a redirect to another host leads, before it is followed.</summary>
    public Action<Uri>? Redirected { get; init; }

    /// <summary>Content transfers of large files use a connection each: HTTP/2 streams would share one congestion window.</summary>
    public bool OwnConnection { get; init; }
}
