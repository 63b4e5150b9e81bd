using Microsoft.Extensions.Logging;

namespace Snug.Hub;

/// <summary>What the parts of one running download share.</summary>
internal sealed record TransferContext(
    HubHttp Http,
    HubSettings Settings,
    HubClientOptions Options,
    BlockPool Pool,
    BandwidthLimiter Limiter,
    GoodputController Controller,
    ProgressTracker Progress,
    TimeProvider Time,
    ILogger Logger)
{
    /// <summary>Counts the content that comes in.</summary>
    public UsageCounter Usage { get; } = Http.Usage.For(Settings);

    /// <summary>How many answers in all may be wrong, rather than broken, before the error is believed.</summary>
    public const int MaxWrongAnswers = 3;

    /// <summary>Decides whether a failed stretch is tried again, and waits before it.</summary>
    /// <param name="item">The content.</param>
    /// <param name="failure">What happened.</param>
    /// <param name="failures">How often in a row without any new byte, this one included.</param>
    /// <param name="done">The bytes of the file that are there.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>False when the failure is final.</returns>
    public async Task<bool> WaitBeforeRetryAsync(
        TransferItem item, HubException failure, int failures, long done, CancellationToken cancellationToken)
    {
        bool isFinal = failure.Kind == HubErrorKind.Timeout && Progress.Quiet >= Settings.StallTimeout;
        if (RetryPolicy.DelayAfter(failure, failures, Options) is not { } delay || isFinal)
        {
            return false;
        }

        if (failure.Kind is HubErrorKind.RateLimited or HubErrorKind.ServerError)
        {
            Controller.OnTrouble();
        }

        Progress.File(item.Path, DownloadFileState.Retrying, done, item.Size, failure.Message);
        TransferLog.Retry(Logger, item.Context.Subject, failure.Message, failures);
        // A connection that fell silent after it had delivered is replaced at once; waiting would only add to the stall.
        if (failure.Kind != HubErrorKind.Timeout || failures > 1)
        {
            await Task.Delay(delay, Time, cancellationToken).ConfigureAwait(false);
        }

        if (RetryPolicy.EndsSilence(failure, Options))
        {
            Progress.EndSilence();
        }

        return true;
    }

    /// <summary>Turns whatever a body transfer can throw into the library's error; cancellation by the caller stays what it is.</summary>
    public HubException ToHubException(Exception e, TransferItem item, Connection? connection, Uri uri)
    {
        if (e is HubException known)
        {
            return known;
        }

        if (connection?.TimedOut is { } name)
        {
            TimeSpan limit = name == "idle" ? Settings.IdleTimeout : Options.MinimumThroughputWindow;
            return HubErrors.Timeout(item.Context, name, limit, e);
        }

        return HubErrors.Network(item.Context, uri, e);
    }

    /// <summary>The request for a content; the bytes a connection brings are kept by the caller's own loop, which also retries.</summary>
    public HubRequest RequestFor(TransferItem item, Uri uri) => new()
    {
        Method = HttpMethod.Get,
        Uri = uri,
        Context = item.Context,
        Settings = Settings,
        Redirects = RedirectPolicy.Anywhere,
        Retry = false,
        Patience = Settings.StallTimeout - Progress.Quiet,
    };

    /// <summary>Finds that a body is compressed: nobody asked for it, and its bytes are not those of the file.</summary>
    public static HubException? FindEncoding(TransferItem item, HubResponse response)
    {
        string encoding = string.Join(", ", response.Message.Content.Headers.ContentEncoding);
        return encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase)
            ? null
            : Corrupted(item, $"The server, or a proxy, sends {item.Context.Subject} with the encoding '{encoding}', which was not asked for.");
    }

    public static HubException WrongLength(TransferItem item, long? actual) => Corrupted(
        item,
        $"The server announces {(actual is { } length ? length.ToString() : "an unknown number of")} bytes for {item.Context.Subject}, but the file has {item.Size}.");

    public static HubException WrongHash(TransferItem item, string actual) =>
        Corrupted(item, $"The content received for {item.Context.Subject} has the hash {actual} instead of {item.Etag}.");

    private static HubException Corrupted(TransferItem item, string message) => new(HubErrorKind.Corrupted, message)
    {
        Repository = item.Repository,
        Revision = item.Commit,
        File = item.Path,
        Advice = HubAdvice.ForCorruption(),
    };
}
