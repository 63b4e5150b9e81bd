using Microsoft.Extensions.Logging;

namespace Snug.Hub;

public sealed partial class HubClient
{
    /// <summary>Asks the Hub who the token stands for and what it may do. The Hub limits this question strictly: ask once, not for each call.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="HubException">
    /// There is no token (<see cref="HubErrorKind.TokenRequired"/>), the Hub does not accept it (<see cref="HubErrorKind.InvalidToken"/>),
    /// or the Hub could not be reached.
    /// </exception>
    public Task<HubIdentity> WhoAmIAsync(CancellationToken cancellationToken = default) => _api.WhoAmIAsync(ResolveSettings(), cancellationToken);

    /// <summary>
    /// What this client has asked of the Hub since it was made, apart for each endpoint and token, with what the Hub said is left. It sends nothing, keeps
    /// nothing on disk, and still answers after <see cref="Dispose"/>.
    /// </summary>
    public IReadOnlyList<HubUsage> GetUsage() => _usage.Read();

    /// <summary>Says once for each client which token is in force, and what is odd about the settings.</summary>
    private void LogOnce(HubSettings settings)
    {
        if (!_log.IsEnabled(LogLevel.Warning))
        {
            return;
        }

        foreach (string warning in settings.Warnings)
        {
            if (_said.TryAdd(warning, true))
            {
                LogSettingsWarning(_log, warning);
            }
        }

        string source = settings.TokenSource ?? "";
        if (_said.TryAdd("token from " + source, true))
        {
            if (settings.Token is not null)
            {
                LogToken(_log, source);
            }
            else if (_options.UseImplicitToken != false)
            {
                // Whoever wants to be anonymous knows that there is no token.
                LogNoToken(_log);
            }
        }
    }

    [LoggerMessage(20, LogLevel.Information, "HuggingFace token configured (from {Source})")]
    private static partial void LogToken(ILogger logger, string source);

    [LoggerMessage(21, LogLevel.Information, "huggingface: no token (HF_TOKEN is not set and nobody is logged in); public repositories only")]
    private static partial void LogNoToken(ILogger logger);

    [LoggerMessage(22, LogLevel.Warning, "huggingface: {Warning}")]
    private static partial void LogSettingsWarning(ILogger logger, string warning);
}
