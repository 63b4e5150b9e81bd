using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Snug.Hub;

namespace Snug.Pretrained;

/// <summary>Loads tokenizers and models ahead of their use, so that the first use need not wait for a download.</summary>
public static partial class Preload
{
    /// <summary>
    /// Loads a list, several at the same time and away from the calling thread. Each item has its outcome, in the order of the list, and a
    /// line in the log; a failure of one does not stop the others and is not thrown.
    /// </summary>
    /// <param name="items">What to load.</param>
    /// <param name="options">Token, cache, concurrency, whether to keep what was loaded.</param>
    /// <param name="logger">Where outcomes are logged.</param>
    /// <param name="cancellationToken">Ends the call; what was loaded is freed, what has arrived of files stays for the next one.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public static async Task<IReadOnlyList<PreloadOutcome>> RunAsync(
        IEnumerable<PreloadItem> items, PreloadOptions? options = null, ILogger? logger = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        options ??= new PreloadOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxConcurrency, nameof(options));
        PreloadItem[] list = [.. items];
        PreloadOutcome?[] outcomes = new PreloadOutcome?[list.Length];
        using HubClient? own = options.Pretrained.Client is null ? new HubClient(options.Pretrained.Hub) : null;
        PretrainedModelOptions pretrained = options.Pretrained with { Client = options.Pretrained.Client ?? own };
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.MaxConcurrency, CancellationToken = cancellationToken };
        try
        {
            await Parallel.ForAsync(0, list.Length, parallel, async (index, cancellation) =>
            {
                PreloadItem item = list[index];
                PretrainedModelOptions how = pretrained with { Revision = item.Revision ?? pretrained.Revision };
                outcomes[index] = await LoadAsync(item, how, options, logger ?? NullLogger.Instance, cancellation).ConfigureAwait(false);
                options.Progress?.Report(outcomes[index]!);
            }).ConfigureAwait(false);
        }
        catch
        {
            foreach (PreloadOutcome? outcome in outcomes)
            {
                outcome?.Dispose();
            }

            throw;
        }

        return outcomes!;
    }

    private static async Task<PreloadOutcome> LoadAsync(
        PreloadItem item, PretrainedModelOptions pretrained, PreloadOptions options, ILogger log, CancellationToken cancellationToken)
    {
        long start = options.TimeProvider.GetTimestamp();
        string kind = item.Kind == PreloadKind.Tokenizer ? "tokenizer" : "model";
        PretrainedTokenizer? tokenizer = null;
        PretrainedModel? model = null;
        bool keep = false;
        try
        {
            if (item.Kind == PreloadKind.Tokenizer)
            {
                tokenizer = await PretrainedTokenizer.FromHubAsync(item.Model, pretrained, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                model = await PretrainedModel.FromHubAsync(item.Model, pretrained, cancellationToken).ConfigureAwait(false);
                await model.LoadAsync(cancellationToken).ConfigureAwait(false);
            }

            keep = options.KeepLoaded;
            PretrainedSource source = tokenizer?.Source ?? model!.Source;
            TimeSpan elapsed = options.TimeProvider.GetElapsedTime(start);
            LogLoaded(log, kind, item.Model, source.Commit, source.TransferredBytes, elapsed.TotalSeconds);
            return new PreloadOutcome(item, elapsed) { Source = source, Tokenizer = keep ? tokenizer : null, Model = keep ? model : null };
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogFailed(log, kind, item.Model, (e as HubException)?.Code ?? e.GetType().Name, e.Message);
            return new PreloadOutcome(item, options.TimeProvider.GetElapsedTime(start)) { Failure = e };
        }
        finally
        {
            if (!keep)
            {
                tokenizer?.Dispose();
                model?.Dispose();
            }
        }
    }

    [LoggerMessage(
        60, LogLevel.Information, "huggingface: the {Kind} of {Model} is loaded, commit {Commit}, {Bytes} bytes received, {Seconds:0.0} s", EventName = "Preloaded")]
    private static partial void LogLoaded(ILogger logger, string kind, string model, string? commit, long bytes, double seconds);

    [LoggerMessage(61, LogLevel.Error, "huggingface: the {Kind} of {Model} cannot be loaded ({Code}): {Reason}", EventName = "PreloadFailed")]
    private static partial void LogFailed(ILogger logger, string kind, string model, string code, string reason);
}
