using Microsoft.Extensions.Logging;

namespace Snug.AI;

/// <summary>The log lines of providers. None of them takes a key; those of Hugging Face are found by searching for the name in any case.</summary>
internal static partial class ProviderLog
{
    [LoggerMessage(60, LogLevel.Information, "Initialized {Provider} provider", EventName = "ProviderInitialized")]
    public static partial void Initialized(ILogger logger, string provider);

    [LoggerMessage(61, LogLevel.Information, "HuggingFace token configured (from {Source})", EventName = "TokenConfigured")]
    public static partial void TokenConfigured(ILogger logger, string source);

    [LoggerMessage(62, LogLevel.Warning, "HF_TOKEN not provided — may cause issues with gated and private models, and with rate limits", EventName = "TokenNotProvided")]
    public static partial void TokenNotProvided(ILogger logger);

    [LoggerMessage(63, LogLevel.Warning, "HF_TOKEN not set — authentication may fail", EventName = "TokenNotSet")]
    public static partial void TokenNotSet(ILogger logger);

    [LoggerMessage(64, LogLevel.Information, "{Provider} key configured (from {Source})", EventName = "KeyConfigured")]
    public static partial void KeyConfigured(ILogger logger, string provider, string source);

    [LoggerMessage(65, LogLevel.Warning, "{Variable} not set — {Provider} needs a key", EventName = "KeyNotSet")]
    private static partial void KeyNotSet(ILogger logger, string variable, string provider);

    [LoggerMessage(66, LogLevel.Warning, "The key for {Provider} is sent to {Host} without encryption", EventName = "KeyUnencrypted")]
    public static partial void KeyUnencrypted(ILogger logger, string provider, string host);

    [LoggerMessage(67, LogLevel.Warning, "huggingface: {Warning}", EventName = "SettingsWarning")]
    public static partial void SettingsWarning(ILogger logger, string warning);

    [LoggerMessage(68, LogLevel.Information, "huggingface: {Model} is downloaded ({Files} files, {Bytes} bytes) and loaded; {Authentication}; {Limits}", EventName = "ModelDownloaded")]
    public static partial void Downloaded(ILogger logger, string model, int files, long bytes, string authentication, string limits);

    [LoggerMessage(69, LogLevel.Information, "huggingface: {Model} is loaded from the cache {Directory}; nothing was downloaded", EventName = "ModelFromCache")]
    public static partial void ReadyFromCache(ILogger logger, string model, string directory);

    [LoggerMessage(70, LogLevel.Information, "huggingface: {Model} is loaded from the disk", EventName = "ModelFromFolder")]
    public static partial void ReadyFromFolder(ILogger logger, string model);

    [LoggerMessage(71, LogLevel.Error, "huggingface: {Model} cannot be loaded: {Code}", EventName = "ModelNotLoaded")]
    public static partial void LoadFailed(ILogger logger, string model, string code);

    public static void NoKey(ILogger logger, string provider, string variable)
    {
        if (variable == "HF_TOKEN")
        {
            TokenNotProvided(logger);
        }
        else
        {
            KeyNotSet(logger, variable, provider);
        }
    }
}
