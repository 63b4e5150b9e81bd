using Microsoft.Extensions.Logging;

namespace Snug.Hub;

/// <summary>What running transfers log.</summary>
internal static partial class TransferLog
{
    [LoggerMessage(40, LogLevel.Warning, "huggingface: a transfer of {Subject} broke ({Reason}); it goes on (failure {Failures} without a new byte)")]
    public static partial void Retry(ILogger logger, string subject, string reason, int failures);
}
