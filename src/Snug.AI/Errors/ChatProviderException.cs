using System.Globalization;
using System.Text;

namespace Snug.AI;

/// <summary>
/// A failure to configure, reach or understand a provider of language models. The message says what happened;
/// <see cref="Advice"/> says what to do next, in order. Cancellation is never wrapped in it, and no key is ever part of it.
/// </summary>
public sealed class ChatProviderException : Exception
{
    /// <summary>Creates an exception of a kind.</summary>
    /// <param name="kind">What went wrong.</param>
    /// <param name="message">One sentence: what happened to what.</param>
    /// <param name="innerException">The lower layer's failure, if any.</param>
    public ChatProviderException(ChatProviderErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Kind = kind;
        HelpLink = "docs/providers.md#errors";
    }

    /// <summary>What went wrong.</summary>
    public ChatProviderErrorKind Kind { get; }

    /// <summary>A stable lower-case code for scripts and JSON: <c>rate_limited</c>, <c>authentication</c>, …</summary>
    public string Code => CodeOf(Kind);

    /// <summary>The name of the provider, for example <c>openai</c>.</summary>
    public string? Provider { get; init; }

    /// <summary>The model concerned, if one is.</summary>
    public string? Model { get; init; }

    /// <summary>The HTTP status of the answer, or <see langword="null"/> when there was none.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The server's own code or type of the error, if it sent one.</summary>
    public string? ServerCode { get; init; }

    /// <summary>The server's id of the request, to quote in a report.</summary>
    public string? RequestId { get; init; }

    /// <summary>How long to wait before trying again, when the server said so. Nothing was retried.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Which limit of time ran out, for <see cref="ChatProviderErrorKind.Timeout"/>.</summary>
    public ChatProviderTimeout? Timeout { get; init; }

    /// <summary>What to do next, in order.</summary>
    public IReadOnlyList<string> Advice { get; init; } = [];

    /// <summary>The stable code of a kind.</summary>
    public static string CodeOf(ChatProviderErrorKind kind) => kind switch
    {
        ChatProviderErrorKind.Configuration => "configuration",
        ChatProviderErrorKind.UnknownProvider => "unknown_provider",
        ChatProviderErrorKind.UnsupportedDevice => "unsupported_device",
        ChatProviderErrorKind.Authentication => "authentication",
        ChatProviderErrorKind.Forbidden => "forbidden",
        ChatProviderErrorKind.QuotaExceeded => "quota_exceeded",
        ChatProviderErrorKind.NotFound => "not_found",
        ChatProviderErrorKind.RateLimited => "rate_limited",
        ChatProviderErrorKind.InvalidRequest => "invalid_request",
        ChatProviderErrorKind.ContextLengthExceeded => "context_length_exceeded",
        ChatProviderErrorKind.ServerError => "server_error",
        ChatProviderErrorKind.Unavailable => "unavailable",
        ChatProviderErrorKind.Network => "network_unreachable",
        ChatProviderErrorKind.Timeout => "timeout",
        ChatProviderErrorKind.Interrupted => "interrupted",
        ChatProviderErrorKind.Protocol => "protocol",
        _ => "model_loading",
    };

    /// <summary>The message and the numbered advice, for people.</summary>
    public string Explain()
    {
        StringBuilder text = new(Message);
        for (int i = 0; i < Advice.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{i + 1}. {Advice[i]}");
        }

        return text.ToString();
    }
}
