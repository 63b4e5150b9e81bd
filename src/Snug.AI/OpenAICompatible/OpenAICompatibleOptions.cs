namespace Snug.AI;

/// <summary>Which server is talked to, as whom, and for how long.</summary>
public sealed record OpenAICompatibleOptions
{
    /// <summary>The kind of server; decides address and form of requests. Default: one of which nothing is known.</summary>
    public OpenAICompatibleServer Server { get; init; } = OpenAICompatibleServer.Other;

    /// <summary>
    /// The address with the path up to and including the version, for example <c>http://gpu-7:8000/v1</c>. Unset: that of <see cref="Server"/>.
    /// </summary>
    public Uri? BaseAddress { get; init; }

    /// <summary>The key, sent as <c>Authorization: Bearer</c> to the address and nowhere else. Unset: none.</summary>
    public ApiKey? Key { get; init; }

    /// <summary>The model for requests that name none. Unset: that of <see cref="Server"/>, if it has one.</summary>
    public string? Model { get; init; }

    /// <summary>
    /// How long a connection may take to stand. Default: 15 s. Not looked at where the caller passes in an <see cref="HttpClient"/>: then
    /// its handler decides.
    /// </summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long to wait for the beginning of an answer. Default: 10 min; without streaming a slow model sends nothing until it is done.
    /// </summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an answer may deliver nothing once it has begun. Default: 5 min; a long prompt is computed in that time.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether reasoning in the history is sent back, as <c>reasoning_content</c>. Default: no; most servers do not want it, some refuse it.
    /// </summary>
    public bool SendReasoning { get; init; }
}
