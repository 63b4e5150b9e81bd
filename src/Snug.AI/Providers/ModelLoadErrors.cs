using System.Globalization;
using Snug.Hub;
using Snug.Inference;
using Snug.Tokenizers;

namespace Snug.AI;

/// <summary>Says what a failure to load a model means to somebody who wanted to talk to it; the cause stays inside.</summary>
internal static class ModelLoadErrors
{
    /// <summary>Whether a failure says something of the model or of the way to it; others are nobody's to explain.</summary>
    public static bool CanTranslate(Exception exception) =>
        exception is HubException or ModelFormatException or TokenizerException or DirectoryNotFoundException or FileNotFoundException or NotSupportedException;

    public static ChatProviderException Translate(Exception exception, string model, HubSettings settings) => exception is HubException hub
        ? FromHub(hub, model, settings)
        : Make(ChatProviderErrorKind.ModelLoading, model, $"The model '{model}' cannot be loaded: {exception.Message}", exception, []);

    private static ChatProviderException FromHub(HubException e, string model, HubSettings settings)
    {
        string page = $"{settings.Endpoint.AbsoluteUri.TrimEnd('/')}/{e.Repository?.ToString() ?? model}";
        ChatProviderErrorKind kind = e.Kind switch
        {
            HubErrorKind.RateLimited => ChatProviderErrorKind.RateLimited,
            HubErrorKind.Gated or HubErrorKind.Forbidden when e.StatusCode is not 401 => ChatProviderErrorKind.Forbidden,
            HubErrorKind.Gated or HubErrorKind.TokenRequired or HubErrorKind.InvalidToken => ChatProviderErrorKind.Authentication,
            _ when e.StatusCode == 401 => ChatProviderErrorKind.Authentication,
            HubErrorKind.RepositoryNotFound or HubErrorKind.RevisionNotFound or HubErrorKind.EntryNotFound => ChatProviderErrorKind.NotFound,
            HubErrorKind.Network or HubErrorKind.Offline => ChatProviderErrorKind.Network,
            HubErrorKind.Timeout => ChatProviderErrorKind.Timeout,
            HubErrorKind.ServerError => ChatProviderErrorKind.ServerError,
            _ => ChatProviderErrorKind.ModelLoading,
        };
        return kind switch
        {
            ChatProviderErrorKind.Authentication or ChatProviderErrorKind.Forbidden => Make(
                kind, model, $"The model '{model}' cannot be loaded: a valid Hugging Face token is needed. {e.Message}", e,
                [
                    $"Get a token with read permission at {settings.Endpoint.AbsoluteUri.TrimEnd('/')}/settings/tokens{Present(settings)}.",
                    "Set HF_TOKEN to it, and start again.",
                    $"If the model is gated, accept its terms at {page} with the account of the token.",
                ]),
            ChatProviderErrorKind.RateLimited => Make(kind, model, $"The rate limit of the Hub is exceeded while the model '{model}' is loaded.", e, RateLimit(e, settings)),
            _ => Make(kind, model, $"The model '{model}' cannot be loaded: {e.Message}", e, e.Advice),
        };
    }

    private static string Present(HubSettings settings) =>
        settings.Token is null ? "" : $"; the present one (from {settings.TokenSource}) does not do, or its account may not read the model";

    private static string[] RateLimit(HubException e, HubSettings settings)
    {
        string when = e.RetryAfter is { } delay
            ? string.Create(CultureInfo.InvariantCulture, $"in {Math.Ceiling(delay.TotalSeconds):0} s")
            : "in some minutes, and wait longer after each failure";
        return settings.Token is null
            ? ["A token raises the limit: set HF_TOKEN.", $"Or try again {when}; what is downloaded stays."]
            : [$"Try again {when}; what is downloaded stays."];
    }

    private static ChatProviderException Make(
        ChatProviderErrorKind kind, string model, string message, Exception cause, IReadOnlyList<string> advice) =>
        new(kind, message, cause)
        {
            Provider = HuggingFaceLlmProvider.ProviderName,
            Model = model,
            StatusCode = (cause as HubException)?.StatusCode,
            ServerCode = (cause as HubException)?.Code,
            RequestId = (cause as HubException)?.RequestId,
            RetryAfter = (cause as HubException)?.RetryAfter,
            Advice = advice,
        };
}
